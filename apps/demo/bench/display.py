"""What a person sees of a benchmark: progress while it runs, a table at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from apps.demo.bench.dataset import Tell
from apps.demo.bench.figures import Latency, Report


@contextmanager
def progress() -> Iterator[Tell]:
    """A bar on standard error: standard output is for the result."""
    columns = (SpinnerColumn(), TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda label, done: bar.update(task, description=label, completed=done)


def table(report: Report, title: str) -> Table:
    shown = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("", "p50 ms", "p95 ms", "a second", "n"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for group, figures in (("", report.figures), ("limit: ", report.limits)):
        for name, one in figures.items():
            if isinstance(one, Latency):
                shown.add_row(
                    f"{group}{name}",
                    f"{one.p50:.1f}",
                    f"{one.p95:.1f}",
                    f"{one.per_second:.0f}",
                    str(one.count),
                )
            else:
                shown.add_row(f"{group}{name}", "", "", f"{one:g}", "")
        shown.add_section()
    for name, times in report.ratios.items():
        shown.add_row(name, "", "", f"x {times:g}", "")
    shown.add_section()
    for target in report.targets:
        verdict = "[green]met[/]" if target.met else "[red]missed[/]"
        shown.add_row(f"{target.name} {target.wanted}", "", "", f"{target.reached:g}", verdict)
    shown.caption = "\n".join(report.notes) or None
    return shown
