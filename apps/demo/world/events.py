"""What the demo's people do, before it becomes rows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apps.demo.world.places import Store

SHOP, TILL, PHONE, MAIL, TALK = "demo-web", "pos", "telephony", "mail", "messaging"
BANK, CLUB, MARKETING, DESK = "bank", "loyalty", "marketing", "desk"
RECEIPT = {"status": "completed"}  # a payload: it is over


@dataclass(slots=True)
class WorldPromise:
    """A follow-up: open unless `state` says otherwise; `owner` is a username."""

    text: str
    due_at: datetime
    owner: str
    state: str = "open"
    closed_at: datetime | None = None


@dataclass(slots=True)
class WorldEvent:
    """One interaction; fields as in `Interaction`, with people and wrap-up codes by name."""

    at: datetime
    channel: str
    kind: str
    title: str
    body: str = ""
    direction: str = "inbound"
    source: str = SHOP
    verbatim: str = ""
    read_back: str = ""
    sentiment: str = ""
    amount: Decimal | None = None
    currency: str = ""
    touchpoint: str = ""
    staff: str = ""
    disposition: str = ""
    reference: str = ""
    thread: str = ""
    ended_at: datetime | None = None
    payload: dict[str, Any] | None = None
    promise: WorldPromise | None = None
    pinned_by: str = ""


@dataclass(slots=True)
class ConsentGiven:
    channel: str
    status: str
    at: datetime
    origin: str
    source: str = SHOP


@dataclass(slots=True)
class Character:
    """A customer. `handles` are (type, scope, value) by the source that knows them; a source without handles that
    appears in an event gets a profile by itself."""

    number: int
    name: str
    country: str
    city: str
    language: str
    zone: ZoneInfo
    currency: str
    since: date
    email: str
    phone: str
    store: Store
    tier: str = ""
    loyalty: str = ""
    bank: bool = False
    activity: float = 1.0
    first_name: str = ""
    extra_handles: list[tuple[str, str, str, str]] = field(default_factory=list)  # source, type, scope, value
    consents: list[ConsentGiven] = field(default_factory=list)
    events: list[WorldEvent] = field(default_factory=list)
    story: str = ""
    same_as: "Character | None" = None  # who they are, without anybody knowing

    @property
    def user_id(self) -> str:
        return f"cust-{self.number:06d}"


def money(amount: float | str) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))
