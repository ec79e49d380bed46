"""What stands in the way of a message when it is sent: the customer may have said no since it was written.

The customer is held while it is asked, as everywhere (`deliveries`): a withdrawal that was committed before is seen,
one that was not comes after.
"""

from datetime import datetime
from typing import Self

from django.db import transaction
from django.utils.translation import gettext as _

from apps.contact.deliveries import settle, use_permission
from apps.contact.models import Consent, Delivery
from apps.contact.permission import Answer, NotPermitted, answers
from apps.customers.models import Customer, Evidence, Identifier, IdentifierType
from apps.moments.contact_rules import delivery_key, lasting
from apps.moments.kinds import kind_of
from apps.moments.models import CLOSED, LIVE, Moment, WebhookMessage
from apps.moments.transitions import hold_permission


class Withheld(Exception):
    """It is not sent. The words say why; with `until` it is tried again then. `refusal` is the customer's own no."""

    def __init__(self, words: str, until: datetime | None = None, refusal: NotPermitted | None = None) -> None:
        super().__init__(words)
        self.until, self.refusal = until, refusal

    @classmethod
    def by(cls, refusal: NotPermitted) -> Self:
        """For what passes by itself, such as a quiet hour, until it has passed."""
        reasons = refusal.answer.reasons
        ends = [reason.until for reason in reasons if reason.until]
        return cls(str(refusal), max(ends) if ends and len(ends) == len(reasons) else None, refusal)


@transaction.atomic
def check(message: WebhookMessage) -> None:
    """Whether the system may still be told: the moment is out, and somebody may contact the customer about it over one
    channel at least. Raises `Withheld`."""
    moment = _moment(message)
    if moment is None:
        return
    hold_permission(moment)
    _still_out(message, moment)
    if reasons := lasting(moment):
        raise Withheld.by(NotPermitted(Answer(False, reasons), moment.channel, moment.purpose))


def _moment(message: WebhookMessage) -> Moment | None:
    rows = Moment.objects.select_related("profile__customer")
    return rows.get(pk=message.moment_id) if message.moment_id else None


def _still_out(message: WebhookMessage, moment: Moment) -> None:
    """What was called back before it was sent is not sent after. The message that says so has no copy."""
    out = Moment.objects.filter(pk=moment.pk, disclosed__isnull=False).exists()
    if message.data.get("copy") is not None and not out:
        raise Withheld(_("The moment was called back before this was sent."))


def _still_wanted(message: WebhookMessage, moment: Moment) -> None:
    """A contact that was put off until the moment was over comes too late."""
    if message.data.get("state") in LIVE and moment.state in CLOSED:
        raise Withheld(_("The moment was over before this was sent."))


@transaction.atomic
def use(message: WebhookMessage) -> tuple[str, str]:
    """Use the permission to write to the customer: their e-mail address, and the key of the delivery.

    The first time it becomes a delivery, by the key of the moment's own; every further attempt asks anew. Raises
    `Withheld`, with a time where only the hour or a limit stands in the way.
    """
    moment = _moment(message)
    if moment is None:
        raise Withheld(_("It is about no customer."))
    owner = hold_permission(moment)
    _still_out(message, moment)
    _still_wanted(message, moment)
    address = email_of(owner)
    if not address:
        raise Withheld(_("No e-mail address of the customer is known for sure."))
    key = delivery_key(moment, Consent.Channel.EMAIL)
    known = Delivery.objects.filter(key=key).select_related("profile__customer").first()
    try:
        if known is None:
            _contact(message, moment, owner, key)
        else:
            _contact_again(message, moment, owner, known)
    except NotPermitted as refusal:
        raise Withheld.by(refusal) from None
    return address, key


def _contact(message: WebhookMessage, moment: Moment, owner: Customer, key: str) -> None:
    use_permission(
        actor=None,
        customer=owner.pk,
        channel=Consent.Channel.EMAIL,
        purpose=moment.purpose,
        what=moment.suggestion or str(kind_of(moment.kind)),
        who=message.endpoint.name,
        key=key,
    )


def _contact_again(message: WebhookMessage, moment: Moment, owner: Customer, known: Delivery) -> None:
    """Ask without counting the contact that asks. One that we made, and may not any more, reached nobody."""
    asked = answers([owner.pk], [Consent.Channel.EMAIL], moment.purpose, but=known.pk)
    answer = asked[owner.pk][Consent.Channel.EMAIL]
    if not answer.allowed:
        raise NotPermitted(answer, Consent.Channel.EMAIL, moment.purpose)
    settle(actor=None, delivery=known, outcome=Delivery.Outcome.SENT)


def unsent(message: WebhookMessage, outcome: str) -> None:
    """The contact that a message was to make was not made: it counts no longer."""
    if message.moment is None:
        return
    key = delivery_key(message.moment, Consent.Channel.EMAIL)
    ours = Delivery.objects.filter(key=key, who=message.endpoint.name, actor=None)
    for known in ours.select_related("profile__customer"):
        settle(actor=None, delivery=known, outcome=outcome)


def email_of(customer: Customer) -> str:
    """The address the customer is known by for sure, of nobody else's, the latest heard of; empty: there is none."""
    known = Evidence.objects.filter(
        profile__customer=customer,
        active=True,
        verified=True,
        identifier__type=IdentifierType.EMAIL,
        identifier__status=Identifier.Status.ACTIVE,
    )
    found = known.order_by("-last_seen", "id").values_list("identifier__value", flat=True).first()
    return found or ""
