"""Closing the loop with whoever heard it: read receipts, a line to them, and sitting in with their team."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import Team, User
from apps.insights.models import Feedback, Reading, Reply, SitIn


class Silent(Exception):
    """Nobody can be answered: it was not logged by a person, or only by whoever writes."""


@transaction.atomic
def mark_read(*, actor: User, feedback: Feedback) -> bool:
    """Leave a read receipt; whether it is the first of this reader. Reading what one logged oneself leaves none."""
    if feedback.staff_id == actor.pk:
        return False
    _reading, new = Reading.objects.get_or_create(
        feedback=feedback, reader=actor, defaults={"staff_id": feedback.staff_id}
    )
    if new:
        audit(actor, "listening.read", purpose="listening", feedback=feedback.pk)
    return new


@transaction.atomic
def answer(*, actor: User, feedback: Feedback, words: str) -> Reply:
    """Write a line to whoever logged it; from them, to whoever wrote last. Raises Silent where there is nobody."""
    to = feedback.staff_id if feedback.staff_id != actor.pk else _last_asker(feedback, actor)
    if to is None:
        raise Silent
    mark_read(actor=actor, feedback=feedback)
    Reply.objects.filter(feedback=feedback, to=actor, seen_at=None).update(seen_at=timezone.now())
    reply = Reply.objects.create(feedback=feedback, author=actor, to_id=to, words=words)
    audit(actor, "listening.reply", purpose="listening", feedback=feedback.pk, to=to)
    return reply


def _last_asker(feedback: Feedback, actor: User) -> int | None:
    asked = Reply.objects.filter(feedback=feedback, to=actor).order_by("-at", "-id")
    return asked.values_list("author_id", flat=True).first()


def put_away(*, actor: User, reply_id: int) -> bool:
    """Say that a line was seen; whether it was the actor's to see."""
    return bool(Reply.objects.filter(pk=reply_id, to=actor, seen_at=None).update(seen_at=timezone.now()))


@transaction.atomic
def sit_in(*, actor: User, team: Team, day: date) -> bool:
    """Begin to follow a day of a team's, which the team is told today; whether it is the first time. Every beginning is
    in the audit trail."""
    again = {"began_at": timezone.now()}
    _sitting, new = SitIn.objects.update_or_create(person=actor, team=team, day=day, defaults=again)
    audit(actor, "listening.sit_in", purpose="listening", team=team.pk, name=team.name, day=day.isoformat())
    return new
