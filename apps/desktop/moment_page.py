"""One moment in full, as this reader may see it, and what they may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.customers.models import Consent, Purpose, SourceProfile
from apps.desktop.entries import entries
from apps.desktop.moment_panels import CAME_BACK, back_words
from apps.desktop.moments_page import Seen, limit_of, moment_words, state_words, told_to, week_words
from apps.desktop.profile import ago
from apps.interactions import timeline as story
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, Outcome, State, Step, Tag
from apps.moments.permission import Answer, answers
from apps.moments.showing import history, note_for, opens_customer
from apps.moments.travelling import Copy

ENTRIES = 5
STEPS = 40
COLLEAGUES = 50
STEP_ICONS = {
    Step.Act.MARK: "eye",
    Step.Act.AMEND: "pencil",
    Step.Act.OFFER: "send",
    Step.Act.ACCEPT: "check",
    Step.Act.DECLINE: "x",
    Step.Act.WITHDRAW: "undo-2",
    Step.Act.RETURN: "corner-down-left",
    Step.Act.ESCALATE: "arrow-up",
    Step.Act.REASSIGN: "users",
    Step.Act.SNOOZE: "clock",
    Step.Act.WAKE: "bell",
    Step.Act.CONTACT: "phone-outgoing",
    Step.Act.DONE: "check-check",
    Step.Act.EXPIRE: "hourglass",
    Step.Act.UNDO: "rotate-ccw",
}


@dataclass(frozen=True, slots=True)
class StepLine:
    icon: str
    words: str
    note: str
    when: str


@dataclass(frozen=True, slots=True)
class Permitted:
    """One channel: whether they may be contacted over it for this, and if not why not."""

    channel: str
    label: str
    tone: str
    words: str


def moment(user: User, one: Moment) -> dict[str, Any]:
    """Everything the pane shows. The number of queries does not depend on the moment's history."""
    kind, marketer = kind_of(one.kind), user.role == Role.MARKETER
    limit, tone = limit_of(one)
    told = list(history(user, one)[:STEPS])
    return {
        "moment": one,
        "kind": kind,
        "seen": told_to(user, one),
        "facts": facts(user, one, told_to(user, one)),
        "limit": limit,
        "tone": tone,
        "state": state_words(user, one),
        "outcome": str(Outcome(one.outcome).label) if one.outcome else "",
        "customer": one.profile.customer,
        "opens": opens_customer(user, one),
        "permitted": permitted(one),
        "purpose": Purpose.label_of(one.purpose),
        "came_back": _came_back(user, one, told),
        "steps": [_step(user, row) for row in told],
        "entries": [] if marketer else _entries(user, one),
        **doable(user, one),
    }


def facts(user: User, one: Moment, seen: Seen) -> list[tuple[str, str]]:
    copy = Copy.read(one.travels)
    week = copy.week if copy and user.role == Role.MARKETER else ""
    happened = week_words(week) if week else "" if user.role == Role.MARKETER else moment_words(one.happened_at)
    lines = [
        (gettext("Suggested"), seen.suggestion),
        (gettext("Product"), seen.category),
        (gettext("Worth"), seen.value),
        (gettext("Happened"), happened),
        (gettext("Due"), moment_words(one.due_at)),
        (gettext("Touches"), "" if user.role == Role.MARKETER else tag_words(one.tags)),
    ]
    return [(label, words) for label, words in lines if words]


def tag_words(tags: list[str]) -> str:
    return ", ".join(str(Tag(tag).label) for tag in tags if tag in Tag.values)


def doable(user: User, one: Moment) -> dict[str, Any]:
    """What this person may do now."""
    owns, claims = actions.owns(user, one), actions.may_claim(user, one)
    is_open = one.state == State.OPEN
    mates = _colleagues(user, one) if (owns or claims) and one.is_live else []
    return {
        "may_claim": claims and one.owner_user_id != user.pk,
        "may_decline": claims and one.state == State.OFFERED,
        "may_finish": owns and is_open,
        "may_snooze": owns and is_open and not one.snoozed_until,
        "may_wake": owns and one.snoozed_until is not None,
        "may_return": owns and is_open and bool(one.came_from_user_id or one.came_from_team_id),
        "may_withdraw": owns and one.state == State.OFFERED,
        "may_amend": owns and is_open and user.role != Role.MARKETER,
        "colleagues": mates,
        "outcomes": Outcome.choices,
    }


def _colleagues(user: User, one: Moment) -> list[User]:
    if user.team_id is None:
        return []
    here = User.objects.filter(team=user.team_id, is_active=True).exclude(pk=one.owner_user_id or 0)
    return list(here.order_by("first_name", "last_name", "id")[:COLLEAGUES])


def permitted(one: Moment) -> list[Permitted]:
    customer = one.profile.customer_id
    told = answers([customer], list(Consent.Channel.values), one.purpose)[customer]
    return [_permitted(channel, answer) for channel, answer in told.items()]


def _permitted(channel: str, answer: Answer) -> Permitted:
    lasting = any(reason.until is None for reason in answer.reasons)
    tone = "in" if answer.allowed else "out" if lasting else "later"
    words = " ".join(reason.words for reason in answer.reasons) or gettext("Allowed now")
    return Permitted(channel, str(Consent.Channel(channel).label), tone, words)


def _came_back(user: User, one: Moment, told: Sequence[Step]) -> tuple[str, str] | None:
    """Who turned it down, and why, until somebody acts on it again."""
    last = told[0] if told and one.state == State.OPEN else None
    if last is None or last.act not in CAME_BACK or last.version != one.version:
        return None
    return back_words(last), note_for(user, last)


def _step(user: User, row: Step) -> StepLine:
    act = Step.Act(row.act)
    who = str(row.actor) if row.actor else ""
    to = str(row.to_user or row.to_team or "")
    said = {"act": act.label, "who": who, "to": to}
    words = gettext("%(act)s by %(who)s") % said if who else str(act.label)
    if act == Step.Act.MARK and not who:
        words = gettext("Seen by a rule")
    if to and act in {Step.Act.OFFER, Step.Act.ESCALATE, Step.Act.REASSIGN, Step.Act.RETURN}:
        words = gettext("%(act)s to %(to)s by %(who)s") % said if who else gettext("%(act)s to %(to)s") % said
    return StepLine(STEP_ICONS[act], words, _note(user, row, act), ago(row.at))


def _note(user: User, row: Step, act: Step.Act) -> str:
    if act == Step.Act.SNOOZE and row.note:
        return gettext("until %(when)s") % {"when": moment_words(datetime.fromisoformat(row.note))}
    if act in {Step.Act.AMEND, Step.Act.UNDO}:
        return ""
    if act == Step.Act.CONTACT:
        return str(Consent.Channel(row.note).label) if row.note in Consent.Channel.values else ""
    return note_for(user, row)


def _entries(user: User, one: Moment) -> list[Any]:
    """What it grew from and what happened since, newest first."""
    ids = list(SourceProfile.objects.filter(customer=one.profile.customer_id).values_list("pk", flat=True))
    return entries(story.newest(ids, Interaction.objects.visible_to(user).without_browsing(), limit=ENTRIES))


def preview(made: Copy) -> list[tuple[str, str]]:
    """A copy, field by field, in the words its receiver will read."""
    lines = [
        (gettext("What"), str(kind_of(made.kind))),
        (gettext("Customer"), made.who),
        (gettext("Their words"), f"“{made.verbatim}”" if made.verbatim else gettext("stay here")),
        (gettext("Suggested"), made.suggestion),
        (gettext("Product"), made.category),
        (gettext("Worth"), made.value),
        (gettext("Happened"), week_words(made.week)),
        (gettext("Due"), date_format(timezone.localtime(datetime.fromisoformat(made.due)), "SHORT_DATETIME_FORMAT")),
        (gettext("Purpose"), Purpose.label_of(made.purpose)),
        (gettext("Channel"), str(Consent.Channel(made.channel).label) if made.channel else gettext("any they permit")),
    ]
    return [(label, words) for label, words in lines if words]
