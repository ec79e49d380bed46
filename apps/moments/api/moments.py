"""Moments to look at: the list, and one with its history."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from apps.accounts.api import TokenRequest, note_read, reading
from apps.accounts.models import Team, User
from apps.foundation.api import Error, Problem
from apps.foundation.db.keyset import Cursor
from apps.foundation.text.numbers import exact
from apps.moments.api.schemas import MomentList, MomentOut, MomentStory, StepOut, WhoOut
from apps.moments.models import Moment, State, Step
from apps.moments.models.moment import MomentQuerySet
from apps.moments.visibility import copy_for, history, note_for, opens_customer

router = Router(tags=["Moments"])

PAGE, LARGEST = 50, 100
STEPS = 50  # that are told of one moment
PEOPLE = ("owner_user__team", "owner_team", "offered_to_user__team", "offered_to_team")


def _place(text: str) -> Cursor[datetime]:
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
    before: Annotated[str, Query(description="`older` of the page before this moment.")] = "",
) -> MomentList:
    """The newest first, a page at a time. A marketer's token is told of what was disclosed to them or their team."""
    reader = request.auth.acts_as
    rows = _chosen(reader, at).order_by("-created_at", "-id")
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.before("created_at", *_place(before)) if before else rows
    found = list(rows.select_related("profile__customer", *PEOPLE)[: limit + 1])
    shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
    note_read(request, "moment.list", shown=[str(moment.public_id) for moment in shown])
    older = str(Cursor(last.created_at, last.pk)) if last else None
    return MomentList(moments=[moment_out(reader, moment) for moment in shown], older=older)


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
            act=Step.Act(step.act),
            at=step.at,
            by=str(step.actor or ""),
            to=str(step.to_user or step.to_team or ""),
            note=note_for(reader, step),
            version=step.version,
        )
        for step in history(reader, found)[:STEPS]
    ]
    return MomentStory(**moment_out(reader, found).dict(), steps=steps)


def moment_for(reader: User, public_id: UUID) -> Moment:
    """As far as this person may see it. Raises `Problem` 404."""
    visible = Moment.objects.visible_to(reader).select_related("profile__customer", *PEOPLE)
    found = visible.filter(public_id=public_id).first()
    if found is None:
        raise Problem(404, "not_found", "There is no such moment.")
    return found


def moment_out(reader: User, moment: Moment) -> MomentOut:
    """In the reader's view of it."""
    copy, customer = copy_for(reader, moment), moment.profile.customer
    week = timezone.localtime(moment.happened_at).date().isocalendar()
    return MomentOut(
        id=moment.public_id,
        version=moment.version,
        state=State(moment.state),
        outcome=moment.outcome,
        kind=moment.kind,
        customer=customer.public_id if opens_customer(reader, moment) else None,
        who=copy.who if copy else str(customer),
        words=copy.verbatim if copy else moment.reason,
        suggestion=copy.suggestion if copy else moment.suggestion,
        category=copy.category if copy else moment.category,
        value=copy.value if copy else _amount(moment),
        week=copy.week if copy else f"{week.year}-W{week.week:02}",
        happened_at=None if copy else moment.happened_at,
        tags=[] if copy else moment.tags,
        purpose=moment.purpose,
        channel=moment.channel,
        due=moment.due_at,
        answer_by=moment.answer_by,
        snoozed_until=moment.snoozed_until,
        owner=_who(moment.owner_user, moment.owner_team),
        offered_to=_who(moment.offered_to_user, moment.offered_to_team) if moment.state == State.OFFERED else None,
        handoff=moment.handoff,
        line=moment.line,
        created_at=moment.created_at,
        changed_at=moment.changed_at,
    )


def _amount(moment: Moment) -> str:
    return f"{exact(moment.value, moment.currency)} {moment.currency}".strip() if moment.value is not None else ""


def _who(person: User | None, team: Team | None) -> WhoOut:
    desk = team or (person.team if person else None)
    return WhoOut(person=str(person or ""), team=str(desk or ""))
