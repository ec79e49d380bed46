"""Moments to look at: the list, and one with its history."""

from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from apps.accounts.api import Error, Problem, TokenRequest, note_read, reading
from apps.accounts.models import Team, User
from apps.interactions.keyset import Cursor
from apps.moments.api.schemas import MomentList, MomentOut, MomentStory, StepOut, WhoOut
from apps.moments.models import Moment, State, Step
from apps.moments.models.moment import MomentQuerySet
from apps.moments.showing import copy_for, history, note_for, opens_customer

router = Router(tags=["Moments"])

PAGE, LARGEST = 50, 100
STEPS = 50  # that are told of one moment
PEOPLE = ("owner_user__team", "owner_team", "offered_to_user__team", "offered_to_team")


def _place(text: str) -> Cursor:
    """Where a page goes on. Raises `Problem` 422 for anything we did not give."""
    if found := Cursor.parse(text.replace(" ", "+")):  # a plus sign that was not escaped
        return found
    raise Problem(422, "invalid", "This is not a cursor.", {"before": "not an `older` we gave"})


@router.get(
    "", response={200: MomentList, (401, 403, 422): Error}, auth=reading, summary="Moments", operation_id="moments"
)
def moments(
    request: TokenRequest,
    state: State | None = None,
    kind: Annotated[str, Query(max_length=40)] = "",
    at: Annotated[
        Literal["", "mine", "queue"],
        Query(description="`mine`: what the token's person holds; `queue`: what lies at their team's desk."),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=LARGEST)] = PAGE,
    before: Annotated[str, Query(description="`older` of the page before this one.")] = "",
) -> MomentList:
    """The newest first, a page at a time. A marketer's token is told of what travelled to them or their team."""
    reader = request.auth.acts_as
    rows = _chosen(reader, at).order_by("-created_at", "-id")
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.before("created_at", *_place(before)) if before else rows
    found = list(rows.select_related("profile__customer", *PEOPLE)[: limit + 1])
    shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
    note_read(request, "moment.list", shown=[str(one.public_id) for one in shown])
    older = str(Cursor(last.created_at, last.pk)) if last else None
    return MomentList(moments=[told(reader, one) for one in shown], older=older)


def _chosen(reader: User, at: str) -> MomentQuerySet:
    visible = Moment.objects.visible_to(reader)
    if at == "mine":
        return visible.filter(holder=reader.pk)
    if at == "queue":
        return visible.filter(queue=reader.team_id) if reader.team_id else visible.none()
    return visible


@router.get(
    "/{uuid:public_id}",
    response={200: MomentStory, (401, 403, 404): Error},
    auth=reading,
    summary="One moment",
    operation_id="moment",
)
def moment(request: TokenRequest, public_id: UUID) -> MomentStory:
    """As it stands now, with its latest steps. Notes of those who talk to customers are not told to marketers."""
    reader, found = request.auth.acts_as, moment_for(request.auth.acts_as, public_id)
    note_read(request, "moment.read", subject=found.profile.customer.public_id, moment=str(public_id))
    steps = [
        StepOut(
            act=Step.Act(one.act),
            at=one.at,
            by=str(one.actor or ""),
            to=str(one.to_user or one.to_team or ""),
            note=note_for(reader, one),
            version=one.version,
        )
        for one in history(reader, found)[:STEPS]
    ]
    return MomentStory(**told(reader, found).dict(), steps=steps)


def moment_for(reader: User, public_id: UUID) -> Moment:
    """As far as this person may see it. Raises `Problem` 404."""
    visible = Moment.objects.visible_to(reader).select_related("profile__customer", *PEOPLE)
    found = visible.filter(public_id=public_id).first()
    if found is None:
        raise Problem(404, "not_found", "There is no such moment.")
    return found


def told(reader: User, one: Moment) -> MomentOut:
    """In the reader's view of it."""
    copy, customer = copy_for(reader, one), one.profile.customer
    week = timezone.localtime(one.happened_at).date().isocalendar()
    return MomentOut(
        id=one.public_id,
        version=one.version,
        state=State(one.state),
        outcome=one.outcome,
        kind=one.kind,
        customer=customer.public_id if opens_customer(reader, one) else None,
        who=copy.who if copy else str(customer),
        words=copy.verbatim if copy else one.reason,
        suggestion=copy.suggestion if copy else one.suggestion,
        category=copy.category if copy else one.category,
        value=copy.value if copy else _amount(one),
        week=copy.week if copy else f"{week.year}-W{week.week:02}",
        happened_at=None if copy else one.happened_at,
        tags=[] if copy else one.tags,
        purpose=one.purpose,
        channel=one.channel,
        due=one.due_at,
        answer_by=one.answer_by,
        snoozed_until=one.snoozed_until,
        owner=_who(one.owner_user, one.owner_team),
        offered_to=_who(one.offered_to_user, one.offered_to_team) if one.state == State.OFFERED else None,
        handoff=one.handoff,
        line=one.line,
        created_at=one.created_at,
        changed_at=one.changed_at,
    )


def _amount(one: Moment) -> str:
    return f"{one.value:.2f} {one.currency}".strip() if one.value is not None else ""


def _who(person: User | None, team: Team | None) -> WhoOut:
    desk = team or (person.team if person else None)
    return WhoOut(person=str(person or ""), team=str(desk or ""))
