"""At the desk of whoever logs what customers say: who read it, who asks about it, and who shadows the team; for whoever
asked, the answers."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.desktop.listening.cards import first_name
from apps.desktop.moments.page import time_words
from apps.foundation.redaction import redacted
from apps.insights.models import FeedbackReply, ReadReceipt, ShadowedDay
from apps.insights.themes.actions import is_outside
from apps.moments.redaction import known_as

BACK = timedelta(days=14)
FOLLOWED = timedelta(days=30)  # how far back a day can lie that is shadowed, and a day or two more
READ, WRITTEN, SHADOWERS = 6, 6, 5


class UnreadLine(NamedTuple):
    """A receipt or a reply, as whoever logged the words sees it. `pk` is the receipt's or the reply's."""

    pk: int
    feedback: int
    words: str
    note: str
    when: str


class Shadower(NamedTuple):
    """Somebody who follows a day of the team's; `now`: today as it is logged."""

    who: str
    day: date
    now: bool


def may_see_unread(user: User) -> bool:
    """Those who talk to customers, in shops too, and those who asked them something."""
    return user.is_active


def unread(user: User) -> dict[str, Any]:
    """A few short queries: what was written to them and not put away, what was read, who shadows the team."""
    since, customer = timezone.now() - BACK, "feedback__profile__customer"
    replies = FeedbackReply.objects.addressed_to(user, since).filter(seen_at=None)
    replies = replies.select_related("author", customer)[:WRITTEN]
    if is_outside(user):
        return {"replies": _answers(replies), "receipts": [], "shadowers": [], "asked": True}
    receipts = ReadReceipt.objects.for_staff(user, since).select_related("reader__team", customer).only(
        "at", "feedback", "reader__first_name", "reader__username", "reader__team__name", "feedback__profile",
        customer, f"{customer}__name",
    )[:READ]  # fmt: skip
    return {
        "replies": [_question(reply) for reply in replies],
        "receipts": [_receipt(receipt) for receipt in receipts],
        "shadowers": shadowers(user),
        "asked": False,
    }


def _question(reply: FeedbackReply) -> UnreadLine:
    words = gettext("%(reader)s about what %(customer)s told you") % {
        "reader": first_name(reply.author),
        "customer": reply.feedback.profile.customer,
    }
    return UnreadLine(reply.pk, reply.feedback_id, words, reply.words, time_words(reply.at))


def _answers(replies: Iterable[FeedbackReply]) -> list[UnreadLine]:
    """For those who may not know whose words it is about."""
    found = list(replies)
    secrets = known_as({reply.feedback.profile.customer_id for reply in found}) if found else {}
    return [
        UnreadLine(
            reply.pk,
            reply.feedback_id,
            gettext("%(name)s answered you") % {"name": first_name(reply.author)},
            redacted(reply.words, secrets.get(reply.feedback.profile.customer_id, [])),
            time_words(reply.at),
        )
        for reply in found
    ]


def _receipt(receipt: ReadReceipt) -> UnreadLine:
    reader = receipt.reader
    named = {"reader": first_name(reader), "team": reader.team, "customer": receipt.feedback.profile.customer}
    words = (
        gettext("%(reader)s (%(team)s) read what %(customer)s told you")
        if reader.team
        else gettext("%(reader)s read what %(customer)s told you")
    )
    return UnreadLine(receipt.pk, receipt.feedback_id, words % named, "", time_words(receipt.at))


def shadowers(user: User) -> list[Shadower]:
    """Who began today to follow a day of the team's, by name and department."""
    if user.team_id is None:
        return []
    today = timezone.localdate()
    begun = timezone.make_aware(datetime.combine(today, time()))
    followed = ShadowedDay.objects.filter(team=user.team_id, day__gte=today - FOLLOWED, began_at__gte=begun)
    rows = followed.exclude(person=user).select_related("person__team").order_by("-day", "began_at")[:SHADOWERS]
    return [Shadower(_with_team(row.person), row.day, row.day >= today) for row in rows]


def _with_team(person: User) -> str:
    return f"{person} ({person.team})" if person.team else str(person)
