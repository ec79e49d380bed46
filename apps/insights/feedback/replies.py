"""Closing the loop with whoever logged it: read receipts, a line to them, and shadowing their team."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import Team, User
from apps.insights.models import Feedback, FeedbackReply, ReadReceipt, ShadowedDay


class NobodyToAnswer(Exception):
    """Nobody can be answered: it was not logged by a person, or only by whoever writes."""


@transaction.atomic
def mark_read(*, actor: User, feedback: Feedback) -> bool:
    """Leave a read receipt; whether it is the first of this reader. Reading what one logged oneself leaves none."""
    if feedback.staff_id == actor.pk:
        return False
    _receipt, new = ReadReceipt.objects.get_or_create(
        feedback=feedback, reader=actor, defaults={"staff_id": feedback.staff_id}
    )
    if new:
        audit(actor, "listening.read", purpose="listening", feedback=feedback.pk)
    return new


@transaction.atomic
def answer(*, actor: User, feedback: Feedback, words: str) -> FeedbackReply:
    """Write a line to whoever logged it; from them, to whoever wrote last. Raises NobodyToAnswer."""
    to = feedback.staff_id if feedback.staff_id != actor.pk else _last_asker(feedback, actor)
    if to is None:
        raise NobodyToAnswer
    mark_read(actor=actor, feedback=feedback)
    FeedbackReply.objects.filter(feedback=feedback, to=actor, seen_at=None).update(seen_at=timezone.now())
    reply = FeedbackReply.objects.create(feedback=feedback, author=actor, to_id=to, words=words)
    audit(actor, "listening.reply", purpose="listening", feedback=feedback.pk, to=to)
    return reply


def _last_asker(feedback: Feedback, actor: User) -> int | None:
    asked = FeedbackReply.objects.filter(feedback=feedback, to=actor).order_by("-at", "-id")
    return asked.values_list("author_id", flat=True).first()


def mark_reply_seen(*, actor: User, reply_id: int) -> bool:
    """Say that a line was seen; whether it was the actor's to see."""
    return bool(FeedbackReply.objects.filter(pk=reply_id, to=actor, seen_at=None).update(seen_at=timezone.now()))


@transaction.atomic
def shadow(*, actor: User, team: Team, day: date) -> bool:
    """Begin to follow a day of a team's, which the team sees today; whether it is the first time. Every beginning is in
    the audit trail."""
    again = {"began_at": timezone.now()}
    _day, new = ShadowedDay.objects.update_or_create(person=actor, team=team, day=day, defaults=again)
    audit(actor, "listening.shadow", purpose="listening", team=team.pk, name=team.name, day=day.isoformat())
    return new
