#!/usr/bin/env python
"""Klatsch's one entry point.

`demo` and `test` set up their own database before Django loads; every other command is Django's, on
`DATABASE_URL` or on the embedded PostgreSQL under `var/`.
"""

import os
import sys


def main(argv: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command, rest = (argv[1] if len(argv) > 1 else "help"), argv[2:]
    if command == "demo":
        from config.demo import main as demo

        return demo(rest)
    if command == "test":
        from config.testing import main as test

        return test(rest)

    from django.core.management import execute_from_command_line

    from config.embedded import provide_database
    from config.loading import load

    provide_database()
    load()
    execute_from_command_line(argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
