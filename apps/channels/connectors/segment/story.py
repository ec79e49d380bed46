"""What a track call says, before it is put on somebody's timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

from apps.channels.connectors.values import Event

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
