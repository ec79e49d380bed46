"""The listening desk: what customers say, by theme, product, channel and place; the newest, the loudest, the rising."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.utils.datastructures import MultiValueDict
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.desktop.listening_cards import Cards, cards
from apps.desktop.spark import Spark, spark
from apps.insights import feed
from apps.insights.actions.theming import may_keep_themes, read_share
from apps.insights.days import today
from apps.insights.feed import PERIODS, Choice, Cursor
from apps.insights.models import FeedbackTheme, Theme, ThemeSuggestion
from apps.insights.trends import Days, Rise, Tally, daily, rising, series, total
from apps.interactions.models import Channel, Sentiment

PAGE = 30
THEMES = 200
SUGGESTED = 12
TABS = [("newest", _("Newest")), ("loudest", _("Loudest")), ("rising", _("Rising"))]
PERIOD_WORDS = {7: _("7 days"), 28: _("4 weeks"), 90: _("3 months")}
LISTENERS = frozenset({Role.AGENT, Role.MARKETER, Role.SUPERVISOR, Role.OWNER})


def may_listen(user: User) -> bool:
    """Everybody but store staff, whose shared screens stand among customers."""
    return user.is_active and (user.is_superuser or user.role in LISTENERS)


def may_read(user: User) -> bool:
    """One verbatim: also whoever logged it."""
    return user.is_active


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    tab: str
    choice: Choice

    @classmethod
    def read(cls, values: MultiValueDict[str, str]) -> Self:
        """Whatever is not known is left out."""
        tab, theme, days = values.get("tab", ""), values.get("theme", ""), values.get("days", "")
        channel, sentiment = values.get("channel", ""), values.get("sentiment", "")
        return cls(
            tab if tab in dict(TABS) else "newest",
            Choice(
                days=int(days) if days in {str(one) for one in PERIODS} else 28,
                theme=int(theme) if theme.isdecimal() and len(theme) < 18 else None,
                product=values.get("product", "").replace("\0", "")[:60],
                channel=channel if channel in Channel.values else "",
                place=values.get("place", "").replace("\0", "")[:80],
                sentiment=sentiment if sentiment in Sentiment.values else "",
            ),
        )

    def address(self, **changed: Any) -> str:
        """The query of the same with something else: what is left at its default is left out."""
        tab = changed.pop("tab", self.tab)
        choice = replace(self.choice, **changed)
        told = {"tab": "" if tab == "newest" else tab, "theme": choice.theme, **choice.told(),
                "days": "" if choice.days == 28 else choice.days}  # fmt: skip
        return urlencode({name: value for name, value in told.items() if value})


class Option(NamedTuple):
    """One value of a filter, as a link's query or an `<option>`."""

    value: str
    words: str
    chosen: bool


class ThemeLine(NamedTuple):
    """A theme in the column on the left. `reading`: how much of its past has been read, in percent; 100 is all."""

    pk: int
    name: str
    colour: str
    icon: str
    number: str
    heard: int
    unhappy: str
    drawn: Spark
    address: str
    chosen: bool
    reading: int


class Rising(NamedTuple):
    """A theme that is heard more often than usual, with the numbers that say so."""

    name: str
    colour: str
    icon: str
    recent: int
    usual: str
    z: str
    unhappy: str
    drawn: Spark
    address: str


def feed_page(user: User, asked: Asked, after: Cursor | None) -> tuple[Cards, Cursor | None]:
    """The cards of a page, and where to go on."""
    order = feed.loudest if asked.tab == "loudest" else feed.newest
    places = order(asked.choice, after, PAGE + 1)
    more = places[PAGE - 1] if len(places) > PAGE else None
    return cards(user, [one.pk for one in places[:PAGE]]), more


def page(user: User, asked: Asked) -> dict[str, Any]:
    """What stands around the cards. As many queries whatever there is."""
    themes, days = list(Theme.objects.listed()[:THEMES]), daily(91)
    shown = [_line(asked, theme, days.get(theme.pk, {})) for theme in themes]
    chosen = next((theme for theme in themes if theme.pk == asked.choice.theme), None)
    return {
        "asked": asked,
        "here": asked.address(),
        "tabs": [Option(asked.address(tab=value), str(words), value == asked.tab) for value, words in TABS],
        "periods": [
            Option(asked.address(days=days), str(words), days == asked.choice.days)
            for days, words in PERIOD_WORDS.items()
        ],
        "themes": sorted(shown, key=lambda line: (-line.heard, line.name)),
        "everything": _everything(asked, days.get(None, {})),
        "chosen": chosen,
        "rising": _rising(asked, themes, days) if asked.tab == "rising" else [],
        "filters": _filters(asked.choice),
        "narrowed": bool(asked.choice.told() or asked.choice.theme),
        "plain": asked.address(theme=None, product="", channel="", place="", sentiment=""),
        "may_keep": may_keep_themes(user),
        "reads": any(theme.reread_to for theme in themes),
        "suggestions": suggestions() if may_keep_themes(user) else [],
    }


def theme_options(feedback: int) -> list[Option]:
    """Every theme, and whether this verbatim belongs to it. Two queries."""
    rows = FeedbackTheme.objects.standing().filter(feedback=feedback)
    chosen = set(rows.values_list("theme_id", flat=True))
    return [Option(str(one.pk), one.name, one.pk in chosen) for one in Theme.objects.listed()[:THEMES]]


def suggestions() -> list[ThemeSuggestion]:
    rows = ThemeSuggestion.objects.filter(state=ThemeSuggestion.State.OPEN).order_by("-size", "id")
    return list(rows[:SUGGESTED])


def _filters(choice: Choice) -> dict[str, list[Option]]:
    places, products = (_kept(feed.offered(name), getattr(choice, name)) for name in ("place", "product"))
    return {
        "channel": [Option(value, str(words), value == choice.channel) for value, words in Channel.choices],
        "place": [Option(value, value, value == choice.place) for value in places],
        "product": [Option(value, value, value == choice.product) for value in products],
        "sentiment": [Option(value, str(words), value == choice.sentiment) for value, words in Sentiment.choices],
    }


def _kept(values: Sequence[str], chosen: str) -> Sequence[str]:
    """What is chosen stays offered, also where there are more than are listed."""
    return values if chosen in values or not chosen else [chosen, *values]


def _line(asked: Asked, theme: Theme, days: Days) -> ThemeLine:
    tally = total(days, today(), asked.choice.days)
    chosen = theme.pk == asked.choice.theme
    tab = "newest" if asked.tab == "rising" else asked.tab
    return ThemeLine(
        pk=theme.pk,
        name=theme.name,
        colour=theme.colour,
        icon=theme.icon,
        number=number_format(tally.heard, 0, force_grouping=True),
        heard=tally.heard,
        unhappy=unhappy_words(tally),
        drawn=_drawn(days, asked.choice.days),
        address=asked.address(tab=tab, theme=None if chosen else theme.pk),
        chosen=chosen,
        reading=read_share(theme),
    )


def unhappy_words(tally: Tally) -> str:
    return gettext("%(share)d\u00a0%% unhappy") % {"share": tally.share} if tally.heard else ""


def _everything(asked: Asked, days: Days) -> dict[str, Any]:
    tally = total(days, today(), asked.choice.days)
    tab = "newest" if asked.tab == "rising" else asked.tab
    return {
        "number": number_format(tally.heard, 0, force_grouping=True),
        "unhappy": unhappy_words(tally),
        "drawn": _drawn(days, asked.choice.days),
        "address": asked.address(tab=tab, theme=None),
    }


def _drawn(days: Days, period: int) -> Spark:
    """By the day for a week or four, by the week for three months."""
    step = 7 if period > 28 else 1
    values = [one.heard for one in series(days, today(), 91 if step == 7 else period, step)]
    each = gettext("by the week") if step == 7 else gettext("by the day")
    return spark(values, f"{each}: {', '.join(map(str, values))}")


def _rising(asked: Asked, themes: Sequence[Theme], days: Mapping[int | None, Days]) -> list[Rising]:
    named = {theme.pk: theme for theme in themes}
    return [_rise(asked, named[one.theme], one, days.get(one.theme, {})) for one in rising(days, list(named))]


def _rise(asked: Asked, theme: Theme, one: Rise, days: Days) -> Rising:
    values = [tally.heard for tally in series(days, today(), 35)]
    return Rising(
        theme.name,
        theme.colour,
        theme.icon,
        one.recent,
        number_format(round(one.usual, 1), 1),
        number_format(round(one.z, 1), 1),
        unhappy_words(total(days, today(), 7)),
        spark(values, gettext("by the day, five weeks: %(counts)s") % {"counts": ", ".join(map(str, values))}),
        asked.address(tab="newest", theme=theme.pk, days=7),
    )
