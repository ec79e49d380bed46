"""Whether a customer may be contacted, for other systems."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime

from apps.accounts.api import Error, TokenRequest, note_read, reading
from apps.customers.api import customer_for
from apps.customers.models import Consent, Purpose
from apps.moments.permission import may_contact

router = Router(tags=["Customers"])


class ReasonOut(Schema):
    """Why not. `code` is for programs and stays, `words` are for people; `until` is when it will have passed."""

    code: str
    words: str
    until: datetime | None


class AnswerOut(Schema):
    """Holds for the moment it was given: ask again before each contact."""

    customer: UUID
    channel: str
    purpose: str
    allowed: bool
    reasons: list[ReasonOut]
    left: int | None = Field(description="Contacts that the strictest limit still allows; null: there is none.")


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
        reasons=[ReasonOut(code=one.code, words=one.words, until=one.until) for one in answer.reasons],
        left=answer.left,
    )
