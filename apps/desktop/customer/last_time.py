"""“Last time you told us”: what a conversation begins with, so that nobody has to say anything twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.customers.models import Customer, SourceProfile
from apps.desktop.customer.entries import ICONS
from apps.desktop.customer.profile import ago
from apps.desktop.promises.line import PromiseLine, promise_line
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


def last_time(own_words: Sequence[Interaction], promised: Sequence[FollowUp]) -> LastTime | None:
    """What the customer told us last, and what we promised; None where there is neither."""
    promises = [promise_line(promise) for promise in promised]
    latest = next(iter(own_words), None)
    return LastTime(**_said(latest), promises=promises) if latest or promises else None


def last_time_until(customer: Customer, reader: User, until: datetime) -> LastTime | None:
    """As it was at a time, with what has become of the promises since. Two queries."""
    said = with_words_of(customer, reader, until - REMEMBERED, until)
    return last_time(list(said), list(promised(customer, reader, timezone.now() - SETTLED_LATELY)))


def with_words_of(customer: Customer, reader: User, since: datetime, until: datetime) -> QuerySet[Interaction]:
    """The newest entry with the customer's words between these times. The newest of each profile first: the timeline's
    index answers that, however long their histories. Marketers are not in the conversation."""
    if reader.role == Role.MARKETER:
        return Interaction.objects.none()
    said = Interaction.objects.visible_to(reader).with_own_words().filter(occurred_at__gt=since, occurred_at__lte=until)
    newest = said.filter(profile=OuterRef("pk")).newest_first().values("pk")[:1]
    ids = SourceProfile.objects.filter(customer=customer).values_list(Subquery(newest))
    return Interaction.objects.filter(pk__in=ids).newest_first().defer("search")[:1]


def promised(customer: Customer, reader: User, settled_since: datetime) -> QuerySet[FollowUp]:
    """What was promised and is open, or was settled lately: the open ones first."""
    if reader.role == Role.MARKETER:
        return FollowUp.objects.none()
    lately = Q(state=FollowUp.State.OPEN) | Q(closed_at__gt=settled_since)
    rows = FollowUp.objects.of(customer).filter(lately).exclude(state=FollowUp.State.CANCELLED)
    open_first = Case(When(state=FollowUp.State.OPEN, then=0), default=1)
    return rows.with_owner().order_by(open_first, "-created_at", "-id")[:PROMISES]


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
