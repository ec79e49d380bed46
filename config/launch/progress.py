"""How far a start has come, on a terminal as moving bars, elsewhere as plain lines."""

import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

LABELS = {
    "database": "Starting PostgreSQL",
    "emptying": "Throwing the old world away",
    "tables": "Making the tables",
    "company": "Founding the company",
    "customers": "Telling six years of customers",
    "propensities": "Working out propensities",
    "servers": "Starting web, worker and beat",
}


class Steps:
    """Called with (step, how far, of how much); says so in its own way."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[str, TaskID] = {}
        self._begun: dict[str, float] = {}
        self._bars = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bars.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            self._begun[step] = time.monotonic()
            self._tasks[step] = self._bars.add_task(LABELS[step], total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)
        if done >= total and step in self._begun:
            took = time.monotonic() - self._begun.pop(step)
            self._console.print(f"{LABELS[step]}: done in {took:.1f} s")
