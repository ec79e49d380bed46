"""What a person sees of a benchmark: progress while it runs, a table at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from apps.demo.bench.dataset import OnProgress
from apps.demo.bench.figures import BenchReport, Latency

COLUMNS = ("p50 ms", "p95 ms", "CPU p50", "CPU p95", "of it DB", "a second", "n")


@contextmanager
def progress() -> Iterator[OnProgress]:
    """A bar on standard error: standard output is for the result."""
    columns = (SpinnerColumn(), TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda label, done: bar.update(task, description=label, completed=done)


def table(report: BenchReport, title: str) -> Table:
    shown = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("", *COLUMNS):
        shown.add_column(heading, justify="right" if heading else "left")
    for prefix, figures in (("", report.figures), ("limit: ", report.limits)):
        for name, figure in figures.items():
            shown.add_row(
                f"{prefix}{name}", *(_cells(figure) if isinstance(figure, Latency) else _alone(f"{figure:g}"))
            )
        shown.add_section()
    for name, times in report.ratios.items():
        shown.add_row(name, *_alone(f"x {times:g}"))
    shown.add_section()
    for target in report.targets:
        verdict = "[green]met[/]" if target.met else "[red]missed[/]"
        shown.add_row(f"{target.name} {target.wanted}", *_alone(f"{target.reached:g}", verdict))
    shown.caption = "\n".join(report.notes) or None
    return shown


def _cells(figure: Latency) -> list[str]:
    spent = [f"{ms:.1f}" if ms else "" for ms in (figure.processor_p50, figure.processor_p95, figure.database)]
    return [f"{figure.p50:.1f}", f"{figure.p95:.1f}", *spent, f"{figure.per_second:.0f}", str(figure.count)]


def _alone(number: str, verdict: str = "") -> list[str]:
    return [*[""] * (len(COLUMNS) - 2), number, verdict]
