"""What cannot be read leaves a mark. A reader that cannot make sense of what it was given says so, and reads nothing;
whoever had an event read finds all of them together.

    with collected() as marks:
        draft = connector.normalise(event, source)
    marks                                      # [Mark("amount", "twelve"), Mark("date", "30.02.2026")]

Where nobody collects, nothing is kept: trying whether something is an address leaves no mark. `unmarked` is for
connectors that try in the same way.
"""

from contextvars import ContextVar, Token
from typing import Any, NamedTuple

MOST = 20  # marks of one event
LONGEST = 200  # characters of what could not be read


class Mark(NamedTuple):
    """`kind` is what it should have been: one of `KINDS`; `raw` how it was written, empty for what should stand at
    `place` and does not."""

    kind: str
    raw: str
    place: str = ""


UNDATED = "undated"  # nothing says when it happened: it was told as of its arrival
KINDS = ("amount", "currency", "date", UNDATED, "email", "phone", "sender", "text", "id")
_marks: ContextVar[list[Mark] | None] = ContextVar("marks", default=None)


def unread(kind: str, raw: Any) -> None:
    """Note that this cannot be read as one of `KINDS`. What is empty was never there."""
    marks = _marks.get()
    text = str(raw)[:LONGEST] if raw is not None else ""
    if marks is not None and text.strip() and len(marks) < MOST and Mark(kind, text) not in marks:
        marks.append(Mark(kind, text))


def missing(kind: str, place: str) -> None:
    """Note that what should stand at this place of the payload is not there at all."""
    marks = _marks.get()
    if marks is not None and len(marks) < MOST and Mark(kind, "", place) not in marks:
        marks.append(Mark(kind, "", place))


class collected:  # noqa: N801 - called like a function, for every event: a generator takes three times as long
    """The marks that readers leave meanwhile, in this thread."""

    __slots__ = ("_token",)
    _token: Token[list[Mark] | None]

    def __enter__(self) -> list[Mark]:
        marks: list[Mark] = []
        self._token = _marks.set(marks)
        return marks

    def __exit__(self, *_error: object) -> None:
        _marks.reset(self._token)


class unmarked:  # noqa: N801 - likewise
    """Readers try meanwhile, and leave no mark."""

    __slots__ = ("_token",)
    _token: Token[list[Mark] | None]

    def __enter__(self) -> None:
        self._token = _marks.set(None)

    def __exit__(self, *_error: object) -> None:
        _marks.reset(self._token)
