#!/usr/bin/env python3
"""Klatsch's one entry point, for any Python: `demo`, `dev` and `test` bring along whatever they need.

They and `bench` have the demo's world at hand; every other command is Django's, without it, on `DATABASE_URL` or on
the embedded PostgreSQL under `var/`.
"""

import os
import sys

from config.launch import bootstrap


def main(argv: list[str]) -> int:
    bootstrap.enter(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command, rest = (argv[1] if len(argv) > 1 else "help"), argv[2:]
    if command in bootstrap.ASKED:
        os.environ["KLATSCH_DEMO_APP"] = "true"
    if command == "demo":
        from config.launch.demo import main as demo

        return demo(rest)
    if command == "dev":
        from config.launch.dev import main as dev

        return dev(rest)
    if command == "test":
        from tests.machine.command import main as test

        return test(rest)

    from django.core.management import execute_from_command_line

    from apps.foundation.extras import ExtraMissing
    from config.launch.database import provide_database
    from config.launch.startup import load

    try:
        provide_database()
        load()
        execute_from_command_line(argv)
    except ExtraMissing as missing:
        sys.exit(f"klatsch: {missing}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
