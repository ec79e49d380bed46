"""The desk of moments: the list in five tabs, a page of thirty at a time, whatever there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.contact.models import Consent
from apps.contact.permission import Answer, answers
from apps.desktop.shell.dates import clock, day_heading
from apps.foundation.db.keyset import Cursor
from apps.foundation.text.numbers import exact
from apps.insights.models import PropensityScore
from apps.moments.kinds import kind_of
from apps.moments.models import CLOSED, Moment, Outcome, State
from apps.moments.models.moment import MomentQuerySet
from apps.moments.visibility import copy_for
from apps.reports.figures import SEIZED

PAGE = 30  # three screens of them; more follow while moment scrolls
SOON = timedelta(hours=2)
TABS = [
    ("mine", _("Mine")),
    ("unclaimed", _("Unclaimed")),
    ("today", _("Due today")),
    ("snoozed", _("Snoozed")),
    ("done", _("Done")),
]
SORTED_BY = {"today": "due_at", "snoozed": "snoozed_until", "done": "done_at"}
EMPTY = {
    "mine": (_("Nothing is yours to do"), _("What you accept from Unclaimed, and what you mark, waits here.")),
    "unclaimed": (_("Nothing waits"), _("What others offer to your team appears here.")),
    "today": (_("Nothing is due today"), _("Enjoy your coffee.")),
    "snoozed": (_("Nothing was put off"), _("What you put off comes back by itself.")),
    "done": (_("Nothing is done yet"), _("What your team has seized appears here with what came of it.")),
}
CHANNELS = {Consent.Channel.EMAIL: "mail", Consent.Channel.SMS: "message-square", Consent.Channel.VOICE: "phone"}
OUTCOME_ICONS = {
    Outcome.REACHED: "check",
    Outcome.BOUGHT: "shopping-bag",
    Outcome.THANKED: "heart",
    Outcome.REFUSED: "x",
    Outcome.NO_PERMISSION: "ban",
    Outcome.TOO_LATE: "clock",
    Outcome.NOT_ONE: "x",
}
PEOPLE = ("owner_user", "owner_team", "offered_to_user", "offered_to_team")
NAMED = ("owner_user", "offered_to_user")  # in a list
# What a list reads: of those who are named in it only their names. Half of its cost were columns nobody sees.
LISTED = (
    "public_id", "version", "kind", "reason", "suggestion", "category", "value", "currency", "purpose", "disclosed",
    "state", "due_at", "answer_by", "deadline", "snoozed_until", "done_at", "created_at", "holder", "owner_user",
    "owner_team", "offered_to_user", "offered_to_team", "outcome", "line", "first_offered_at", "first_accepted_at",
    "profile__customer__public_id", "profile__customer__name",
    *(f"{person}__{column}" for person in NAMED for column in ("first_name", "last_name", "username")),
)  # fmt: skip


class Consented(NamedTuple):
    """One channel's icon and answer; `tone` is `in`, `later` (what stops it passes by itself) or `out`."""

    icon: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class MomentLine:
    """A moment in the list, as this reader may see it."""

    public_id: str
    version: int
    who: str
    kind: str
    icon: str
    words: str
    age: str
    limit: str
    tone: str
    value: str
    propensity: str
    choose: str
    consents: tuple[Consented, ...]
    holder: str
    outcome: str
    outcome_icon: str
    seized: bool


def end_of_today() -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time()))


def in_tab(user: User, tab: str) -> MomentQuerySet:
    """The moments of a tab in their order; each tab has an index of its own."""
    team, moments = user.team_id, Moment.objects.visible_to(user)
    if tab == "mine":
        return moments.held_by(user).order_by("deadline", "id")
    if team is None:
        return moments.none()
    if tab == "unclaimed":
        return moments.unclaimed(team).order_by("deadline", "id")
    if tab == "today":
        return moments.due_by(team, end_of_today()).order_by("due_at", "id")
    if tab == "snoozed":
        return moments.snoozed(team).order_by("snoozed_until", "id")
    return moments.closed().filter(queue=team).order_by("-done_at", "-id")


def listed(user: User, tab: str, after: Cursor[datetime] | None) -> tuple[list[Moment], Cursor[datetime] | None]:
    """A page of the tab, and where to go on. One query."""
    field = SORTED_BY.get(tab, "deadline")
    rows = in_tab(user, tab)
    if after:
        rows = rows.before(field, *after) if tab == "done" else rows.after(field, *after)
    found = list(rows.select_related("profile__customer", *NAMED).only(*LISTED)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], Cursor(getattr(last, field), last.pk) if last else None


def following(user: User, tab: str, moment: Moment) -> Moment | None:
    """The moment after this moment in the tab it was in, or the first where it was the last."""
    field = SORTED_BY.get(tab, "deadline")
    rows = in_tab(user, tab).exclude(pk=moment.pk).select_related("profile__customer", *PEOPLE)
    at = getattr(moment, field)
    after = (
        (rows.before(field, at, moment.pk) if tab == "done" else rows.after(field, at, moment.pk)).first()
        if at
        else None
    )
    return after or rows.first()


def lines(user: User, moments: Sequence[Moment]) -> list[MomentLine]:
    """As many queries for a page as for one moment."""
    customers = {moment.profile.customer_id for moment in moments}
    scores = likely(customers)
    permitted = may(moments)
    return [
        _line(
            user,
            moment,
            scores.get(moment.profile.customer_id),
            permitted[moment.purpose].get(moment.profile.customer_id, {}),
        )
        for moment in moments
    ]


def likely(customers: Iterable[int]) -> dict[int, int]:
    """How likely each of them is to buy again, in percent."""
    rows = PropensityScore.objects.filter(customer__in=customers, kind=PropensityScore.Kind.BUY)
    return dict(rows.values_list("customer").annotate(Max("value")))


def may(moments: Sequence[Moment]) -> dict[str, dict[int, dict[str, Answer]]]:
    """By purpose and customer, the answer for each channel that has an icon."""
    asked: dict[str, set[int]] = {}
    for moment in moments:
        asked.setdefault(moment.purpose, set()).add(moment.profile.customer_id)
    return {purpose: answers(customers, list(CHANNELS), purpose) for purpose, customers in asked.items()}


def _line(user: User, moment: Moment, score: int | None, permitted: dict[str, Answer]) -> MomentLine:
    kind = kind_of(moment.kind)
    limit, tone = limit_of(moment)
    seen = as_seen_by(user, moment)
    return MomentLine(
        public_id=str(moment.public_id),
        version=moment.version,
        who=seen.who,
        kind=str(kind),
        icon=kind.icon,
        words=seen.words,
        age=age(moment.created_at),
        limit=limit,
        tone=tone,
        value=seen.value,
        propensity=gettext("%(score)s likely to buy") % {"score": score} if score is not None else "",
        choose=gettext("Choose %(kind)s, %(who)s") % {"kind": kind, "who": seen.who},
        consents=tuple(consented(channel, permitted[channel]) for channel in CHANNELS if channel in permitted),
        holder=_holder(user, moment),
        outcome=str(Outcome(moment.outcome).label) if moment.outcome else "",
        outcome_icon=OUTCOME_ICONS.get(Outcome(moment.outcome), "check") if moment.outcome else "",
        seized=moment.outcome in SEIZED,
    )


class Seen(NamedTuple):
    """What a reader sees of a moment: its customer's name, words, action and value."""

    who: str
    words: str
    suggestion: str
    category: str
    value: str


def as_seen_by(user: User, moment: Moment) -> Seen:
    """Marketers see the disclosed copy, and nothing of the moment itself."""
    if copy := copy_for(user, moment):
        return Seen(copy.who, copy.verbatim, copy.suggestion, copy.category, copy.value)
    amount = (
        number_format(exact(moment.value, moment.currency), force_grouping=True) if moment.value is not None else ""
    )
    value = f"{amount}\u00a0{moment.currency}".strip()
    return Seen(str(moment.profile.customer), moment.reason, moment.suggestion, moment.category, value)


def consented(channel: str, answer: Answer) -> Consented:
    label, icon = str(Consent.Channel(channel).label), CHANNELS[Consent.Channel(channel)]
    if answer.allowed:
        return Consented(icon, "in", gettext("%(channel)s: allowed") % {"channel": label})
    why = (answer.lasting or answer.reasons)[0].words
    return Consented(icon, "out" if answer.lasting else "later", f"{label}: {why}")


def limit_of(moment: Moment) -> tuple[str, str]:
    """What is next due of it and until when, in words, and how pressing that is: `late`, `soon`, `calm`, `over`."""
    if moment.state in CLOSED:
        return time_words(moment.done_at), "over"
    if moment.snoozed_until:
        return gettext("Until: %(when)s") % {"when": time_words(moment.snoozed_until)}, "calm"
    if moment.state == State.OFFERED and moment.answer_by and moment.answer_by < moment.due_at:
        return gettext("Answer by: %(when)s") % {"when": time_words(moment.answer_by)}, _tone(moment.answer_by)
    return gettext("Due: %(when)s") % {"when": time_words(moment.due_at)}, _tone(moment.due_at)


def _tone(when: datetime) -> str:
    left = when - timezone.now()
    return "late" if left < timedelta(0) else "soon" if left < SOON else "calm"


def time_words(when: datetime | None) -> str:
    """“Today, 14:12”, or the day alone where that is near enough."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    near = abs((local.date() - timezone.localdate()).days) <= 1
    day = day_heading(local.date()) if near else date_format(local, "SHORT_DATE_FORMAT")
    return f"{day}, {clock(local.hour, local.minute, None)}"


def age(when: datetime) -> str:
    """“3 hours old”, in the coarsest unit that says enough."""
    if (timezone.now() - when).total_seconds() < 60:
        return gettext("just now")
    return gettext("%(time)s old") % {"time": timesince(when, depth=1)}


def week_words(week: str) -> str:
    """`2026-W48`: the day on which that week began."""
    try:
        begins = date.fromisoformat(f"{week}-1")
    except ValueError:
        return ""
    return gettext("week of %(day)s") % {"day": date_format(begins, "SHORT_DATE_FORMAT")}


def _holder(user: User, moment: Moment) -> str:
    """Who is asked to act now."""
    if moment.holder is None:
        return gettext("nobody yet") if moment.is_live else ""
    if moment.state == State.OFFERED:
        return str(moment.offered_to_user or "")
    if moment.owner_user_id == user.pk:
        return gettext("you")
    return str(moment.owner_user or "")


def state_words(user: User, moment: Moment) -> str:
    """Who has it now, in words."""
    owner = moment.owner_user or moment.owner_team
    name = gettext("you") if moment.owner_user_id == user.pk else str(owner)
    if moment.state == State.OFFERED:
        to = moment.offered_to_user or moment.offered_to_team
        return gettext("offered to %(to)s, still with %(owner)s") % {"to": to, "owner": name}
    if moment.snoozed_until:
        return gettext("with %(owner)s, put off") % {"owner": name}
    return gettext("with %(owner)s") % {"owner": name}
