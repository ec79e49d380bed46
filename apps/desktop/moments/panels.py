"""Moments beside their customer, and on the desk of whoever has to do with them: a few lines each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.moments.page import OUTCOME_ICONS, PEOPLE, as_seen_by, limit_of, state_words
from apps.moments.kinds import kind_of
from apps.moments.models import CLOSED, Moment, Outcome, State, Step
from apps.moments.models.moment import MomentQuerySet
from apps.moments.visibility import note_for

SHOWN = 12  # open moments of moment customer
LATELY = timedelta(days=14)
CAME_BACK = (Step.Act.DECLINE, Step.Act.RETURN)


@dataclass(frozen=True, slots=True)
class PanelLine:
    """A moment on its customer's page, or on the agent's desk; `tab` is the moment in which it is found."""

    public_id: str
    kind: str
    icon: str
    who: str
    words: str
    state: str
    limit: str
    tone: str
    outcome: str = ""
    outcome_icon: str = ""
    tab: str = "mine"
    back: bool = False  # declined, or not answered: it is whose it was again


def panel(user: User, moments: Sequence[Moment]) -> list[PanelLine]:
    """The open moments of one customer."""
    return [_line(user, moment) for moment in moments]


def open_moments(customer: Customer, user: User) -> MomentQuerySet:
    """The open moments of one customer that this person may see, the soonest due first."""
    rows = Moment.objects.visible_to(user).live().of(customer).select_related("profile__customer", *PEOPLE)
    return rows.order_by("deadline", "id")[:SHOWN]


def mine(user: User, most: int) -> list[PanelLine]:
    """What this person is asked to act on, the next deadline first. One query."""
    rows = Moment.objects.visible_to(user).held_by(user).select_related("profile__customer", *PEOPLE)
    return [_line(user, moment) for moment in rows.order_by("deadline", "id")[:most]]


def waiting(user: User, most: int) -> list[PanelLine]:
    """What others were asked to accept and nobody has answered: it is still this person's. One query."""
    theirs = Moment.objects.visible_to(user).sent_by(user, timezone.now() - LATELY)
    rows = theirs.filter(state=State.OFFERED, owner_user=user).select_related("profile__customer", *PEOPLE)
    return [_line(user, moment) for moment in rows.order_by("answer_by", "id")[:most]]


def came_of_it(user: User, most: int) -> list[PanelLine]:
    """What became of the moments this person saw or passed on, the latest first: somebody else finished them, or they
    came back. Two queries."""
    last = Step.objects.filter(moment=OuterRef("pk"), version=OuterRef("version"), act__in=CAME_BACK)
    over = Q(state__in=CLOSED) & ~Q(owner_user=user, state=State.DONE)
    back = Q(Exists(last), state=State.OPEN, owner_user=user)
    rows = Moment.objects.visible_to(user).sent_by(user, timezone.now() - LATELY).filter(over | back)
    found = list(rows.select_related("profile__customer", *PEOPLE).order_by("-changed_at")[:most])
    steps = last_steps(found)
    return [_line(user, moment, steps.get(moment.pk), over=True) for moment in found]


def last_steps(moments: Sequence[Moment]) -> dict[int, Step]:
    """The steps by which these came back to whose they are, of those that did and on which nobody has acted since."""
    found = Step.objects.filter(moment__in=moments, version=F("moment__version"), act__in=CAME_BACK)
    return {step.moment_id: step for step in found.select_related("actor")}


def back_words(step: Step) -> str:
    """“Declined by Sofia”; what time has sent back says so in its note."""
    said = {"act": step.get_act_display(), "who": step.actor}
    return gettext("%(act)s by %(who)s") % said if step.actor else gettext("It came back")


def _line(user: User, moment: Moment, back: Step | None = None, *, over: bool = False) -> PanelLine:
    kind = kind_of(moment.kind)
    limit, tone = limit_of(moment)
    seen = as_seen_by(user, moment)
    if back:
        outcome, icon, words = back_words(back), "corner-down-left", note_for(user, back)
    else:
        outcome = str(Outcome(moment.outcome).label) if moment.outcome else ""
        icon = OUTCOME_ICONS.get(Outcome(moment.outcome), "check") if moment.outcome else ""
        words = moment.line if over else seen.suggestion
    return PanelLine(
        public_id=str(moment.public_id),
        kind=str(kind),
        icon=kind.icon,
        who=seen.who,
        words=words,
        state=state_words(user, moment),
        limit=limit,
        tone=tone,
        outcome=outcome,
        outcome_icon=icon,
        tab="mine" if back else "done",
        back=back is not None,
    )
