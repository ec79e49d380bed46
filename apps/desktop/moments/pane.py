"""One moment in full, as this reader may see it, and what they may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.contact.models import Consent, Purpose
from apps.customers.models import SourceProfile
from apps.desktop.customer.entries import entries
from apps.desktop.customer.profile import ago
from apps.desktop.moments import contact
from apps.desktop.moments.page import Seen, as_seen_by, limit_of, state_words, time_words, week_words
from apps.desktop.moments.panels import CAME_BACK, back_words
from apps.interactions import timeline as story
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.disclosure import Copy
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, Outcome, State, Step, Tag
from apps.moments.visibility import history, note_for, opens_customer

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


def pane(user: User, moment: Moment) -> dict[str, Any]:
    """Everything the pane shows. The number of queries does not depend on the moment's history."""
    kind, marketer = kind_of(moment.kind), user.role == Role.MARKETER
    limit, tone = limit_of(moment)
    steps, may_do = list(history(user, moment)[:STEPS]), doable(user, moment)
    return {
        "moment": moment,
        "kind": kind,
        "seen": as_seen_by(user, moment),
        "facts": facts(user, moment, as_seen_by(user, moment)),
        "limit": limit,
        "tone": tone,
        "state": state_words(user, moment),
        "outcome": str(Outcome(moment.outcome).label) if moment.outcome else "",
        "customer": moment.profile.customer,
        "opens": opens_customer(user, moment),
        "purposes": [(Purpose.label_of(purpose), purpose == moment.purpose) for purpose in contact.columns(moment)],
        "permitted": contact.permitted(moment, reaches=may_do["may_finish"]),
        "posts": contact.posts(user, moment),
        "came_back": _came_back(user, moment, steps),
        "steps": [_step(user, row) for row in steps],
        "entries": [] if marketer else _entries(user, moment),
        **may_do,
    }


def facts(user: User, moment: Moment, seen: Seen) -> list[tuple[str, str]]:
    copy = Copy.read(moment.disclosed)
    week = copy.week if copy and user.role == Role.MARKETER else ""
    happened = week_words(week) if week else "" if user.role == Role.MARKETER else time_words(moment.happened_at)
    lines = [
        (gettext("Suggested"), seen.suggestion),
        (gettext("Product"), seen.category),
        (gettext("Worth"), seen.value),
        (gettext("Happened"), happened),
        (gettext("Due"), time_words(moment.due_at)),
        (gettext("Touches"), "" if user.role == Role.MARKETER else tag_words(moment.tags)),
    ]
    return [(label, words) for label, words in lines if words]


def tag_words(tags: list[str]) -> str:
    return ", ".join(str(Tag(tag).label) for tag in tags if tag in Tag.values)


def doable(user: User, moment: Moment) -> dict[str, Any]:
    """What this person may do now."""
    owns, accepts = actions.owns(user, moment), actions.may_accept(user, moment)
    is_open = moment.state == State.OPEN
    mates = _colleagues(user, moment) if (owns or accepts) and moment.is_live else []
    return {
        "may_accept": accepts and moment.owner_user_id != user.pk,
        "may_decline": accepts and moment.state == State.OFFERED,
        "may_finish": owns and is_open,
        "may_snooze": owns and is_open and not moment.snoozed_until,
        "may_wake": owns and moment.snoozed_until is not None,
        "may_return": owns and is_open and bool(moment.came_from_user_id or moment.came_from_team_id),
        "may_withdraw": owns and moment.state == State.OFFERED,
        "may_amend": owns and is_open and user.role != Role.MARKETER,
        "colleagues": mates,
        "outcomes": Outcome.choices,
    }


def _colleagues(user: User, moment: Moment) -> list[User]:
    if user.team_id is None:
        return []
    here = User.objects.filter(team=user.team_id, is_active=True).exclude(pk=moment.owner_user_id or 0)
    return list(here.order_by("first_name", "last_name", "id")[:COLLEAGUES])


def _came_back(user: User, moment: Moment, steps: Sequence[Step]) -> tuple[str, str] | None:
    """Who turned it down, and why, until somebody acts on it again."""
    last = steps[0] if steps and moment.state == State.OPEN else None
    if last is None or last.act not in CAME_BACK or last.version != moment.version:
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
        return gettext("until %(when)s") % {"when": time_words(datetime.fromisoformat(row.note))}
    if act in {Step.Act.AMEND, Step.Act.UNDO}:
        return ""
    if act == Step.Act.CONTACT:
        return str(Consent.Channel(row.note).label) if row.note in Consent.Channel.values else ""
    return note_for(user, row)


def _entries(user: User, moment: Moment) -> list[Any]:
    """What it grew from and what happened since, newest first."""
    ids = list(SourceProfile.objects.filter(customer=moment.profile.customer_id).values_list("pk", flat=True))
    return entries(story.newest(ids, Interaction.objects.visible_to(user).without_browsing(), limit=ENTRIES))


def preview(made: Copy) -> list[tuple[str, str]]:
    """A copy, field by field, in the words its receiver will read."""
    lines = [
        (gettext("What"), str(kind_of(made.kind))),
        (gettext("Customer"), made.who),
        (gettext("Customer quote"), f"“{made.verbatim}”" if made.verbatim else gettext("stay here")),
        (gettext("Suggested"), made.suggestion),
        (gettext("Product"), made.category),
        (gettext("Worth"), made.value),
        (gettext("Happened"), week_words(made.week)),
        (gettext("Due"), date_format(timezone.localtime(datetime.fromisoformat(made.due)), "SHORT_DATETIME_FORMAT")),
        (gettext("Purpose"), Purpose.label_of(made.purpose)),
        (gettext("Channel"), str(Consent.Channel(made.channel).label) if made.channel else gettext("any they permit")),
    ]
    return [(label, words) for label, words in lines if words]
