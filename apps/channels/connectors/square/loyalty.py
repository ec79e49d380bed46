"""Points of Square's loyalty programme."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.connectors.square.payments import place
from apps.channels.contract import SourceFacts, Unintelligible
from apps.foundation.text.dates import instant, plausible
from apps.foundation.text.values import Event, mapping, words
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Direction


def touches_of(event: Event, received_at: datetime, source: SourceFacts) -> list[InteractionDraft]:
    """Raises Unintelligible for an event without an id."""
    identity, kind = words(event.get("id"), 150), words(event.get("type"), 40)
    if not identity:
        raise Unintelligible("A loyalty event without an id.")
    details = mapping(event.get(kind.lower()))
    order = words(details.get("order_id"), 80)
    account = words(event.get("loyalty_account_id"), 100)
    earned = InteractionDraft(
        external_id=f"loyalty:{identity}",
        occurred_at=plausible(instant(event.get("created_at")), received_at),
        channel=Channel.STORE if event.get("source") == "SQUARE" else Channel.ORDER,
        kind="loyalty",
        title=_title(kind, _points(details.get("points"))),
        direction=Direction.INTERNAL if kind in {"ADJUST_POINTS", "EXPIRE_POINTS"} else Direction.INBOUND,
        body=words(details.get("reason"), 500),
        touchpoint=place(event, source),
        thread=f"order:{order}" if order else f"loyalty:{account}",
        payload={"type": kind, "loyalty_account_id": account, "order_id": order},
    )
    return [earned]


def _points(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else 0


def _title(kind: str, points: int) -> str:
    count = abs(points)
    said = {"points": ngettext("%(count)d point", "%(count)d points", count) % {"count": count}}
    if kind in {"ACCUMULATE_POINTS", "ACCUMULATE_PROMOTION_POINTS"}:
        return _("Earned %(points)s") % said
    if kind == "ADJUST_POINTS":
        return _("%(points)s taken off by hand") % said if points < 0 else _("%(points)s added by hand") % said
    if kind == "EXPIRE_POINTS":
        return _("%(points)s expired") % said
    return {
        "CREATE_REWARD": _("Exchanged %(points)s for a reward") % said,
        "REDEEM_REWARD": _("Redeemed a reward"),
        "DELETE_REWARD": _("Gave a reward back for %(points)s") % said,
    }.get(kind, _("Loyalty points changed"))
