"""A week in the customers' words, as figures and ids of verbatims: what a digest holds. It has no words in it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from apps.insights.calendar import beginning, monday_of
from apps.insights.models import Feedback, Theme
from apps.insights.themes.trends import RECENT, MentionCount, Rise, daily, rising, series, total
from apps.interactions.models import FollowUp, Sentiment

THEMES, PLACES, LOUDEST = 8, 8, 5
UNHAPPY = Count("pk", filter=Q(sentiment=Sentiment.NEGATIVE))
BACK = 91  # days that are counted up to the last of the week: thirteen weeks


def week_content(week: str) -> dict[str, Any]:
    """Figures of one ISO week: nine queries, each over that week or over the daily counts.

    `weeks` are thirteen counts, this week's last; `days` seven [mentions, unhappy]; `themes` the most mentioned, with
    the week before; `rising` those above their usual; `loudest` ids of Feedback; `channels`, `places` [name, mentions,
    unhappy]; `promises` what was promised in the conversations of that week and what came of it.
    """
    monday = monday_of(week)
    sunday = monday + timedelta(days=6)
    since, until = beginning(monday), beginning(sunday + timedelta(days=1))
    found, names = daily(BACK, sunday), dict(Theme.objects.listed().values_list("pk", "name"))
    everything, before = found.get(None, {}), sunday - timedelta(days=RECENT)
    this = total(everything, sunday, RECENT)
    return {
        "week": week,
        "mentions": this.mentions,
        "unhappy": this.unhappy,
        "before": total(everything, before, RECENT).mentions,
        "weeks": [count.mentions for count in series(everything, sunday, BACK, RECENT)],
        "days": [list(everything.get(monday + timedelta(days=number), MentionCount())) for number in range(7)],
        "themes": _themes(found, names, sunday),
        "rising": [_rise(names, rise) for rise in rising(found, list(names), sunday)],
        "loudest": _loudest(since, until),
        "channels": _by("channel", since, until, 14),
        "places": _by("place", since, until, PLACES),
        "promises": _promises(since, until),
    }


def _rise(names: dict[int, str], rise: Rise) -> dict[str, Any]:
    return {
        "name": names[rise.theme],
        "theme": rise.theme,
        "mentions": rise.recent,
        "usual": round(rise.usual, 1),
        "z": round(rise.z, 1),
    }


def _themes(found: Any, names: dict[int, str], sunday: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for theme, name in names.items():
        this = total(found.get(theme, {}), sunday, RECENT)
        last = total(found.get(theme, {}), sunday - timedelta(days=RECENT), RECENT)
        if this.mentions:
            counts = {"mentions": this.mentions, "unhappy": this.unhappy, "before": last.mentions}
            rows.append({"name": name, "theme": theme, **counts})
    return sorted(rows, key=lambda row: (-row["mentions"], row["name"]))[:THEMES]


def _within(since: datetime, until: datetime) -> Any:
    return Feedback.objects.filter(said_at__gte=since, said_at__lt=until)


def _loudest(since: datetime, until: datetime) -> list[int]:
    loud = _within(since, until).order_by("-loudness", "-said_at", "-id")
    return list(loud.values_list("pk", flat=True)[:LOUDEST])


def _by(field: str, since: datetime, until: datetime, most: int) -> list[list[Any]]:
    rows = _within(since, until).exclude(**{field: ""}).values(field).annotate(mentions=Count("pk"), unhappy=UNHAPPY)
    return [[row[field], row["mentions"], row["unhappy"]] for row in rows.order_by("-mentions", field)[:most]]


def _promises(since: datetime, until: datetime) -> dict[str, int]:
    made = FollowUp.objects.filter(interaction__feedback__said_at__gte=since, interaction__feedback__said_at__lt=until)
    counted = dict(made.values_list("state").annotate(number=Count("pk")))
    return {state: counted.get(state, 0) for state in FollowUp.State.values} | {"made": sum(counted.values())}
