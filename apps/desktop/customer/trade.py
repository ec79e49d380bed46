"""Orders, returns and refunds in a line each, as far as they are not over: what a caller most likely asks about."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from apps.desktop.customer.entries import money
from apps.desktop.customer.profile import ago
from apps.interactions.models import DELIVERED, Interaction

READ = 16  # entries
SHOWN = 2
HEARD_OF = timedelta(days=45)  # an order of which nothing was heard for longer is not called open
REFUNDED = timedelta(days=30)
ARRIVED = frozenset({"delivered", "completed", "order delivered"})  # what shops call it in a payload


@dataclass(frozen=True, slots=True)
class TradeLine:
    """`label` says what it is and how it stands, as far as anybody told us; `pk` is the entry that told of it last."""

    pk: int
    icon: str
    label: str
    number: str
    amount: str
    words: str
    when: str
    stamp: str


def trade_lines(rows: Sequence[Interaction]) -> list[TradeLine]:
    """What the newest entries about orders come to, the order heard of last first."""
    orders: dict[str, list[Interaction]] = defaultdict(list)
    for row in rows:
        orders[row.thread or row.reference or str(row.pk)].append(row)
    lines = (_line(order) for order in orders.values())
    return [line for line in lines if line][:SHOWN]


def _line(told: Sequence[Interaction]) -> TradeLine | None:
    """`told`: all that was told of one order, the newest first."""
    last, since = told[0], timezone.now() - told[0].occurred_at
    by_kind = {row.kind: row for row in reversed(told)}  # the newest of each
    if refund := by_kind.get("refund"):
        given = _amount(refund) or _amount(by_kind.get("return"))
        return _said(refund, "hand-coins", gettext("Refund"), given) if since < REFUNDED else None
    if since > HEARD_OF or "cancellation" in by_kind:
        return None
    if sent_back := by_kind.get("return"):
        return _said(sent_back, "rotate-ccw", gettext("Return, no refund yet"), _amount(sent_back))
    if any(_arrived(row) for row in told) or not {"order", "delivery"} & by_kind.keys():
        return None
    amount = _amount(by_kind.get("order_update")) or _amount(by_kind.get("order"))
    return _said(last, "shopping-bag", gettext("Open order"), amount)


def _said(row: Interaction, icon: str, label: str, amount: str) -> TradeLine:
    words = "" if row.kind == "order" else row.title
    return TradeLine(
        row.pk, icon, label, row.reference, amount, words, ago(row.occurred_at), row.occurred_at.isoformat()
    )


def _amount(row: Interaction | None) -> str:
    return money(row) if row and row.amount and row.amount > Decimal(0) else ""


def _arrived(row: Interaction) -> bool:
    """Whether the parcel is there: some shops say so only in the payload, each under its own word."""
    if row.kind == DELIVERED:
        return True
    said = (row.payload.get("status"), row.payload.get("event"))
    return any(isinstance(word, str) and word.lower() in ARRIVED for word in said)
