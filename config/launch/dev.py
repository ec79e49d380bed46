"""`manage.py dev`: the product and world of `demo` for who changes it: what is saved runs, what fails can be read."""

import argparse
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.text import Text

from config.launch import servers
from config.launch.demo import add_options, checked
from config.launch.processes import Children
from config.launch.session import Plan, run
from config.paths import ROOT, data_dir

PAUSE = 0.5  # seconds between two looks at the files; one look costs a few milliseconds


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py dev", description="Klatsch for who changes it.")
    add_options(parser)
    options = checked(parser, argv)
    os.environ["KLATSCH_DEBUG"] = "true"
    attended = partial(attend, options.port)
    one_worker = ("--workers", "1")  # ends where the code is broken, instead of trying again and again
    plan = Plan(attended, options.port, options.data_dir, options.customers, web_words=one_worker)
    return run(plan, Console(highlight=False))


def attend(port: int, children: Children, console: Console) -> int:
    """Show what the processes write, and start them again when code is saved, until we are told to stop.

    One that ends by itself, as after a slip of the pen, is left alone until then.
    """
    code, logs = Code(ROOT / "apps", ROOT / "config"), Logs(data_dir() / "logs")
    console.print("[dim]Saved code starts everything again; templates and static files are read anew anyway.[/]")
    try:
        while True:
            time.sleep(PAUSE)
            if changed := code.changes():
                console.print(f"[dim]{', '.join(changed)}: starting again[/]")
                children.restart(partial(servers.ready, port))
            for name in children.ended():
                console.print(f"[bold red]{name} has ended.[/] It starts again with the next change.")
            for name, line in logs.news():
                console.print(Text.assemble((f"{name:>6} ", "dim"), line), soft_wrap=True)
    except KeyboardInterrupt:
        console.print("Stopping…")
    return 0


class Code:
    """The Python files below some folders, as they were at the last look."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._seen = self._look()

    def changes(self) -> list[str]:
        """Names of the files that were written, made or removed since."""
        before, self._seen = self._seen, self._look()
        changed = {path for path, _at in before.items() ^ self._seen.items()}
        return sorted(str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name for path in changed)

    def _look(self) -> dict[Path, int]:
        seen = {}
        for folder in self._folders:
            for path in folder.rglob("*.py"):
                try:
                    seen[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor was just replacing it
                    continue
        return seen


class Logs:
    """What is added to the log files of a folder from now on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[Path, IO[str]] = {}
        for path in folder.glob("*.log"):
            self._opened(path).seek(0, os.SEEK_END)

    def news(self) -> Iterator[tuple[str, str]]:
        """Name of the process, and a line of its own."""
        for path in sorted(self._folder.glob("*.log")):
            for line in self._opened(path):
                yield path.stem, line.rstrip("\n")

    def _opened(self, path: Path) -> IO[str]:
        if path not in self._open:
            self._open[path] = path.open(errors="replace")
        return self._open[path]
