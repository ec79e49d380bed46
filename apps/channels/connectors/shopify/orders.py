"""An order's life: placed, paid, sent, refunded, cancelled. Each is told once, whichever topic brings it, and from
facts that do not change afterwards. An edit changes its sum, which is told as such; `orders/edited` itself names only
the order, and nobody."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.connectors.shopify import parcels
from apps.channels.connectors.shopify.wire import charged, number, sum_in
from apps.channels.contract import SourceFacts, Unintelligible
from apps.channels.toolkit.commerce import OrderLine, card, listed, quantity, seen, sum_of, with_pieces
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.numbers import currency
from apps.foundation.text.values import Event, dig, mappings, pairs, prose, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Direction

AT_ONCE = timedelta(minutes=10)  # paid within, it was paid while being placed


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stood when the event was sent, with what is the same in all that is told of it."""

    body: Event
    shop: str
    received_at: datetime
    source: SourceFacts

    @property
    def identity(self) -> str:
        return number(self.body.get("id"))

    def name(self) -> str:
        """As customers are told it: `1001`."""
        return words(self.body.get("name") or self.body.get("order_number"), 80).lstrip("#")

    def items(self) -> list[Event]:
        """The lines, as they are after edits. What was sent back was ordered all the same."""
        items = mappings(self.body.get("line_items"))
        if not self.body.get("refunds"):
            return items
        return [{name: value for name, value in item.items() if name != "current_quantity"} for item in items]

    def at(self, *said: Any) -> datetime:
        """The first instant that can be read."""
        read = (instant(written) for written in (*said, self.body.get("created_at")))
        return plausible(next(filter(None, read), None), self.received_at)

    def touch(self, external_id: str, kind: str, title: str, **fields: Any) -> InteractionDraft:
        in_store = self.body.get("source_name") == "pos"
        return InteractionDraft(
            **{
                "external_id": external_id,
                "channel": Channel.STORE if in_store else Channel.ORDER,
                "kind": kind,
                "title": title,
                "touchpoint": self._place() if in_store else self.shop[:80],
                "reference": self.name(),
                "thread": f"order:{self.identity}",
                "link": parcels.admin_page(self.shop, self.identity),
                "payload": {"order_id": self.identity, "name": self.name()},
                **fields,
            }
        )

    def _place(self) -> str:
        location = number(self.body.get("location_id"))
        name = pairs(self.source.settings.get("locations")).get(location)
        return name or (_("Location %(id)s") % {"id": location} if location else self.shop[:80])


def touches_of(topic: str, order: Order) -> list[InteractionDraft]:
    """What is new about an order, the newest first, and the order itself. Raises Unintelligible without an id."""
    if not order.identity:
        raise Unintelligible("An order without an id.")
    return [*_news(topic, order), _placed(order)]


def _news(topic: str, order: Order) -> list[InteractionDraft]:
    if topic == "orders/cancelled":
        return [_cancelled(order)]
    if topic == "orders/paid":
        return _paid(order)
    if topic in {"orders/fulfilled", "orders/partially_fulfilled"}:
        return _latest_first(_sent(order)) or [_all_sent(order)]
    if topic == "orders/updated":
        return _latest_first([*_sent(order), *_undone(order)])
    return []


Telling = tuple[datetime, Callable[[], InteractionDraft]]


def _latest_first(tellings: Iterable[Telling]) -> list[InteractionDraft]:
    """Of two at once, the later in the list."""
    in_order = sorted(tellings, key=lambda telling: telling[0])
    return [writer() for _at, writer in reversed(in_order)]


def _sent(order: Order) -> Iterator[Telling]:
    for fulfillment in mappings(order.body.get("fulfillments")):
        if number(fulfillment.get("id")) and words(fulfillment.get("status"), 20) in {"", "success", "open", "pending"}:
            yield order.at(fulfillment.get("created_at")), partial(_parcel, order, fulfillment)


def _undone(order: Order) -> Iterator[Telling]:
    if order.body.get("cancelled_at"):
        yield order.at(order.body.get("cancelled_at")), partial(_cancelled, order)
    for refund in mappings(order.body.get("refunds")):
        if number(refund.get("id")):
            yield order.at(refund.get("created_at")), partial(_refunded, order, refund)


def _parcel(order: Order, fulfillment: Event) -> InteractionDraft:
    return parcels.sent(parcels.Parcel(fulfillment, order.identity, order.name(), order.shop, order.received_at))


def lines_of(items: Any, unit: str = "") -> list[OrderLine]:
    """Prices are for one piece, and left out where they are not in the currency of the order (`unit`, empty: the
    shop's). What an edit has taken off stays in the list, with nothing of it left."""
    found = []
    for item in mappings(items):
        left = item.get("current_quantity")
        if left == 0 and not isinstance(left, bool):
            continue
        price, paid_in = charged(item, "price") if unit else (sum_in(item.get("price")), "")
        price = price if paid_in == unit else None
        count = quantity(item.get("quantity") if left is None else left)
        name = words(item.get("name") or item.get("title") or item.get("sku"))
        found.append(OrderLine(name, count, price * count if price is not None else None))
    return found


def _placed(order: Order) -> InteractionDraft:
    body, name = order.body, order.name()
    total, unit = _total(body)
    lines = lines_of(order.items(), unit)
    unit = unit or currency(body.get("currency"))
    codes = ", ".join(words(code.get("code"), 60) for code in mappings(body.get("discount_codes"))[:5])
    means = card(dig(body, "payment_details", "credit_card_company"), _last_four(body))
    by_the_customer, note = body.get("source_name") == "web", prose(body.get("note"), 5000)  # else staff wrote it
    more = (_("Discount code %(code)s") % {"code": codes} if codes else "", means)
    placed = order.touch(
        f"order:{order.identity}",
        "order",
        with_pieces(_("Order %(order)s") % {"order": name} if name else _("Order"), lines),
        occurred_at=order.at(body.get("processed_at")),
        body=listed(lines, *more, "" if by_the_customer else note),
        verbatim=note if by_the_customer else "",
        amount=total,
        currency=unit if total is not None else "",
    )
    return seen(placed, name, lines, order.at(body.get("updated_at")))


def _total(body: Event) -> tuple[Decimal | None, str]:
    """What the order comes to after edits, and the currency it was paid in, empty where that is the shop's. What came
    back lowers the current total too, and is a refund's to tell."""
    (total, unit), (current, same) = charged(body, "total_price"), charged(body, "current_total_price")
    if current is not None and unit != same:
        (total, current), unit = map(sum_in, (body.get("total_price"), body.get("current_total_price"))), ""
    if current is None or total is None:
        return total, unit
    return (max(total, current) if body.get("refunds") else current), unit


def _last_four(body: Event) -> str:
    """Shopify writes `•••• •••• •••• 4242`."""
    return words(dig(body, "payment_details", "credit_card_number"), 40)[-4:]


def _paid(order: Order) -> list[InteractionDraft]:
    """Most orders are paid while they are placed: then there is one thing to tell."""
    placed, paid = order.at(), order.at(order.body.get("updated_at"))
    if paid - placed <= AT_ONCE:
        return []
    gateways = order.body.get("payment_gateway_names")
    by = ", ".join(words(gateway, 60) for gateway in gateways[:5]) if isinstance(gateways, list) else ""
    said = order.touch(
        f"order:{order.identity}:paid",
        "order_paid",
        _("Order %(order)s paid") % {"order": order.name()},
        occurred_at=paid,
        body=by.replace("_", " "),
    )
    return [said]


def _all_sent(order: Order) -> InteractionDraft:
    return order.touch(
        f"order:{order.identity}:fulfilled",
        "delivery",
        _("Order %(order)s sent") % {"order": order.name()},
        occurred_at=order.at(order.body.get("updated_at")),
        direction=Direction.OUTBOUND,
    )


REASONS = {
    "customer": _t("The customer asked for it."),
    "fraud": _t("It was taken for fraud."),
    "inventory": _t("It was out of stock."),
    "declined": _t("The payment was declined."),
    "staff": _t("It was a mistake of ours."),
}


def _cancelled(order: Order) -> InteractionDraft:
    reason = words(order.body.get("cancel_reason"), 20)
    return order.touch(
        f"order:{order.identity}:cancelled",
        "cancellation",
        _("Order %(order)s cancelled") % {"order": order.name()},
        occurred_at=order.at(order.body.get("cancelled_at")),
        direction=Direction.INBOUND if reason == "customer" else Direction.OUTBOUND,
        body=str(REASONS.get(reason, "")),
    )


def _refunded(order: Order, refund: Event) -> InteractionDraft:
    given = _given_back(order, refund)
    amount, unit = given[0] if len(given) == 1 else (None, "")
    returned = [
        OrderLine(
            words(dig(item, "line_item", "name") or dig(item, "line_item", "title")), quantity(item.get("quantity"))
        )
        for item in mappings(refund.get("refund_line_items"))
    ]
    return order.touch(
        f"refund:{number(refund.get('id'))}",
        "refund",
        _("Order %(order)s refunded") % {"order": order.name()},
        occurred_at=order.at(refund.get("created_at")),
        direction=Direction.OUTBOUND,
        body=listed(returned, *(sum_of(*part) for part in given if len(given) > 1), prose(refund.get("note"), 1000)),
        amount=amount,
        currency=unit,
    )


def _given_back(order: Order, refund: Event) -> list[tuple[Decimal, str]]:
    """What was paid back, by currency: a transaction is in the currency in which the customer paid, which need not be
    the shop's."""
    sums: dict[str, Decimal] = {}
    for transaction in mappings(refund.get("transactions")):
        fine = words(transaction.get("status"), 20) in {"", "success", "pending"}
        amount = sum_in(transaction.get("amount")) if transaction.get("kind") == "refund" and fine else None
        if amount is not None:
            usual = order.body.get("presentment_currency") or order.body.get("currency")
            unit = currency(transaction.get("currency") or usual)
            sums[unit] = sums.get(unit, Decimal(0)) + amount
    return [(amount, unit) for unit, amount in sums.items()]
