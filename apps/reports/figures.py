"""What became of moments, promises and permission over a time: how many, and which.

A figure is defined here, or is a part of one that is. What is counted and what is listed are the same rows, so a
figure and its list cannot differ; nobody counts what they may not open. Each is explained in docs/reports.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now, TruncDate
from django.utils import timezone

from apps.accounts.models import User
from apps.contact.models import Avoided
from apps.contact.permission import Code
from apps.foundation.db.keyset import earlier, later
from apps.interactions.models import FollowUp
from apps.moments.models import CLOSED, LIVE, Handoff, Moment, Outcome, State, Step
from apps.moments.transitions import is_lead

SEIZED = (Outcome.REACHED, Outcome.BOUGHT, Outcome.THANKED)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES: Mapping[str, tuple[timedelta | None, timedelta | None]] = {  # at least so old, and younger than
    "under_1h": (None, HOUR),
    "under_4h": (HOUR, 4 * HOUR),
    "under_1d": (4 * HOUR, DAY),
    "under_3d": (DAY, 3 * DAY),
    "under_7d": (3 * DAY, 7 * DAY),
    "older": (7 * DAY, None),
}


class Span(NamedTuple):
    """The last `days` days with today, in the zone that is active; `before` is where as many days before them begin."""

    days: int
    start: datetime
    end: datetime
    before: datetime

    @property
    def before_end(self) -> datetime:
        """The time of day it is now, so that a morning is compared with a morning."""
        return self.end - timedelta(days=self.days)


def span_of(days: int) -> Span:
    def midnight(back: int) -> datetime:
        return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=back), time()))

    return Span(days, midnight(days - 1), timezone.now(), midnight(2 * days - 1))


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures they are, for whom: leads see all, everybody else their own team's and their own.

    `team` narrows that to one team; 0: to what belongs to none.
    """

    user: User
    team: int | None = None
    kind: str = ""

    def moments(self) -> QuerySet[Moment]:
        rows = Moment.objects.visible_to(self.user)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if not is_lead(self.user):
            return rows.concerning(self.user.team_id, self.user)
        if self.team is None:
            return rows
        return rows.concerning(self.team) if self.team else rows.filter(queue=None)

    def steps(self) -> QuerySet[Step]:
        """Steps that nobody took back. Each is asked for its moment, one by one: as a join, PostgreSQL would go through
        all the moments there are for the few steps of a kind."""
        undone = Step.objects.filter(act=Step.Act.UNDO, moment=OuterRef("moment"), version=OuterRef("version") + 1)
        theirs = Subquery(self.moments().filter(pk=OuterRef("moment")).values("pk")[:1])
        return Step.objects.alias(theirs=theirs).filter(~Exists(undone), theirs__isnull=False)

    def promises(self) -> QuerySet[FollowUp]:
        """Whose a promise is: the team's in which it was given. Promises have no kind."""
        given: QuerySet[FollowUp] = self._given(FollowUp.objects.all(), "owner")
        return given

    def avoided(self) -> QuerySet[Avoided]:
        rows = Avoided.objects.filter(kind=self.kind) if self.kind else Avoided.objects.all()
        given: QuerySet[Avoided] = self._given(rows, "actor")
        return given

    def _given(self, rows: Any, person: str) -> Any:
        if not is_lead(self.user):
            mine = Q(**{person: self.user})
            rows = rows.filter(mine | Q(team=self.user.team_id) if self.user.team_id else mine)
        return rows if self.team is None else rows.filter(team=self.team or None)


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """Rows, and by which time of theirs they are counted and listed: the latest first, unless `standing`: those are
    counted as they stand, whatever the time, and the longest waiting are first. `parts` are what is counted of them,
    `compared` those that are counted for the time before, too."""

    rows: Callable[[Scope], QuerySet[Any]]
    at: str
    counts: Q = field(default_factory=Q)
    parts: Mapping[str, Q] = field(default_factory=dict)
    standing: bool = False
    compared: tuple[str, ...] = ("",)


def _aged(least: timedelta | None, most: timedelta | None) -> Q:
    older = Q(created_at__lte=Now() - least) if least else Q()
    return older & Q(created_at__gt=Now() - most) if most else older


DONE, OPEN = Q(state=State.DONE), Q(state=FollowUp.State.OPEN)
KEPT = Q(state=FollowUp.State.KEPT)
FIGURES: Mapping[str, FigureDefinition] = {
    "seen": FigureDefinition(
        Scope.moments,
        "created_at",
        parts={
            "people": Q(marked_by__isnull=False),
            "rules": Q(marked_by=None),
            "offered": Q(first_offered_at__isnull=False),
            "accepted": Q(first_accepted_at__isnull=False),
            "closed": Q(state__in=CLOSED),
            "seized": DONE & Q(outcome__in=SEIZED),
        },
    ),
    "offered": FigureDefinition(Scope.moments, "first_offered_at"),
    "accepted": FigureDefinition(Scope.moments, "first_accepted_at"),
    "declined": FigureDefinition(Scope.steps, "at", Q(act=Step.Act.DECLINE)),
    "due": FigureDefinition(
        lambda scope: scope.moments().annotate(counts_at=Coalesce("done_at", "due_at")),
        "counts_at",
        parts={
            "reckoned": ~Q(outcome=Outcome.NOT_ONE),
            "seized": DONE & Q(outcome__in=SEIZED),
            "finished": DONE,
            **{str(outcome): DONE & Q(outcome=outcome) for outcome in Outcome.values},
            "expired": Q(state=State.EXPIRED),
            "missed": Q(state__in=LIVE),
        },
        compared=("reckoned", "seized"),
    ),
    "waiting": FigureDefinition(
        Scope.moments,
        "created_at",
        Q(state__in=LIVE, snoozed_until=None),
        parts={
            **{name: _aged(*ages) for name, ages in AGES.items()},
            "unanswered": Q(state=State.OFFERED),
            "escalated": Q(handoff=Handoff.ESCALATION),
        },
        standing=True,
    ),
    "promises": FigureDefinition(
        lambda scope: scope.promises().annotate(counts_at=Coalesce("closed_at", "due_at")),
        "counts_at",
        ~Q(state=FollowUp.State.CANCELLED),
        parts={
            "kept": KEPT & Q(closed_at__lte=F("due_at")),
            "kept_late": KEPT & Q(closed_at__gt=F("due_at")),
            "broken": Q(state=FollowUp.State.BROKEN),
            "missed": OPEN,
        },
        compared=("", "kept"),
    ),
    "late": FigureDefinition(Scope.promises, "due_at", OPEN & Q(due_at__lt=Now()), standing=True),
    "avoided": FigureDefinition(Scope.avoided, "at", parts={str(code): Q(codes__0=str(code)) for code in Code}),
}


def counted(scope: Scope, span: Span, name: str, part: str = "") -> QuerySet[Any]:
    """The rows of a figure, in no order. Raises KeyError for a figure or part there is not."""
    definition = FIGURES[name]
    rows = definition.rows(scope).filter(definition.counts)
    if part:
        rows = rows.filter(definition.parts[part])
    return rows if definition.standing else rows.filter(_within(definition, span.start, span.end))


def _within(definition: FigureDefinition, start: datetime, end: datetime) -> Q:
    return Q(**{f"{definition.at}__gte": start, f"{definition.at}__lt": end})


def listed(scope: Scope, span: Span, name: str, part: str = "", after: tuple[datetime, int] | None = None) -> Any:
    """The same rows in the order of their list, those after a place in it. As `counted` raises."""
    definition = FIGURES[name]
    rows = counted(scope, span, name, part)
    if after:
        rows = rows.filter((later if definition.standing else earlier)(definition.at, *after))
    return rows.order_by(definition.at, "pk") if definition.standing else rows.order_by(f"-{definition.at}", "-pk")


class Tally(NamedTuple):
    """How many, by part ("": all of them), and how many of what is compared there were in as long a time before."""

    now: dict[str, int]
    before: dict[str, int]


def tally(scope: Scope, span: Span, name: str) -> Tally:
    """Two statements, or one where there is nothing to compare."""
    now = counted(scope, span, name).aggregate(**_parts(name, ("", *FIGURES[name].parts)))
    return Tally(_by_part(now), _before(scope, span, name))


def tallies(scope: Scope, span: Span, name: str, by: Combinable) -> tuple[Tally, dict[Any, dict[str, int]]]:
    """The same, and what it is the sum of, for each value of an expression."""
    parts = ("", *FIGURES[name].parts)
    groups = counted(scope, span, name).annotate(by=by).values("by").annotate(**_parts(name, parts)).order_by()
    each = {group.pop("by"): _by_part(group) for group in groups}
    whole = {part: sum(counts[part] for counts in each.values()) for part in parts}
    return Tally(whole, _before(scope, span, name)), each


def _before(scope: Scope, span: Span, name: str) -> dict[str, int]:
    """Counted apart, so that no row is asked about a time it is not in."""
    definition = FIGURES[name]
    if definition.standing:
        return {}
    rows = definition.rows(scope).filter(definition.counts, _within(definition, span.before, span.before_end))
    return _by_part(rows.aggregate(**_parts(name, definition.compared)))


def _parts(name: str, wanted: Iterable[str]) -> dict[str, Count]:
    parts = {"": Q(), **FIGURES[name].parts}
    return {f"n_{part}": Count("pk", filter=parts[part] or None) for part in wanted}


def _by_part(row: Mapping[str, int]) -> dict[str, int]:
    return {name.removeprefix("n_"): number for name, number in row.items()}


def by_day(name: str) -> Combinable:
    """For `tallies`: the day in the zone that is active."""
    return TruncDate(FIGURES[name].at)


# --- time to own -----------------------------------------------------------------------------------------------------

# From when it waited for an owner: its first offer, or its being seen where it was taken from a queue unoffered.
WAITED_FROM = Case(
    When(first_offered_at__lte=F("first_accepted_at"), then=F("first_offered_at")),
    default=F("created_at"),
    output_field=DateTimeField(),
)


class Percentile(Aggregate):
    """The value below which a fraction of them lies, between the two nearest where it falls between two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: Combinable, fraction: float, **extra: Any) -> None:
        super().__init__(expression, fraction=fraction, **extra)


class ToOwn(NamedTuple):
    """The median and the 90th percentile; None: nothing was accepted."""

    median: timedelta | None
    slow: timedelta | None
    median_before: timedelta | None


def time_to_own(scope: Scope, span: Span) -> ToOwn:
    """From the first offer to the first acceptance, of those accepted in the time. One statement."""
    accepted = FIGURES["accepted"]
    rows = accepted.rows(scope).filter(_within(accepted, span.before, span.end))
    waiting = F("first_accepted_at") - WAITED_FROM
    now, before = _within(accepted, span.start, span.end), _within(accepted, span.before, span.before_end)
    found = rows.aggregate(
        median=Percentile(waiting, 0.5, filter=now),
        slow=Percentile(waiting, 0.9, filter=now),
        median_before=Percentile(waiting, 0.5, filter=before),
    )
    return ToOwn(**found)


def waited(moment: Moment) -> timedelta | None:
    """How long one moment waited for its first owner, as `time_to_own` counts it; None: it has none yet."""
    accepted, offered = moment.first_accepted_at, moment.first_offered_at
    if accepted is None:
        return None
    return accepted - (offered if offered and offered <= accepted else moment.created_at)
