"""What a person at a terminal sees of a file being read: a bar, a look at the first rows, what became of all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from apps.channels.ingest.file_batch import FileResult
from apps.channels.ingest.process import Understanding
from apps.channels.marks import UnreadField
from apps.foundation.text.unread import UNDATED
from apps.interactions.drafts import Draft, InteractionDraft

MOST_REASONS = 12  # that are listed


@contextmanager
def progress_bar(console: Console, name: str, size: int) -> Iterator[Callable[[int, FileResult], None]]:
    """A bar to be shown how many bytes were read and what became of them."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name[:40], total=size, rows=0)
        yield lambda done, result: bar.update(task, completed=min(done, size), rows=result.events)


def preview(rows: Sequence[Understanding], title: str) -> Table:
    """The first rows as they are understood, or why they are not, and what of them could not be read."""
    table = Table(title=f"{title}: the first {len(rows)} rows as understood", title_justify="left")
    for heading in ("when", "who", "what", "amount"):
        table.add_column(heading, justify="right" if heading == "amount" else "left")
    for row in rows:
        when, who, what, amount = _understood(row.draft) if row.draft else _refused(row.error)
        table.add_row(*map(Text, (when, who, "\n".join([what, *map(_unread, row.unread)]), amount)))
    return table


def _unread(field: UnreadField) -> str:
    return _not_read(field.place, field.kind, field.example[:60], ": ")


def _not_read(place: str, kind: str, example: str, between: str) -> str:
    if kind == UNDATED:
        return f"not said: {place} is empty, told as of now"
    return f"not read: {place or '?'} is no {kind}{between}{example!r}"


def _refused(reason: str) -> tuple[str, ...]:
    return "", "", f"not understood: {reason}", ""


def _understood(draft: Draft) -> tuple[str, ...]:
    claim, touch = draft.claim, draft.touch
    sure = [handle.value for handle in claim.handles]
    who = ", ".join(
        filter(None, [str(claim.traits.get("name", "")), *sure, *(f"{h.value}?" for h in claim.unverified)])
    )
    when = claim.seen_at.strftime("%Y-%m-%d %H:%M")
    if draft.follows:
        who = f"whoever has {draft.follows.reference}"
        when = "when that was" if draft.follows.dated else when
    if touch is None:
        return when, who, "tells only who it is", ""
    told = draft.touches
    amounts = [f"{each.amount} {each.currency}".strip() for each in told if each.amount is not None]
    return when, who, "\n".join(map(_told, told)), "\n".join(amounts)


def _told(touch: InteractionDraft) -> str:
    body = touch.body.replace("\n", " / ")
    return f"[{touch.channel}] {touch.title}" + (f"\n{body[:120]}" if body else "")


def as_json(result: FileResult, seconds: float, *, ended: bool) -> dict[str, Any]:
    return {
        "rows": result.events,
        "interactions": result.interactions,
        "customers": {"matched": len(result.customers - result.made), "created": len(result.made)},
        "left out": result.left_out,
        "known already": result.repeated,
        "conflicts": result.conflicting,
        "quarantined": result.quarantined,
        "held back": result.held,
        "to be tried again": result.waiting,
        "reasons": dict(result.reasons.most_common(MOST_REASONS)),
        "unread": [
            {"field": place, "kind": kind, "count": count, "example": result.examples.get((place, kind), "")}
            for (place, kind), count in result.unread.most_common(MOST_REASONS)
        ],
        "seconds": round(seconds, 2),
        "rows a second": round(result.events / seconds) if seconds else 0,
        "complete": ended,
    }


def summary(result: FileResult, seconds: float, name: str) -> Table:
    """What became of the rows of a file."""
    table = Table(title=name, title_justify="left", show_header=False)
    table.add_column("")
    table.add_column("", justify="right")
    figures = as_json(result, seconds, ended=True)
    customers = figures.pop("customers")
    for label in ("complete", "reasons", "unread"):
        figures.pop(label)
    figures = {"rows": figures.pop("rows"), "interactions made": figures.pop("interactions"),
               "customers matched": customers["matched"], "customers created": customers["created"],
               **figures}  # fmt: skip
    always = {"rows", "interactions made", "customers matched", "customers created", "seconds", "rows a second"}
    for label, value in figures.items():
        if value or label in always:
            table.add_row(label, f"{value:,}")
    for reason, count in result.reasons.most_common(MOST_REASONS):
        table.add_row(Text(f"  {reason}"), f"{count:,}")
    for (place, kind), count in result.unread.most_common(MOST_REASONS):
        example = result.examples.get((place, kind), "")[:60]
        table.add_row(Text(_not_read(place, kind, example, ", such as ")), f"{count:,}")
    return table
