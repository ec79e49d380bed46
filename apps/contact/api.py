"""For other systems: a customer with what they permit, and whether they may be contacted."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime

from apps.accounts.api import TokenRequest, note_read, reading
from apps.contact.models import Consent, Purpose
from apps.contact.permission import may_contact
from apps.customers.api import MOST, CustomerOut, customer_facts, customer_for
from apps.customers.models import SourceProfile
from apps.foundation.api import Error

router = Router(tags=["Customers"])


class ConsentOut(Schema):
    """What holds now for a channel and purpose; a channel that is not listed was never asked about."""

    channel: str
    purpose: str
    status: str
    at: datetime
    origin: str


class CustomerWithConsentsOut(CustomerOut):
    """`id` may differ from the one asked for: two customers found to be one live on under one of their ids."""

    consents: list[ConsentOut]


class ReasonOut(Schema):
    """Why not. `code` is for programs and stays, `words` are for people; `until` is when it will have passed."""

    code: str
    words: str
    until: datetime | None


class AnswerOut(Schema):
    """Holds for the instant it was given: ask again before each contact."""

    customer: UUID
    channel: str
    purpose: str
    allowed: bool
    reasons: list[ReasonOut]
    left: int | None = Field(description="Contacts that the strictest limit still allows; null: there is none.")


@router.get(
    "/{uuid:public_id}",
    response={200: CustomerWithConsentsOut, (401, 403, 404): Error},
    auth=reading,
    summary="One customer",
    operation_id="customer",
)
def customer(request: TokenRequest, public_id: UUID) -> CustomerWithConsentsOut:
    """Who the customer is, the identifiers they are known by, and the consents that hold. The id of a customer who
    was merged into another answers with the other."""
    reader = request.auth.acts_as
    found = customer_for(reader, public_id)
    note_read(request, "customer.read", subject=found.public_id)
    profiles = list(SourceProfile.objects.of(found).order_by("id")[:MOST])
    lines = Consent.objects.filter(profile__in=profiles).current()
    return CustomerWithConsentsOut(
        **customer_facts(found, profiles, reader), consents=[ConsentOut.from_orm(line) for line in lines]
    )


@router.get(
    "/{uuid:public_id}/may-contact",
    response={200: AnswerOut, (401, 403, 404, 422): Error},
    auth=reading,
    summary="May we contact this customer?",
    operation_id="may_contact",
)
def may_contact_customer(
    request: TokenRequest,
    public_id: UUID,
    channel: Consent.Channel,
    purpose: Annotated[str, Query(max_length=40, description="marketing, service, survey, or one of your own.")] = (
        Purpose.MARKETING
    ),
    at: Annotated[AwareDatetime | None, Query(description="When, if not now.")] = None,
) -> AnswerOut:
    """The answer the desk gives, with its reasons: suppression, consent, limits, quiet hours, open complaints."""
    found = customer_for(request.auth.acts_as, public_id)
    answer = may_contact(found.pk, channel, purpose, at)
    note_read(
        request, "contact.ask", subject=found.public_id, channel=channel, meant_for=purpose, allowed=answer.allowed
    )
    return AnswerOut(
        customer=found.public_id,
        channel=channel,
        purpose=purpose,
        allowed=answer.allowed,
        reasons=[ReasonOut(code=reason.code, words=reason.words, until=reason.until) for reason in answer.reasons],
        left=answer.left,
    )
