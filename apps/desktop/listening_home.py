"""For whoever logs what customers say: what came of it, and who is listening in today."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.desktop.listening_cards import first_name
from apps.desktop.moments_page import moment_words
from apps.insights.models import Reading, Reply, SitIn

BACK = timedelta(days=14)
READ, WRITTEN, SITTING = 6, 6, 5


class Line(NamedTuple):
    """A receipt or a reply, as it is told to whoever logged the words."""

    pk: int
    feedback: int
    words: str
    note: str
    when: str


def may_hear(user: User) -> bool:
    """Those who talk to customers, in shops too."""
    return user.is_active and (user.role != Role.MARKETER or user.is_superuser)


def heard(user: User) -> dict[str, Any]:
    """Three short queries: what was written to them and not put away, what was read, who sits in."""
    since = timezone.now() - BACK
    names = ("feedback__profile__customer__name", "feedback__heard_at")
    people = "feedback__profile__customer"
    replies = Reply.objects.told_to(user, since).filter(seen_at=None).select_related("author", people)[:WRITTEN]
    readings = Reading.objects.told_to(user, since).select_related("reader__team", people).only(
        "at", "feedback", "reader__first_name", "reader__username", "reader__team__name", "feedback__profile",
        "feedback__profile__customer", *names[:1],
    )[:READ]  # fmt: skip
    return {
        "replies": [_written(one) for one in replies],
        "readings": [_read(one) for one in readings],
        "sitting": sitting(user),
    }


def _written(one: Reply) -> Line:
    words = gettext("%(reader)s about what %(customer)s told you") % {
        "reader": first_name(one.author),
        "customer": one.feedback.profile.customer,
    }
    return Line(one.pk, one.feedback_id, words, one.words, moment_words(one.at))


def _read(one: Reading) -> Line:
    named = {"reader": first_name(one.reader), "team": one.reader.team, "customer": one.feedback.profile.customer}
    words = (
        gettext("%(reader)s (%(team)s) read what %(customer)s told you")
        if one.reader.team
        else gettext("%(reader)s read what %(customer)s told you")
    )
    return Line(one.pk, one.feedback_id, words % named, "", moment_words(one.at))


def sitting(user: User) -> list[str]:
    """Who follows the team's day today, by name and department."""
    if user.team_id is None:
        return []
    here = SitIn.objects.filter(team=user.team_id, day=timezone.localdate()).exclude(person=user)
    rows = here.select_related("person__team").order_by("began_at")[:SITTING]
    return [f"{one.person} ({one.person.team})" if one.person.team else str(one.person) for one in rows]
