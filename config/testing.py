"""`manage.py test`: everything the tests need on a bare machine, then pytest with whatever else was typed."""

import importlib.util
import os
import subprocess
import sys

from config.embedded import provide_database


def main(arguments: list[str]) -> int:
    """Run pytest on the embedded PostgreSQL (or `DATABASE_URL`). Returns pytest's exit status."""
    if importlib.util.find_spec("pytest") is None:
        command = ["uv", "run", "--group", "test", "manage.py", "test", *arguments]
        return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command
    os.environ.setdefault("KLATSCH_HTTPS", "false")
    provide_database()
    import pytest

    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
