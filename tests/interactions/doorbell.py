"""An ear on the doorbell, on a connection of its own."""

from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from apps.interactions.live import LIVE


@contextmanager
def listening():
    """A function that returns the payloads heard since it was last called."""
    server = connection.settings_dict
    dsn = make_conninfo(
        host=server["HOST"], port=server["PORT"] or None, user=server["USER"], password=server["PASSWORD"],
        dbname=server["NAME"], **{name: value for name, value in server["OPTIONS"].items() if name == "host"},
    )  # fmt: skip
    with psycopg.connect(dsn, autocommit=True) as ear:
        ear.execute(f"LISTEN {LIVE}")
        yield lambda: [notice.payload for notice in ear.notifies(timeout=0.2)]
