"""`manage.py demo`: the whole of Klatsch on this machine, with a world to look at, until Ctrl-C."""

import argparse
import os
import time
from pathlib import Path

import psutil
from rich.console import Console

from config.launch.processes import Children
from config.launch.session import Plan, run


def main(argv: list[str]) -> int:
    options = _options(argv)
    plan = Plan(attend, options.port, options.data_dir, options.customers, options.fresh, options.yes)
    return run(plan, Console(highlight=False))


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py demo", description="Klatsch with a world to look at.")
    add_options(parser)
    parser.add_argument("--fresh", action="store_true", help="throw the demo's database away and start anew")
    parser.add_argument("--yes", action="store_true", help="with --fresh: yes, empty the database DATABASE_URL names")
    return checked(parser, argv)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those that `dev` has as well."""
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument("--data-dir", type=Path, default=None, help="where everything is kept (var/)")
    parser.add_argument("--customers", type=int, default=2000, help="in a new world (2000)")


def checked(parser: argparse.ArgumentParser, argv: list[str]) -> argparse.Namespace:
    options = parser.parse_args(argv)
    if options.customers < 20:
        parser.error("--customers: a world has at least 20")
    return options


def attend(children: Children, console: Console) -> int:
    """Keep everything running until we are told to stop, or `uv`, should it have started us, is gone."""
    parent = psutil.Process(os.getppid()) if os.getppid() > 1 else None
    launcher = parent if parent and parent.name().startswith("uv") else None
    try:
        while launcher is None or os.getppid() == launcher.pid:
            time.sleep(0.5)
            for name in children.revive():
                console.print(f"{name} ended by itself; started again.")
    except RuntimeError as error:
        console.print(f"[bold red]Stopped:[/] {error}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopping…")
    return 0
