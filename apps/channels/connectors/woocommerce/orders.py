"""An order's life: placed, then one entry for each status it comes to. `order.updated` is sent for every small change,
hence a status is told once. Checkouts of blocks send `order.created` for a draft, and of what follows only updates: an
order is told by whichever event comes first after that."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.contract import Unintelligible
from apps.channels.toolkit.commerce import OrderLine, listed, quantity, seen, with_pieces
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.numbers import POINT, currency, decimal
from apps.foundation.text.values import Event, mappings, prose, web_address, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Direction


class Status(NamedTuple):
    """How a status is told. `since` names the field with the time it was reached, where there is one."""

    kind: str
    title: str | Promise
    direction: str = Direction.OUTBOUND
    since: str = ""


STATUSES: Mapping[str, Status] = {
    "pending": Status("order_update", _t("Order %(order)s waits for its payment"), Direction.INTERNAL),
    "on-hold": Status("order_update", _t("Order %(order)s is on hold"), Direction.INTERNAL),
    "processing": Status(
        "order_update", _t("Order %(order)s is paid and being prepared"), Direction.INTERNAL, "date_paid_gmt"
    ),
    "completed": Status("delivery", _t("Order %(order)s completed"), since="date_completed_gmt"),
    "cancelled": Status("cancellation", _t("Order %(order)s cancelled")),
    "refunded": Status("refund", _t("Order %(order)s refunded")),
    "failed": Status("payment_failed", _t("Order %(order)s: the payment failed"), Direction.INBOUND),
}
UNTOLD = frozenset({"trash", "auto-draft", "checkout-draft", "draft", "any"})


def touches_of(topic: str, order: Event, shop: str, received_at: datetime) -> list[InteractionDraft]:
    """The status it has come to, and the order itself. Raises Unintelligible for an order without an id."""
    identity = order.get("id")
    if not isinstance(identity, int) or isinstance(identity, bool) or not 0 < identity < 10**18:
        raise Unintelligible("An order without an id.")
    status = words(order.get("status"), 40).removeprefix("wc-")
    if not status or status in UNTOLD:
        return []
    placed = _placed(order, shop, received_at)
    return [placed] if topic == "order.created" else [_reached(status, order, shop, received_at), placed]


def _placed(order: Event, shop: str, received_at: datetime) -> InteractionDraft:
    lines = _lines(order)
    total, unit = _sum(order.get("total")), currency(order.get("currency"))
    coupons = ", ".join(words(coupon.get("code"), 60) for coupon in mappings(order.get("coupon_lines"))[:5])
    placed = _touch(
        order,
        "",
        shop,
        plausible(_time(order.get("date_created_gmt")), received_at),
        channel=Channel.STORE if words(order.get("created_via")).startswith("pos") else Channel.ORDER,
        kind="order",
        title=with_pieces(_("Order %(order)s") % {"order": _number(order)}, lines),
        body=listed(
            lines,
            _("Coupon %(coupon)s") % {"coupon": coupons} if coupons else "",
            words(order.get("payment_method_title"), 80),
        ),
        verbatim=prose(order.get("customer_note"), 5000),
        amount=total,
        currency=unit if total is not None else "",
    )
    changed = _time(order.get("date_modified_gmt") or order.get("date_created_gmt"))
    return seen(placed, _number(order), lines, plausible(changed, received_at))


def _reached(status: str, order: Event, shop: str, received_at: datetime) -> InteractionDraft:
    fields = STATUSES.get(status)
    number = _number(order)
    since = order.get(fields.since) if fields and fields.since else None
    if fields is None:  # a status of the shop's own
        name = status.replace("-", " ")
        title, kind = _("Order %(order)s: %(status)s") % {"order": number, "status": name}, "order_update"
    else:
        title, kind = str(fields.title) % {"order": number}, fields.kind
    amount = _given_back(order) if status == "refunded" else None
    return _touch(
        order,
        f":status:{status}",
        shop,
        plausible(_time(since or order.get("date_modified_gmt")), received_at),
        kind=kind,
        title=title,
        direction=fields.direction if fields else Direction.INTERNAL,
        amount=amount,
        currency=currency(order.get("currency")) if amount is not None else "",
    )


def _touch(order: Event, state: str, shop: str, at: datetime, **fields: Any) -> InteractionDraft:
    identity, site = order["id"], web_address(shop)
    return InteractionDraft(
        **{
            "external_id": f"order:{identity}{state}"[:200],
            "occurred_at": at,
            "channel": Channel.ORDER,
            "touchpoint": site.partition("://")[2].strip("/")[:80],
            "reference": _number(order),
            "thread": f"order:{identity}",
            "link": f"{site.rstrip('/')}/wp-admin/post.php?post={identity}&action=edit" if site else "",
            "payload": {"order_id": identity, "status": words(order.get("status"), 40)},
            **fields,
        }
    )


def _number(order: Event) -> str:
    """Shops may number their orders otherwise than by their id."""
    return words(order.get("number") or order.get("id"), 80)


def _time(value: Any) -> datetime | None:
    """Times in GMT come without a zone."""
    return instant(value, "UTC") if isinstance(value, str) else None


def _lines(order: Event) -> list[OrderLine]:
    return [
        OrderLine(words(item.get("name") or item.get("sku")), quantity(item.get("quantity")), _sum(item.get("total")))
        for item in mappings(order.get("line_items"))
    ]


def _sum(value: Any) -> Decimal | None:
    """An amount as WooCommerce's API writes it: text with a decimal point, whatever the shop shows to customers."""
    return decimal(value, POINT)


def _given_back(order: Event) -> Decimal | None:
    """Refunds are listed with negative sums; without a list it is the whole order."""
    sums = [_sum(refund.get("total")) for refund in mappings(order.get("refunds"))]
    given = [abs(amount) for amount in sums if amount is not None]
    return sum(given, Decimal(0)) if given else _sum(order.get("total"))
