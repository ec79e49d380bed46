"""Parcels (“fulfillments”): sent, on their way, delivered."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.connectors.shopify.wire import number
from apps.channels.contract import Unintelligible
from apps.channels.toolkit.commerce import OrderLine, quantity, with_pieces
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mappings, web_address, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import DELIVERED, Channel, Direction

SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
CALLED_OFF = frozenset({"cancelled", "error", "failure"})
# What the carrier says; the rest (label printed, in transit) is nothing to tell.
ON_THE_WAY = {
    "out_for_delivery": _t("Order %(order)s is out for delivery"),
    "attempted_delivery": _t("Order %(order)s could not be handed over"),
    "ready_for_pickup": _t("Order %(order)s is ready for pick-up"),
    "delivered": _t("Order %(order)s delivered"),
    "failure": _t("Order %(order)s: the delivery failed"),
}


def admin_page(shop: str, order: str) -> str:
    """Where staff see an order. The shop's name comes in a header that nobody signs."""
    return f"https://{shop}/admin/orders/{order}" if SHOP.fullmatch(shop) else ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A fulfillment, with the id of its order and the number customers know the order by."""

    body: Event
    order: str
    order_name: str
    shop: str
    received_at: datetime

    @property
    def identity(self) -> str:
        return number(self.body.get("id"))

    def touch(self, external_id: str, title: str, happened: Any) -> InteractionDraft:
        status = self.body.get("shipment_status") or self.body.get("status")
        return InteractionDraft(
            external_id=f"fulfillment:{external_id}",
            occurred_at=plausible(instant(happened), self.received_at),
            channel=Channel.ORDER,
            kind=DELIVERED if words(status, 30) == "delivered" else "delivery",
            title=title,
            direction=Direction.OUTBOUND,
            body=self._tracking(),
            touchpoint=self.shop[:80],
            reference=self.order_name,
            thread=f"order:{self.order}",
            link=web_address(self.body.get("tracking_url")) or admin_page(self.shop, self.order),
            payload={"order_id": self.order, "status": words(status, 30)},
        )

    def _tracking(self) -> str:
        """Carrier and number."""
        parts = (self.body.get("tracking_company"), self.body.get("tracking_number"))
        return " ".join(filter(None, (words(part, 80) for part in parts)))


def is_news(fulfillment: Event) -> bool:
    """Whether something has happened to a parcel since it was sent."""
    return words(fulfillment.get("status"), 20) in CALLED_OFF or words(fulfillment.get("shipment_status")) in ON_THE_WAY


def draft_of(fulfillment: Event, shop: str, received_at: datetime) -> InteractionDraft | None:
    """A fulfillment webhook; its `name` is the order's with a number behind it (`#1001.1`). Raises Unintelligible.

    That a parcel was sent, the order's own topics tell: they know whose it is, and this one only an e-mail address.
    """
    name = words(fulfillment.get("name"), 80).lstrip("#").rpartition(".")[0]
    parcel = Parcel(fulfillment, number(fulfillment.get("order_id")), name, shop, received_at)
    if not parcel.identity or not parcel.order:
        raise Unintelligible("A fulfilment without its own id or its order's.")
    status, changed = words(fulfillment.get("shipment_status"), 30), fulfillment.get("updated_at")
    if words(fulfillment.get("status"), 20) in CALLED_OFF:
        title = _("Order %(order)s: the parcel was called off") % {"order": name}
        return parcel.touch(f"{parcel.identity}:cancelled", title, changed)
    if status in ON_THE_WAY:
        return parcel.touch(f"{parcel.identity}:{status}", str(ON_THE_WAY[status]) % {"order": name}, changed)
    return None


def sent(parcel: Parcel) -> InteractionDraft:
    items = mappings(parcel.body.get("line_items"))
    lines = [OrderLine(words(item.get("name")), quantity(item.get("quantity"))) for item in items]
    title = with_pieces(_("Order %(order)s sent") % {"order": parcel.order_name}, lines)
    return parcel.touch(parcel.identity, title, parcel.body.get("created_at"))
