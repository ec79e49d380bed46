"""What readers could not make sense of in an event: which field of it, by its place in the payload. Pure."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from apps.foundation.masking import clean
from apps.foundation.text.unread import LONGEST, Mark

LOOKED_THROUGH = 5_000  # values of a payload among which the unread ones are looked for
LONGEST_PLACE = 80  # characters
MOST = 6  # fields of one event that are kept with its envelope
SEPARATOR = ", "


class UnreadField(NamedTuple):
    """`place` is the path of keys in the payload (`line_items.price`), empty where it stands nowhere by itself; `kind`
    is one of `foundation.text.unread.KINDS`; `example` how it was written, card numbers masked."""

    place: str
    kind: str
    example: str

    def __str__(self) -> str:
        return f"{self.place or '?'} ({self.kind})"


def located(marks: Sequence[Mark], payload: Any, lines: str = "") -> tuple[UnreadField, ...]:
    """Each mark with its place: the value that was written like this, or else one that contains it. `lines` is where
    the rows of a file lie that were put together: a column is called there as it is in the file."""
    if not marks:
        return ()
    values = list(islice(_values(payload, ""), LOOKED_THROUGH))
    found = (
        UnreadField(mark.place or _column(_place(mark.raw, values), lines), mark.kind, str(clean(mark.raw)))
        for mark in marks
    )
    return tuple({(field.place, field.kind): field for field in found}.values())


def written(fields: Sequence[UnreadField]) -> str:
    """As an envelope keeps it."""
    return SEPARATOR.join(map(str, fields[:MOST]))


def _column(place: str, lines: str) -> str:
    return place.removeprefix(f"{lines}.") if lines else place


def _place(raw: str, values: Sequence[tuple[str, str]]) -> str:
    same = (place for place, value in values if value[:LONGEST] == raw)
    holding = (place for place, value in values if raw in value)
    return next(same, "") or next(holding, "")


def _values(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text and number with its place. Items of a list share theirs."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _values(value, f"{place}.{key}"[-LONGEST_PLACE:] if place else str(key)[:LONGEST_PLACE])
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, place)
    elif node is not None and not isinstance(node, bool):
        yield place, str(node)
