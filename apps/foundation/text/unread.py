"""What cannot be read leaves a mark. A reader that cannot make sense of what it was given says so, and reads nothing;
whoever had an event read finds all of them together.

    with collected() as marks:
        draft = connector.normalise(event, source)
    marks                                      # [Mark("amount", "twelve"), Mark("date", "30.02.2026")]

Where nobody collects, nothing is kept: trying whether something is an address leaves no mark. `unmarked` is for
connectors that try in the same way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

MOST = 20  # marks of one event
LONGEST = 200  # characters of what could not be read


class Mark(NamedTuple):
    """`kind` is what it should have been: one of `KINDS`; `raw` how it was written."""

    kind: str
    raw: str


KINDS = ("amount", "currency", "date", "email", "phone", "sender", "text", "id")
_marks: ContextVar[list[Mark] | None] = ContextVar("marks", default=None)


def unread(kind: str, raw: Any) -> None:
    """Note that this cannot be read as one of `KINDS`. What is empty was never there."""
    marks = _marks.get()
    text = str(raw)[:LONGEST] if raw is not None else ""
    if marks is not None and text.strip() and len(marks) < MOST and Mark(kind, text) not in marks:
        marks.append(Mark(kind, text))


@contextmanager
def collected() -> Iterator[list[Mark]]:
    """The marks that readers leave meanwhile, in this thread."""
    marks: list[Mark] = []
    token = _marks.set(marks)
    try:
        yield marks
    finally:
        _marks.reset(token)


@contextmanager
def unmarked() -> Iterator[None]:
    """Readers try meanwhile, and leave no mark."""
    token = _marks.set(None)
    try:
        yield
    finally:
        _marks.reset(token)
