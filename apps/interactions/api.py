"""Interactions for other systems: find a customer, read their story, log what happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.text import slugify
from ninja import Header, Query, Router, Status

from apps.accounts.actions import audit
from apps.accounts.api import TokenRequest, label_of, logging, note_read, reading
from apps.accounts.models import ApiToken, User
from apps.customers.api import customer_for
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import IdentifierType
from apps.customers.normalisation import normalise
from apps.foundation.api import Error, Problem
from apps.foundation.db.keyset import Cursor
from apps.interactions.actions import Promise, log, record
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.lookup import Found, find
from apps.interactions.models import Disposition, Interaction
from apps.interactions.schemas import (
    EntryOut,
    FoundList,
    FoundOut,
    IdentifierIn,
    InteractionIn,
    Key,
    LoggedOut,
    TimelineOut,
)
from apps.interactions.timeline import PAGE, Filters, page

router = Router()


@router.get(
    "/customers/lookup",
    response={200: FoundList, (401, 403, 422): Error},
    auth=reading,
    tags=["Customers"],
    summary="Find customers",
    operation_id="lookup",
)
def lookup(
    request: TokenRequest,
    phone: Annotated[str, Query(description="In any spelling; without a country code as the team dials.")] = "",
    email: str = "",
    q: Annotated[str, Query(description="Anything else: part of a name, an order or card number.")] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> FoundList:
    """Customers whom these words may mean, the likeliest first; of several parameters, whoever one of them finds."""
    asked = [words for words in (phone, email, q) if words.strip()]
    if not asked:
        raise Problem(422, "invalid", "Say what to look for.", {"q": "phone, email or q is needed"})
    reader = request.auth.acts_as
    regions = list(dict.fromkeys([*filter(None, [reader.region]), *settings.PHONE_REGIONS]))
    candidates = (candidate for words in reversed(asked) for candidate in find(words, reader, regions, limit))
    found = {candidate.customer.pk: candidate for candidate in candidates}
    listed = sorted(found.values(), key=lambda candidate: not candidate.exact)[:limit]
    note_read(request, "customer.lookup", shown=[str(candidate.customer.public_id) for candidate in listed])
    return FoundList(customers=[_found(candidate) for candidate in listed])


def _found(candidate: Found) -> FoundOut:
    return FoundOut(
        id=candidate.customer.public_id,
        name=candidate.customer.name,
        tier=candidate.customer.tier,
        city=candidate.customer.city,
        by=candidate.kind,
        value=candidate.value,
        exact=candidate.exact,
        phone=candidate.phone,
        email=candidate.email,
        last_at=candidate.last_at,
        last_channel=candidate.last_channel,
    )


@router.get(
    "/customers/{uuid:public_id}/timeline",
    response={200: TimelineOut, (401, 403, 404, 422): Error},
    auth=reading,
    tags=["Customers"],
    summary="A customer's story",
    operation_id="timeline",
)
def timeline(
    request: TokenRequest,
    public_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100)] = PAGE,
    before: Annotated[str, Query(description="`older` of the page before this one.")] = "",
) -> TimelineOut:
    """The story newest first, a page at a time. Entries that arrive meanwhile do not shift the pages that follow."""
    found = customer_for(request.auth.acts_as, public_id)
    story = page(found, request.auth.acts_as, Filters(), before=_cursor(before), limit=limit)
    prefetch_related_objects(story.entries, "disposition")
    note_read(request, "timeline.read", subject=found.public_id, entries=len(story.entries))
    return TimelineOut(
        customer=found.public_id,
        entries=[EntryOut.from_orm(entry) for entry in story.entries],
        older=story.older.token if story.older else None,
        hidden=story.hidden,
    )


def _cursor(text: str) -> Cursor[datetime] | None:
    found = Cursor.parse(text)
    if text and found is None:
        raise Problem(422, "invalid", "This is not a cursor.", {"before": "not an `older` we gave"})
    return found


@router.post(
    "/interactions",
    response={200: LoggedOut, 201: LoggedOut, (401, 403, 404, 409, 422): Error},
    auth=logging,
    tags=["Interactions"],
    summary="Log an interaction",
    operation_id="log_interaction",
)
def log_interaction(
    request: TokenRequest,
    data: InteractionIn,
    idempotency_key: Annotated[Key | None, Header(alias="Idempotency-Key")] = None,
) -> Status[LoggedOut]:
    """Logged once, however often it is sent: the same key again answers 200 with what the first request wrote (201),
    and 409 `idempotency_conflict` if the request differs from the first."""
    key = idempotency_key or data.idempotency_key
    if not key:
        raise Problem(422, "invalid", "A key is needed.", {"idempotency_key": "header Idempotency-Key is missing"})
    token = request.auth
    source = source_of(token)
    with transaction.atomic():
        first = _already(source, key, data)
        written = first or _write(token, source, key, data)
    logged = LoggedOut(customer=written.profile.customer.public_id, interaction=EntryOut.from_orm(written))
    return Status(200 if first else 201, logged)


def source_of(token: ApiToken) -> str:
    """The source that the token's interactions are written under."""
    return f"api:{slugify(token.name) or token.pk}"[:40]


def _already(source: str, key: str, data: InteractionIn) -> Interaction | None:
    rows = Interaction.originals.select_related("profile__customer", "disposition")
    found = rows.filter(source=source, external_id=key).first()
    if found and found.payload.get("request") != data.digest():
        raise Problem(409, "idempotency_conflict", "Another request was sent under this key.")
    return found


def _write(token: ApiToken, source: str, key: str, data: InteractionIn) -> Interaction:
    touch = _touch(key, data)
    if data.customer:
        promise = Promise(data.promise.text, data.promise.due_at) if data.promise else None
        customer = customer_for(token.acts_as, data.customer)
        log(
            actor=token.acts_as,
            customer=customer,
            touch=touch,
            promise=promise,
            source=source,
            label=label_of(token),
        )
    else:
        claim = _claim(source, touch.occurred_at, data, token.acts_as)
        customer_id = record([Draft(claim, touch)]).people[claim.key].public_id
        audit(
            token.acts_as,
            "interaction.log",
            subject=customer_id,
            label=label_of(token),
            channel=touch.channel,
        )
    written = _already(source, key, data)  # somebody may have been quicker under the same key
    if written is None:
        raise Problem(409, "idempotency_conflict", "Another request was sent under this key.")
    return written


def _touch(key: str, data: InteractionIn) -> InteractionDraft:
    disposition = Disposition.objects.filter(code=data.disposition, active=True).first() if data.disposition else None
    if data.disposition and disposition is None:
        raise Problem(422, "invalid", "There is no such wrap-up code.", {"disposition": "unknown"})
    return InteractionDraft(
        external_id=key,
        occurred_at=data.occurred_at or timezone.now(),
        ended_at=data.ended_at,
        channel=data.channel,
        kind=data.kind or data.channel,
        direction=data.direction,
        title=data.title,
        body=data.body,
        verbatim=data.verbatim,
        read_back=data.read_back,
        sentiment=data.sentiment or "",
        amount=data.amount,
        currency=data.currency,
        touchpoint=data.touchpoint,
        staff_name=data.staff_name,
        disposition_id=disposition.pk if disposition else None,
        reference=data.reference,
        thread=data.thread,
        payload={"request": data.digest()},
    )


def _claim(source: str, seen_at: datetime, data: InteractionIn, person: User) -> Claim:
    """Who is named by identifiers; the first of them is what this system calls the person."""
    handles = [_handle(source, identifier, person) for identifier in data.identifiers]
    first = min(handles, key=lambda handle: (list(IdentifierType).index(IdentifierType(handle.type)), handle.value))
    return Claim(
        key=ProfileKey(source, f"{first.type}:{first.value}"[:200]),
        seen_at=seen_at,
        handles=_those(handles, data, verified=True),
        unverified=_those(handles, data, verified=False),
        traits={"name": data.name} if data.name else {},
    )


def _those(handles: Sequence[Handle], data: InteractionIn, *, verified: bool) -> tuple[Handle, ...]:
    said = zip(handles, data.identifiers, strict=True)
    return tuple(handle for handle, identifier in said if identifier.verified == verified)


def _handle(source: str, identifier: IdentifierIn, person: User) -> Handle:
    value = normalise(identifier.type, identifier.value, person.region or settings.PHONE_REGIONS[0])
    if value is None:
        raise Problem(422, "invalid", "This identifies nobody.", {f"identifiers.{identifier.type}": identifier.value})
    scoped = identifier.type in {IdentifierType.USER_ID, IdentifierType.ANONYMOUS_ID, IdentifierType.DEVICE}
    return Handle(identifier.type, value, source if scoped else "")
