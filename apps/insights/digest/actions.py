"""Weekly digests: closed when their week is over, mailed to those who asked."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.insights.calendar import beginning, monday_of
from apps.insights.digest.content import week_content
from apps.insights.feedback.actions import SWEEP
from apps.insights.models import Digest, DigestMail, DigestReader, SweepProgress

TRIES = 5
AGAIN = timedelta(minutes=15)
SETTLES = timedelta(hours=1)  # after the end of a week


def is_over(week: str) -> bool:
    """And settled: the sweep has taken in what was said last. While it is behind, or has never been, no week is."""
    end = beginning(monday_of(week) + timedelta(days=7)) + SETTLES
    return timezone.now() >= end and SweepProgress.objects.filter(name=SWEEP, reached__gte=end).exists()


def close_week(week: str) -> Digest:
    """The digest of a week that is over: counted once, and as it was from then on. ValueError while it lasts."""
    if not is_over(week):
        raise ValueError(week)
    kept = Digest.objects.filter(week=week).first()
    return kept or _keep(week, week_content(week))


def _keep(week: str, content: dict[str, Any]) -> Digest:
    kept, _new = Digest.objects.get_or_create(week=week, defaults={"content": content})
    return kept


def contents_of(week: str) -> dict[str, Any]:
    """The figures of any week: those that were kept or, of one that is not over, as they stand. To look at a week in
    which nothing was said keeps nothing: what was said then may still be on its way from a source."""
    kept = Digest.objects.filter(week=week).first()
    content: dict[str, Any] = kept.content if kept else week_content(week)
    return _keep(week, content).content if kept is None and content["mentions"] and is_over(week) else content


@transaction.atomic
def subscribe(*, actor: User) -> None:
    """From the next Monday on."""
    _reader, new = DigestReader.objects.get_or_create(person=actor)
    if new:
        audit(actor, "digest.subscribe")


@transaction.atomic
def unsubscribe(*, actor: User) -> None:
    gone, _of = DigestReader.objects.filter(person=actor).delete()
    if gone:
        audit(actor, "digest.unsubscribe")


def address_mails(digest: Digest) -> None:
    """One mail for each who asked; again: none."""
    readers = DigestReader.objects.filter(person__is_active=True).exclude(person__email="")
    mails = [DigestMail(digest=digest, person_id=person) for person in readers.values_list("person_id", flat=True)]
    DigestMail.objects.bulk_create(mails, ignore_conflicts=True)


def mails_to_send(digest: Digest) -> list[DigestMail]:
    """Not begun, or failed and due again. What was begun and never ended may have arrived: it is left alone."""
    due = Q(begun_at=None) | Q(failures__gt=0, failures__lt=TRIES, begun_at__lt=timezone.now() - AGAIN)
    return list(DigestMail.objects.filter(due, digest=digest, sent_at=None).select_related("person")[:500])


def begin_mail(mail: DigestMail) -> bool:
    """Claim it: of two who try, one sends. From here on it counts as begun without an end, until `end_mail`."""
    same = DigestMail.objects.filter(pk=mail.pk, sent_at=None, begun_at=mail.begun_at, failures=mail.failures)
    return bool(same.update(begun_at=timezone.now(), failures=0))


def end_mail(mail: DigestMail, *, sent: bool) -> None:
    if sent:
        DigestMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    else:
        DigestMail.objects.filter(pk=mail.pk).update(failures=mail.failures + 1)
