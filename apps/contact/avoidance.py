"""Contacts that were about to happen and did not, because the customer's permission said no.

A refusal is raised inside the transaction of whatever was tried, and what is written there goes with it: note it where
it is caught, in a transaction of its own. Looking is no attempt.
"""

from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.contact.models import Avoided
from apps.contact.permission import Answer
from apps.customers.models import SourceProfile


class Subject(NamedTuple):
    """What the contact was for: the public id of a moment, its kind, and the team at whose desk it lies."""

    public_id: UUID
    kind: str
    team: int | None


@transaction.atomic
def note_avoided(
    *,
    actor: User | None,
    profile: SourceProfile,
    channel: str,
    purpose: str,
    answer: Answer,
    where: str,
    subject: Subject | None = None,
) -> bool:
    """Keep that a contact was avoided, and why. Whether it is new: tried ten times on one day it is one contact.

    `channel` is empty where all of them were closed, `where` one of `models.Where`, `actor` None a system of ours. An
    answer that allows it, or has no reasons, is nothing to note.
    """
    if answer.allowed or not answer.reasons:
        return False
    day = timezone.localdate(timezone=timezone.get_default_timezone())
    codes = list(dict.fromkeys(str(reason.code) for reason in answer.reasons))
    about = {
        "profile": profile,
        "about": subject.public_id if subject else None,
        "kind": subject.kind if subject else "",
        "channel": channel,
        "purpose": purpose[:40],
        "codes": codes,
        "where": where,
        "actor": actor,
        "team_id": actor.team_id if actor else subject.team if subject else None,
    }
    key = f"{profile.customer_id}:{channel}:{purpose[:40]}:{where}:{day}"
    _avoided, new = Avoided.objects.get_or_create(key=key, defaults=about)
    if new:
        customer, label = profile.customer.public_id, "" if actor else "moments"
        audit(
            actor, "contact.avoided", subject=customer, label=label, channel=channel, meant_for=purpose[:40],
            where=where, reasons=codes,
        )  # fmt: skip
    return new
