"""Contacting with permission: the question and what is done on its answer, as one.

A customer is held meanwhile. A withdrawal committed before is seen; one that is not is committed after, and whatever
was decided came first. Consents need no lock of their own for this: their foreign key waits for the profile that is
held here. One customer a transaction, and nothing else held that others may wait for while holding a customer.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.contact.avoidance import note_avoided
from apps.contact.locks import hold_permission
from apps.contact.models import Delivery, Where
from apps.contact.permission import Answer, NotPermitted, answers
from apps.customers.actions import held, owner_of
from apps.customers.models import Customer, SourceProfile


@transaction.atomic
def use_permission(
    *,
    actor: User | None,
    customer: int,
    channel: str,
    purpose: str,
    what: str,
    who: str,
    key: str,
    at: datetime | None = None,
) -> Delivery:
    """Contact a customer (by id) now, or schedule it for `at`: the check and the row that says so. `who` is the
    department or system that sends, `key` its own for this contact; the same again gives the first delivery, unless it
    reached nobody: then it is asked for anew.

    Raises `NotPermitted`; whoever catches it notes the contact that was avoided (`avoidance.note_avoided`). Nothing may
    be sent before the transaction is committed.
    """
    owner = held(customer)
    hold_permission([owner.pk])
    found = Delivery.objects.filter(key=key[:120]).first()
    if found and found.outcome in Delivery.REACHES:
        return found
    answer = answers([owner.pk], [channel], purpose, at)[owner.pk][channel]
    if not answer.allowed:
        raise NotPermitted(answer, channel, purpose)
    ahead = at is not None and at > timezone.now()
    said = {
        "profile": SourceProfile.objects.of(owner).earliest("id"),
        "channel": channel,
        "purpose": purpose,
        "at": at or timezone.now(),
        "what": what[:200],
        "who": who[:120],
        "actor": actor,
        "outcome": Delivery.Outcome.SCHEDULED if ahead else Delivery.Outcome.SENT,
    }
    made, _new = Delivery.objects.update_or_create(key=key[:120], defaults=said)
    _note(actor, owner, made)
    return made


@transaction.atomic
def send_scheduled(*, actor: User | None, delivery: Delivery) -> Answer:
    """What was scheduled is due: ask again, and it is either sent or cancelled. The answer says which; the sender sends
    only where it is allowed. One that is no longer scheduled is left, and not allowed."""
    owner = owner_of(delivery.profile_id)
    hold_permission([owner.pk])
    due = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if due.outcome != Delivery.Outcome.SCHEDULED:
        return Answer(False)
    answer = answers([owner.pk], [due.channel], due.purpose, but=due.pk)[owner.pk][due.channel]
    due.outcome = Delivery.Outcome.SENT if answer.allowed else Delivery.Outcome.CANCELLED
    due.at = timezone.now()
    due.save(update_fields=["outcome", "at"])
    _note(actor, owner, due, reasons=[str(reason.code) for reason in answer.reasons])
    note_avoided(
        actor=actor, profile=due.profile, channel=due.channel, purpose=due.purpose, answer=answer, where=Where.SCHEDULE
    )
    return answer


@transaction.atomic
def settle(*, actor: User | None, delivery: Delivery, outcome: str) -> bool:
    """Say what became of a delivery: it failed, or is cancelled, and counts no longer. Whether anything changed."""
    changed = Delivery.objects.filter(pk=delivery.pk).exclude(outcome=outcome).update(outcome=outcome)
    if changed:
        delivery.outcome = outcome
        _note(actor, delivery.profile.customer, delivery)
    return bool(changed)


def _note(actor: User | None, owner: Customer, delivery: Delivery, **detail: Any) -> None:
    audit(
        actor,
        f"contact.{delivery.outcome}",
        subject=owner.public_id,
        label="" if actor else delivery.who,
        delivery=delivery.pk,
        channel=delivery.channel,
        meant_for=delivery.purpose,
        **detail,
    )
