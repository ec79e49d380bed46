"""What is done about contacting people: stop it, let it go on, note how they would rather have it."""

from collections.abc import Mapping
from datetime import time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import now

from apps.accounts.actions import audit
from apps.accounts.models import AuditEntry, Role, User
from apps.contact.locks import hold_the_list
from apps.contact.models import Consent, Preference, Purpose, Suppression
from apps.customers.actions import desk_profile, held, owner_of
from apps.customers.drafts import Handle
from apps.customers.models import Customer, SourceProfile

PAGE = "Preference page"  # the origin of what customers say there, in the ledger as in the audit trail
AGREED_PER_HOUR = 20  # lines by which one customer agrees on their page; a refusal is always taken


class TooOften(Exception):
    """Somebody changes their mind faster than people do."""


def may_lift(user: User) -> bool:
    """Those who want to send do not decide whether they may."""
    return user.is_active and (user.is_superuser or user.role != Role.MARKETER)


@transaction.atomic
def note_consent(
    *,
    actor: User,
    customer: Customer,
    channel: str,
    status: str,
    origin: str,
    purpose: str = Purpose.MARKETING,
    notice: str = "",
) -> Consent:
    """Add a line to the consent ledger: what the customer just said. It holds at once.

    Holds the customer, so that whoever uses a permission (`deliveries.use_permission`) does so before or after.
    """
    profile = desk_profile(held(customer.pk))
    line = Consent.objects.create(
        profile=profile,
        channel=channel,
        purpose=purpose,
        status=status,
        origin=origin,
        notice=notice,
        at=now(),
        actor=actor,
    )
    audit(actor, "consent.note", subject=customer.public_id, channel=channel, meant_for=purpose, status=status)
    return line


@transaction.atomic
def suppress(
    *, actor: User, reason: str, source: str, customer: Customer | None = None, handle: Handle | None = None
) -> Suppression:
    """Nobody contacts this customer any more; or, with `handle`, whoever has this value (normalised), and `customer` is
    only who the audit row is about. What is stopped already stays as it is."""
    profile = desk_profile(held(customer.pk)) if customer and not handle else None
    hold_the_list()
    stopped = {"profile": profile, "type": handle.type if handle else "", "value": handle.value if handle else ""}
    same = {"profile__customer": profile.customer_id} if profile else stopped
    if found := Suppression.objects.in_force().filter(**same).first():
        return found
    made = Suppression.objects.create(**stopped, reason=reason[:200], source=source[:80], added_by=actor)
    audit(
        actor,
        "suppression.add",
        subject=customer.public_id if customer else None,
        suppression=made.pk,
        of=made.type or "person",
    )
    return made


@transaction.atomic
def lift(*, actor: User, suppression: Suppression, reason: str, customer: Customer | None = None) -> bool:
    """Let contact go on where consent allows it. False where it was lifted already. Raises PermissionDenied."""
    if not may_lift(actor):
        raise PermissionDenied("lifting a stop is not for those who want to send")
    hold_the_list()
    lifted = Suppression.objects.in_force().filter(pk=suppression.pk)
    if not lifted.update(lifted_at=now(), lifted_by=actor, lifted_why=reason[:200]):
        return False
    audit(
        actor,
        "suppression.lift",
        subject=customer.public_id if customer else None,
        suppression=suppression.pk,
        of=suppression.type or "person",
    )
    return True


@transaction.atomic
def set_preferences(
    *,
    actor: User,
    customer: Customer,
    channel: str = "",
    hours: tuple[time, time] | None = None,
    language: str = "",
) -> Preference:
    """Note how the customer would rather be contacted. `hours` are from and to, in their own time; None: any."""
    profile = desk_profile(held(customer.pk))
    start, end = hours or (None, None)
    wishes = {"channel": channel, "hours_from": start, "hours_to": end, "language": language, "at": now()}
    preference, _made = Preference.objects.update_or_create(profile=profile, defaults={**wishes, "actor": actor})
    audit(
        actor,
        "preference.set",
        subject=customer.public_id,
        channel=channel,
        hours=[f"{start:%H:%M}", f"{end:%H:%M}"] if start and end else [],
        language=language,
    )
    return preference


@transaction.atomic
def choose(
    *, profile: SourceProfile, choices: Mapping[tuple[str, str], bool], notice: str = "", address: str | None = None
) -> list[Consent]:
    """What a customer says on their own page: whether they agree, by (channel, purpose). Only changes are written.
    Raises `TooOften`, never for a refusal."""
    owner = owner_of(profile.pk)
    lines = Consent.objects.filter(profile__customer=owner).current()
    before = {(line.channel, line.purpose): line.status for line in lines}
    changed = {what: _answer(before.get(what, ""), agrees) for what, agrees in choices.items()}
    changed = {what: status for what, status in changed.items() if status and status != before.get(what)}
    if Consent.Status.GRANTED in changed.values():
        _check_pace(owner)
    said_at = now()
    made = [
        Consent(
            profile=profile, channel=channel, purpose=purpose, status=status, at=said_at, origin=PAGE, notice=notice
        )
        for (channel, purpose), status in changed.items()
    ]
    Consent.objects.bulk_create(made)
    for line in made:
        audit(
            None,
            "consent.note",
            subject=owner.public_id,
            label=PAGE,
            address=address,
            channel=line.channel,
            meant_for=line.purpose,
            status=line.status,
        )
    return made


def _answer(before: str, agrees: bool) -> str:
    if agrees:
        return Consent.Status.GRANTED
    if before in {Consent.Status.DENIED, Consent.Status.WITHDRAWN}:
        return before
    return Consent.Status.WITHDRAWN if before else Consent.Status.DENIED


def _check_pace(customer: Customer) -> None:
    lately = AuditEntry.objects.filter(
        subject=customer.public_id,
        at__gte=now() - timedelta(hours=1),
        action="consent.note",
        actor_label=PAGE,
        detail__status=Consent.Status.GRANTED,
    )
    if len(lately.values_list("pk")[:AGREED_PER_HOUR]) >= AGREED_PER_HOUR:
        raise TooOften
