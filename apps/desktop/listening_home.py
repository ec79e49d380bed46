"""For whoever logs what customers say: what came of it, and who is listening in; for whoever asked them: the answer."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.desktop.listening_cards import first_name
from apps.desktop.moments_page import moment_words
from apps.insights.actions.theming import is_outside
from apps.insights.models import Reading, Reply, SitIn
from apps.moments.unnamed import known_as, unnamed

BACK = timedelta(days=14)
FOLLOWED = timedelta(days=30)  # how far back a day can lie that is followed, and a day or two more
READ, WRITTEN, SITTING = 6, 6, 5


class Line(NamedTuple):
    """A receipt or a reply, as it is told to whoever logged the words."""

    pk: int
    feedback: int
    words: str
    note: str
    when: str


class Sitting(NamedTuple):
    """Somebody who follows a day of the team's; `now`: today as it is logged."""

    who: str
    day: date
    now: bool


def may_hear(user: User) -> bool:
    """Those who talk to customers, in shops too, and those who asked them something."""
    return user.is_active


def heard(user: User) -> dict[str, Any]:
    """A few short queries: what was written to them and not put away, what was read, who sits in."""
    since = timezone.now() - BACK
    names = ("feedback__profile__customer__name", "feedback__heard_at")
    people = "feedback__profile__customer"
    replies = Reply.objects.told_to(user, since).filter(seen_at=None).select_related("author", people)[:WRITTEN]
    if is_outside(user):
        return {"replies": _answered(replies), "asked": True}
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


def _answered(replies: Iterable[Reply]) -> list[Line]:
    """For those who may not know whose words it is about."""
    found = list(replies)
    secrets = known_as({one.feedback.profile.customer_id for one in found}) if found else {}
    return [
        Line(
            one.pk,
            one.feedback_id,
            gettext("%(name)s answered you") % {"name": first_name(one.author)},
            unnamed(one.words, secrets.get(one.feedback.profile.customer_id, [])),
            moment_words(one.at),
        )
        for one in found
    ]


def _read(one: Reading) -> Line:
    named = {"reader": first_name(one.reader), "team": one.reader.team, "customer": one.feedback.profile.customer}
    words = (
        gettext("%(reader)s (%(team)s) read what %(customer)s told you")
        if one.reader.team
        else gettext("%(reader)s read what %(customer)s told you")
    )
    return Line(one.pk, one.feedback_id, words % named, "", moment_words(one.at))


def sitting(user: User) -> list[Sitting]:
    """Who began today to follow a day of the team's, by name and department."""
    if user.team_id is None:
        return []
    today = timezone.localdate()
    begun = timezone.make_aware(datetime.combine(today, time()))
    here = SitIn.objects.filter(team=user.team_id, day__gte=today - FOLLOWED, began_at__gte=begun).exclude(person=user)
    rows = here.select_related("person__team").order_by("-day", "began_at")[:SITTING]
    return [
        Sitting(f"{one.person} ({one.person.team})" if one.person.team else str(one.person), one.day, one.day >= today)
        for one in rows
    ]
