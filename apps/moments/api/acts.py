"""What other systems do about moments: the same acts, with the same answers, as people at the desk."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from ninja import Header, Status

from apps.accounts.api import Bearer, TokenRequest, note_read
from apps.accounts.models import ApiToken, Team, User
from apps.contact.permission import NotPermitted
from apps.customers.api import customer_for
from apps.foundation.api import Error, Problem
from apps.foundation.db.locks import hold
from apps.interactions.api import source_of
from apps.interactions.models import Interaction
from apps.interactions.schemas import Key
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, StaysInside
from apps.moments.api.moments import moment_for, moment_out
from apps.moments.api.moments import router as moments
from apps.moments.api.schemas import FinishIn, MomentIn, MomentOut, OfferIn, ReasonIn, SeenIn, SnoozeIn
from apps.moments.drafts import MomentDraft
from apps.moments.kinds import kinds
from apps.moments.models import Moment
from apps.moments.tasks import ring

__all__ = ["moments"]

acting = Bearer(ApiToken.Scope.MOMENTS)
REFUSED = (401, 403, 404, 409, 422)
ANSWERS = {200: MomentOut, REFUSED: Error}


@contextmanager
def refusals() -> Iterator[None]:
    """What an act refuses, as the API says it."""
    try:
        yield
    except AlreadyChanged as taken:
        now = {"version": str(taken.moment.version), "state": str(taken.moment.state)}
        raise Problem(409, "taken", str(taken), now) from None
    except NotPermitted as refusal:
        codes = ", ".join(str(reason.code) for reason in refusal.answer.reasons)
        raise Problem(403, "not_permitted", str(refusal), {"reasons": codes}) from None
    except StaysInside as refusal:
        raise Problem(403, "stays_inside", str(refusal), {"tags": ", ".join(refusal.tags)}) from None
    except PermissionDenied as refusal:
        raise Problem(403, "forbidden", str(refusal)) from None
    except ValueError as error:
        raise Problem(422, "invalid", str(error)) from None


def _act(request: TokenRequest, public_id: UUID, seen: SeenIn, do: Callable[[User, Moment], object]) -> MomentOut:
    """Do it to the moment as the caller saw it, and tell how it stands then."""
    reader = request.auth.acts_as
    moment = moment_for(reader, public_id)
    with refusals():
        if seen.version is not None and seen.version != moment.version:
            raise AlreadyChanged(moment)
        do(reader, moment)
    ring()
    acted = request.path.rsplit("/", 1)[-1]
    note_read(request, "moment.act", subject=moment.profile.customer.public_id, moment=str(public_id), act=acted)
    return moment_out(reader, _again(moment))


def _again(moment: Moment) -> Moment:
    """As it stands now: who has acted on it sees what came of it, even where it is gone from their desk."""
    return Moment.objects.select_related("profile__customer", "owner_user__team", "owner_team").get(pk=moment.pk)


@moments.post(
    "",
    response={200: MomentOut, 201: MomentOut, REFUSED: Error},
    auth=acting,
    summary="Mark a moment",
    operation_id="mark_moment",
)
def mark(
    request: TokenRequest, data: MomentIn, idempotency_key: Annotated[Key, Header(alias="Idempotency-Key")]
) -> Status[MomentOut]:
    """The token's person owns it. The same key again answers 200 with the first moment (201), and 409
    `idempotency_conflict` if the request differs from the first."""
    reader = request.auth.acts_as
    if data.kind not in kinds():
        raise Problem(422, "invalid", "There is no such kind of moment.", {"kind": "unknown"})
    customer = customer_for(reader, data.customer)
    name = f"{source_of(request.auth)}:{hashlib.blake2b(idempotency_key.encode(), digest_size=16).hexdigest()}:"
    with transaction.atomic(), refusals():
        first = _first(name, data)
        made = first or actions.mark(actor=reader, customer=customer, seen=_draft(reader, name, data))
    note_read(request, "moment.act", subject=customer.public_id, moment=str(made.public_id), act="mark")
    return Status(200 if first else 201, moment_out(reader, moment_for(reader, made.public_id)))


def _first(name: str, data: MomentIn) -> Moment | None:
    """What the first request under this key made. Others under the same wait."""
    hold(name)
    found = Moment.objects.filter(key__startswith=name).first()
    if found and found.key != name + data.digest():
        raise Problem(409, "idempotency_conflict", "Another request was sent under this key.")
    return found


def _draft(reader: User, name: str, data: MomentIn) -> MomentDraft:
    visible = Interaction.objects.visible_to(reader).filter(pk__in=data.interactions)
    return MomentDraft(
        kind=data.kind,
        key=name + data.digest(),
        reason=data.words,
        suggestion=data.suggestion,
        due_at=data.due,
        happened_at=data.happened_at,
        category=data.category,
        tags=tuple(str(tag) for tag in data.tags),
        value=data.value,
        currency=data.currency,
        channel=data.channel or "",
        disclose_words=data.words_travel,
        origins=tuple(visible.order_by("id").values_list("pk", flat=True)) if data.interactions else (),
    )


@moments.post("/{uuid:public_id}/accept", response=ANSWERS, auth=acting, summary="Accept", operation_id="accept_moment")
def accept(request: TokenRequest, public_id: UUID, data: SeenIn) -> MomentOut:
    """Accept what is offered to the token's person, or lies in their team's queue. 409 says who was quicker."""
    return _act(request, public_id, data, lambda reader, moment: actions.accept(actor=reader, moment=moment))


@moments.post(
    "/{uuid:public_id}/decline", response=ANSWERS, auth=acting, summary="Decline", operation_id="decline_moment"
)
def decline(request: TokenRequest, public_id: UUID, data: ReasonIn) -> MomentOut:
    """Not ours, and why: it is back with who sent it."""
    return _act(
        request,
        public_id,
        data,
        lambda reader, moment: actions.decline(actor=reader, moment=moment, reason=data.reason),
    )


@moments.post("/{uuid:public_id}/offer", response=ANSWERS, auth=acting, summary="Offer", operation_id="offer_moment")
def offer(request: TokenRequest, public_id: UUID, data: OfferIn) -> MomentOut:
    """Ask a team or a person to take it. To another department only its copy goes, and only where the customer permits
    it: 403 `not_permitted` or `stays_inside` otherwise."""
    team, user = _receiver(data)
    return _act(
        request,
        public_id,
        data,
        lambda reader, moment: actions.offer(
            actor=reader, moment=moment, team=team, user=user, handoff=data.handoff, note=data.note
        ),
    )


def _receiver(data: OfferIn) -> tuple[Team | None, User | None]:
    team = Team.objects.filter(name=data.team).first() if data.team else None
    user = User.objects.filter(username=data.person, is_active=True).first() if data.person else None
    if team is None and user is None:
        named = "team" if data.team else "person"
        raise Problem(422, "invalid", "There is nobody of this name.", {named: "unknown"})
    return team, user


@moments.post(
    "/{uuid:public_id}/return", response=ANSWERS, auth=acting, summary="Give back", operation_id="return_moment"
)
def give_back(request: TokenRequest, public_id: UUID, data: ReasonIn) -> MomentOut:
    """Return what was accepted to whom it came from."""
    return _act(
        request,
        public_id,
        data,
        lambda reader, moment: actions.give_back(actor=reader, moment=moment, reason=data.reason),
    )


@moments.post(
    "/{uuid:public_id}/snooze", response=ANSWERS, auth=acting, summary="Put off", operation_id="snooze_moment"
)
def snooze(request: TokenRequest, public_id: UUID, data: SnoozeIn) -> MomentOut:
    """Out of sight until then, within the next 120 days."""
    return _act(
        request, public_id, data, lambda reader, moment: actions.snooze(actor=reader, moment=moment, until=data.until)
    )


@moments.post("/{uuid:public_id}/finish", response=ANSWERS, auth=acting, summary="Finish", operation_id="finish_moment")
def finish(request: TokenRequest, public_id: UUID, data: FinishIn) -> MomentOut:
    """What came of it, for whoever sent it, and for the customer's story."""
    return _act(
        request,
        public_id,
        data,
        lambda reader, moment: actions.finish(
            actor=reader, moment=moment, outcome=data.outcome, line=data.line, channel=data.channel or ""
        ),
    )
