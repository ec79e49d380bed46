"""The database of every command: the one that `DATABASE_URL` names, or a PostgreSQL that comes along."""

import os

from apps.foundation.extras import load


def provide_database(database: str = "klatsch") -> str:
    """Set `DATABASE_URL`, which children inherit, and start the embedded server where nobody has named another one.

    Raises ExtraMissing where the embedded one is not installed.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        url = os.environ["DATABASE_URL"] = str(load("config.launch.postgres", extra="embedded").start(database))
    return url
