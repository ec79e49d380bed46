"""The reports: what became of moments, promises and permission, each figure with the way to its list.

A handful of statements over what happened in the time, however much there is. No customer's name is on the page.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.contact.permission import Code
from apps.desktop.reports.trend import daily
from apps.desktop.reports.words import WORDS, compared, counted, lasting, percent, share
from apps.foundation.charts import BarChart, Portion, portion
from apps.moments.actions import is_lead
from apps.moments.kinds import kinds
from apps.moments.models import Outcome
from apps.reports.figures import (
    AGES,
    FIGURES,
    SEIZED,
    Scope,
    Span,
    Tally,
    ToOwn,
    by_day,
    span_of,
    tallies,
    tally,
    time_to_own,
)

DAYS = (7, 28, 90)
USUAL = 28
TEAMS = 200
SINGLE = ("offered", "accepted", "declined", "waiting", "late", "avoided")
FUNNEL = ("", "offered", "accepted", "closed", "seized")
NO_TEAM = _("No team")
SLIVER = 1.5  # percent: one among thousands is still seen


class ReportChoice(NamedTuple):
    """What somebody looks at. Text of the address, as far as it makes sense, else what is usual."""

    days: int
    team: int | None
    kind: str

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        days, team, kind = given.get("days", ""), given.get("team", "")[:9], given.get("kind", "")
        return cls(
            int(days) if days in map(str, DAYS) else USUAL,
            int(team) if team.isdecimal() else None,
            kind if kind in kinds() else "",
        )

    def scope(self, user: User) -> Scope:
        return Scope(user, self.team, self.kind)

    def query(self, **more: Any) -> str:
        said = {"days": self.days, "team": self.team, "kind": self.kind, **more}
        return urlencode({name: value for name, value in said.items() if value not in (None, "")})

    def list_of(self, figure_name: str, part: str = "", **more: Any) -> str:
        return f"{reverse('figure', args=[figure_name])}?{self.query(part=part, **more)}"


class Figure(NamedTuple):
    """A number that was counted, in words, and where exactly what was counted is listed."""

    label: str
    number: str
    url: str
    help: str = ""


class FigureBar(NamedTuple):
    """A figure drawn: where its bar begins and how wide it is, of 100, as text whatever the locale."""

    figure: Figure
    x: str
    width: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """`change` compares it with the time before in words; `way` is up, down or same, for the arrow beside them."""

    name: str
    label: str
    help: str
    figure: str
    url: str
    change: str = ""
    way: str = ""
    under: tuple[Figure, ...] = ()
    words: str = ""


class Keeping(NamedTuple):
    """How one team keeps its promises. `bar` is the rate drawn."""

    team: str
    rate: str
    bar: Portion
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that is counted, before it is put into words."""

    choice: ReportChoice
    seen: Tally
    due: Tally
    promised: Tally
    seen_by_day: Mapping[date, dict[str, int]]
    due_by_day: Mapping[date, dict[str, int]]
    promised_by_team: Mapping[int | None, dict[str, int]]
    offered: Tally
    accepted: Tally
    declined: Tally
    waiting: Tally
    late: Tally
    avoided: Tally
    to_own: ToOwn

    @classmethod
    def of(cls, user: User, choice: ReportChoice, span: Span) -> Self:
        """Seventeen statements, whatever there is: ten for the time, seven for the time before."""
        scope = choice.scope(user)
        seen, seen_by_day = tallies(scope, span, "seen", by_day("seen"))
        due, due_by_day = tallies(scope, span, "due", by_day("due"))
        promised, promised_by_team = tallies(scope, span, "promises", F("team"))
        return cls(
            choice=choice,
            seen=seen,
            due=due,
            promised=promised,
            seen_by_day=seen_by_day,
            due_by_day=due_by_day,
            promised_by_team=promised_by_team,
            to_own=time_to_own(scope, span),
            **{name: tally(scope, span, name) for name in SINGLE},
        )

    def figure(self, tally: Tally, figure_name: str, part: str = "", **more: Any) -> Figure:
        said = WORDS[figure_name, part]
        number = tally.now.get(part, 0)
        return Figure(str(said.label), counted(number), self.choice.list_of(figure_name, part, **more), str(said.help))

    def bars(
        self, tally: Tally, figure_name: str, parts: Iterable[str], tone: Callable[[str], str] = lambda part: ""
    ) -> list[FigureBar]:
        """As long as their numbers are beside the largest of them."""
        parts = list(parts)
        most = max((tally.now.get(part, 0) for part in parts), default=0) or 1
        return [
            FigureBar(
                self.figure(tally, figure_name, part), *portion(tally.now.get(part, 0), most, least=SLIVER), tone(part)
            )
            for part in parts
        ]


def reports(user: User, choice: ReportChoice) -> dict[str, Any]:
    """Everything the page shows."""
    choice = choice if is_lead(user) else choice._replace(team=None)
    span = span_of(choice.days)
    page = ReportPage.of(user, choice, span)
    names = dict(Team.objects.order_by("name").values_list("pk", "name")[:TEAMS])
    return {
        "choice": choice,
        "all_days": [(days, f"{reverse('reports')}?{choice._replace(days=days).query()}") for days in DAYS],
        "teams": [*names.items(), (0, NO_TEAM)] if is_lead(user) else [],
        "kinds": [(kind.code, str(kind)) for kind in kinds().values()],
        "tiles": tiles(page),
        "trend": trend(page, span),
        "funnel": funnel(page),
        "outcomes": outcomes(page),
        "waiting": page.bars(page.waiting, "waiting", AGES),
        "pressing": [page.figure(page.waiting, "waiting", part) for part in ("", "unanswered", "escalated")],
        "late": page.figure(page.late, "late"),
        "keeping": keeping(page, names),
        "avoided": avoided(page),
        "definitions": [WORDS[key] for key in DEFINED],
    }


def chosen(user: User, choice: ReportChoice, name: str) -> dict[str, Any]:
    """Above a list: how it is narrowed, and the way back."""
    kind = kinds().get(choice.kind)
    team = Team.objects.filter(pk=choice.team).first() if choice.team else None
    promised = name in ("promises", "late")
    said = [
        "" if FIGURES[name].standing else gettext("the last %(days)d days") % {"days": choice.days},
        str(team) if team else str(NO_TEAM) if choice.team == 0 else "",
        str(kind) if kind and not promised else "",
    ]
    return {"narrowed": " · ".join(words for words in said if words), "back": f"{reverse('reports')}?{choice.query()}"}


DEFINED = (
    ("seen", ""), ("offered", ""), ("accepted", ""), ("declined", ""), ("due", "reckoned"), ("due", "seized"),
    ("due", "expired"), ("promises", ""), ("avoided", ""),
)  # fmt: skip


def tiles(page: ReportPage) -> list[Tile]:
    by = tuple(page.figure(page.seen, "seen", part) for part in ("people", "rules"))
    return [
        _number_tile(page, page.seen, "seen", under=by),
        _number_tile(page, page.offered, "offered"),
        _number_tile(page, page.accepted, "accepted"),
        _number_tile(page, page.declined, "declined"),
        _share_tile(page, page.due, "due", _("Success rate"), ("seized", "reckoned")),
        _own_tile(page),
        _share_tile(page, page.promised, "promises", _("Promises kept in time"), ("kept", "")),
        _number_tile(page, page.avoided, "avoided"),
    ]


def _number_tile(page: ReportPage, tally: Tally, name: str, under: tuple[Figure, ...] = ()) -> Tile:
    figure = page.figure(tally, name)
    change, way = compared(tally.now.get("", 0), tally.before.get("", 0), counted)
    return Tile(name, figure.label, figure.help, figure.number, figure.url, change, way, under)


def _share_tile(page: ReportPage, tally: Tally, figure_name: str, label: Any, parts: tuple[str, str]) -> Tile:
    """A part of another, both said: neither can be larger than the other, since they are counted of the same rows."""
    part, whole = parts
    now, before = (share(times.get(part, 0), times.get(whole, 0)) for times in tally)
    change, way = compared(now, before, percent)
    under = tuple(page.figure(tally, figure_name, part) for part in parts)
    help_text = f"{under[0].label} ÷ {under[1].label}. {under[0].help} {under[1].help}"
    return Tile(figure_name, str(label), help_text, percent(now), under[1].url, change, way, under)


def _own_tile(page: ReportPage) -> Tile:
    own, slow = page.to_own, (page.to_own.slow or timedelta(0)) >= timedelta(minutes=1)
    change, way = compared(own.median, own.median_before, lasting)
    return Tile(
        "to_own",
        gettext("Time to accept"),
        gettext(
            "From the first offer to the first acceptance, of the moments accepted in this time; half of them waited "
            "no longer."
        ),
        lasting(own.median),
        page.choice.list_of("accepted"),
        change,
        way,
        words=gettext("one in ten waited over %(time)s") % {"time": lasting(own.slow)} if slow else "",
    )


def trend(page: ReportPage, span: Span) -> BarChart:
    """Seen and seized, side by side for each day."""
    first = span.start.date()
    days = [first + timedelta(days=number) for number in range(span.days)]
    seen = [page.seen_by_day.get(day, {}).get("", 0) for day in days]
    seized = [page.due_by_day.get(day, {}).get("seized", 0) for day in days]
    return daily(days, seen, seized)


def funnel(page: ReportPage) -> list[FigureBar]:
    """What became of those seen in the time, each as wide as what is left, in the middle."""
    seen = page.seen.now
    return [
        FigureBar(page.figure(page.seen, "seen", part), *portion(seen[part], seen[""], centred=True), part)
        for part in FUNNEL
    ]


def outcomes(page: ReportPage) -> list[FigureBar]:
    parts = [*(str(outcome) for outcome in Outcome.values), "expired", "missed"]
    tones = {**dict.fromkeys(map(str, SEIZED), "good"), "expired": "bad", "missed": "bad"}
    return page.bars(page.due, "due", parts, lambda part: tones.get(part, ""))


def keeping(page: ReportPage, names: Mapping[int, str]) -> list[Keeping]:
    """Each team that promised something, by name; what belongs to no team is last."""
    known = sorted(page.promised_by_team, key=lambda team: (team is None, names.get(team or 0, "")))
    return [_keeping(page, team, names) for team in known]


def _keeping(page: ReportPage, team: int | None, names: Mapping[int, str]) -> Keeping:
    tally = Tally(page.promised_by_team[team], {})
    rate = share(tally.now["kept"], tally.now[""])
    parts = ("", "kept", "kept_late", "broken", "missed")
    figures = tuple(page.figure(tally, "promises", part, team=team or 0) for part in parts)
    name = str(NO_TEAM) if team is None else names.get(team, "")
    return Keeping(name, percent(rate), portion(rate or 0, 1), figures)


def avoided(page: ReportPage) -> list[FigureBar]:
    """By the reason that weighed most, those that occurred."""
    occurred = [str(code) for code in Code if page.avoided.now.get(str(code))]
    return page.bars(page.avoided, "avoided", sorted(occurred, key=lambda code: -page.avoided.now[code]))
