"""Checkouts that somebody began: told once, as soon as it is known who it is."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from apps.channels.connectors.shopify.orders import lines_of
from apps.channels.connectors.shopify.wire import number, sum_in
from apps.channels.contract import Unintelligible
from apps.channels.toolkit.commerce import listed, with_pieces
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.numbers import currency
from apps.foundation.text.unread import unread
from apps.foundation.text.values import Event, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel


def draft_of(checkout: Event, shop: str, received_at: datetime) -> InteractionDraft | None:
    """Nothing once it has become an order. Raises Unintelligible for a checkout without an id."""
    if checkout.get("completed_at"):
        return None
    identity = number(checkout.get("id")) or words(checkout.get("token"), 100)
    if not identity:
        raise Unintelligible("A checkout without an id.")
    lines = lines_of(checkout.get("line_items"))
    total, unit = sum_in(checkout.get("total_price")), currency(checkout.get("currency"))
    shown = currency(checkout.get("presentment_currency"))
    if shown and shown != unit:  # a checkout does not say in which of the two its prices are
        unread("currency", checkout.get("presentment_currency"))
        total, lines = None, [replace(line, price=None) for line in lines]
    return InteractionDraft(
        external_id=f"checkout:{identity}",
        occurred_at=plausible(instant(checkout.get("created_at")), received_at),
        channel=Channel.WEB,
        kind="checkout",
        title=with_pieces(_("Began to check out"), lines),
        body=listed(lines),
        amount=total,
        currency=unit if total is not None else "",
        touchpoint=shop[:80],
        thread=f"checkout:{identity}",
        payload={"checkout_id": identity},
    )
