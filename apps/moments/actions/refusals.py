"""Noting that a contact was avoided, where an act on a moment was refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from apps.accounts.models import User
from apps.contact.avoidance import Subject, note_avoided
from apps.contact.permission import NotPermitted
from apps.customers.models import SourceProfile
from apps.moments.models import Moment

P = ParamSpec("P")
T = TypeVar("T")


def subject_of(moment: Moment) -> Subject:
    """What a contact about this moment was for."""
    return Subject(moment.public_id, moment.kind, moment.queue_id)


def note_refusal(
    actor: User | None, refusal: NotPermitted, profile: SourceProfile, where: str, moment: Moment | None = None
) -> bool:
    """`note_avoided` from a refusal that was caught: it knows what was asked."""
    return note_avoided(
        actor=actor,
        profile=profile,
        channel=refusal.channel,
        purpose=refusal.purpose,
        answer=refusal.answer,
        where=where,
        subject=subject_of(moment) if moment else None,
    )


def noting(where: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Around the transaction of an act on a moment (`actor`, `moment`): a refusal is noted once all that was tried is
    rolled back, and raised on. Whoever acts within a larger transaction that is rolled back too notes it once more."""

    def around(act: Callable[P, T]) -> Callable[P, T]:
        @wraps(act)
        def noted(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return act(*args, **kwargs)
            except NotPermitted as refusal:
                given: dict[str, Any] = dict(kwargs)
                note_refusal(given["actor"], refusal, given["moment"].profile, where, given["moment"])
                raise

        return noted

    return around
