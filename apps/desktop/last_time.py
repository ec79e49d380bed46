"""“Last time you told us”: what a conversation begins with, so that nobody has to say anything twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.desktop.entries import ICONS, PromiseLine, promise_line
from apps.desktop.profile import ago
from apps.interactions import timeline as story
from apps.interactions.models import Channel, FollowUp, Interaction

REMEMBERED = timedelta(days=730)  # what was said longer ago is history, not a conversation to go on with
SETTLED_LATELY = timedelta(days=60)
PROMISES = 3
WORDS = 320


@dataclass(frozen=True, slots=True)
class LastTime:
    """The latest words of the customer and of us, and what was promised; the words may be missing, or the promises."""

    pk: int | None
    icon: str
    where: str
    when: str
    stamp: str
    words: str
    read_back: str
    promises: list[PromiseLine]


def last_time(reader: User, profiles: Sequence[int], until: datetime | None = None) -> LastTime | None:
    """What these profiles' customer told us last (before `until`), and what we promised; None where there is neither.

    Two queries; none for marketers, who are not in the conversation.
    """
    if reader.role == Role.MARKETER or not profiles:
        return None
    now = timezone.now()
    told = (
        Interaction.objects.visible_to(reader)
        .told()
        .filter(occurred_at__gt=now - REMEMBERED, occurred_at__lte=until or now)
    )
    latest = next(iter(story.newest(profiles, told, limit=1)), None)
    settled = Q(state=FollowUp.State.OPEN) | Q(closed_at__gt=now - SETTLED_LATELY)
    rows = FollowUp.objects.filter(settled, profile_id__in=profiles).exclude(state=FollowUp.State.CANCELLED)
    open_first = Case(When(state=FollowUp.State.OPEN, then=0), default=1)
    chosen = rows.with_owner().order_by(open_first, "-created_at", "-id")[:PROMISES]
    promises = [promise_line(one) for one in chosen]
    return LastTime(**_said(latest), promises=promises) if latest or promises else None


def _said(latest: Interaction | None) -> dict[str, Any]:
    if latest is None:
        return {"pk": None, "icon": "handshake", "where": "", "when": "", "stamp": "", "words": "", "read_back": ""}
    channel, who = Channel(latest.channel), latest.staff_name
    said = {"channel": channel.label, "who": who}
    return {
        "pk": latest.pk,
        "icon": ICONS[channel],
        "where": gettext("%(channel)s with %(who)s") % said if who else str(channel.label),
        "when": ago(latest.occurred_at),
        "stamp": latest.occurred_at.isoformat(),
        "words": Truncator(latest.verbatim.strip()).chars(WORDS),
        "read_back": Truncator(latest.read_back.strip()).chars(WORDS),
    }
