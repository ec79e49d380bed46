"""What a track call says, before it is put on somebody's timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

Event = Mapping[str, Any]
Words = str | Promise  # said now, or translated when it is


@dataclass(frozen=True, slots=True)
class Story:
    """Fields as in `Touch`. An empty channel means where it happened: web or app."""

    kind: str
    title: str
    channel: str = ""
    direction: str = "inbound"
    body: str = ""
    verbatim: str = ""
    sentiment: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reference: str = ""
    thread: str = ""


Teller = Callable[[Event, str], Story]


def words(value: Any, longest: int = 160) -> str:
    """A text or number on one line, cut to `longest` characters; nothing for anything else."""
    if isinstance(value, str):
        return " ".join(value.split())[:longest]
    return str(value)[:longest] if isinstance(value, int | float) and not isinstance(value, bool) else ""
