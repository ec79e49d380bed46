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
from apps.desktop.listening.cards import VerbatimCards, cards
from apps.foundation.charts import Sparkline, sparkline
from apps.insights.calendar import today
from apps.insights.feedback import feed
from apps.insights.feedback.feed import PERIODS, FeedbackFilter, FeedCursor
from apps.insights.models import FeedbackTheme, Theme, ThemeSuggestion
from apps.insights.themes.actions import may_keep_themes, read_share
from apps.insights.themes.trends import Days, MentionCount, Rise, daily, rising, series, total
from apps.interactions.models import Channel, Sentiment

PAGE = 30
THEMES = 200
SUGGESTED = 12
TABS = [("newest", _("Newest")), ("loudest", _("Most severe")), ("rising", _("Rising"))]
PERIOD_WORDS = {7: _("7 days"), 28: _("4 weeks"), 90: _("3 months")}
LISTENERS = frozenset({Role.AGENT, Role.MARKETER, Role.SUPERVISOR, Role.OWNER})


def may_listen(user: User) -> bool:
    """Everybody but store staff, whose shared screens stand among customers."""
    return user.is_active and (user.is_superuser or user.role in LISTENERS)


def may_read(user: User) -> bool:
    """One verbatim: also whoever logged it."""
    return user.is_active


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """What the address asks for."""

    tab: str
    choice: FeedbackFilter

    @classmethod
    def read(cls, values: MultiValueDict[str, str]) -> Self:
        """Whatever is not known is left out."""
        tab, theme, days = values.get("tab", ""), values.get("theme", ""), values.get("days", "")
        channel, sentiment = values.get("channel", ""), values.get("sentiment", "")
        return cls(
            tab if tab in dict(TABS) else "newest",
            FeedbackFilter(
                days=int(days) if days in set(map(str, PERIODS)) else 28,
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
        tab, days = "" if tab == "newest" else tab, "" if choice.days == 28 else choice.days
        given = {"tab": tab, "theme": choice.theme, **choice.equalities(), "days": days}
        return urlencode({name: value for name, value in given.items() if value})

    def unfiltered(self) -> str:
        """The query of the same with everything that anybody said."""
        return self.address(theme=None, product="", channel="", place="", sentiment="")

    @property
    def narrowed(self) -> bool:
        return bool(self.choice.equalities() or self.choice.theme)


class Option(NamedTuple):
    """A value of a filter, as a link's query or an `<option>`."""

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
    mentions: int
    unhappy: str
    drawn: Sparkline
    address: str
    chosen: bool
    reading: int


class RisingTheme(NamedTuple):
    """A theme that is mentioned more often than usual, with the numbers that say so."""

    name: str
    colour: str
    icon: str
    recent: int
    usual: str
    z: str
    unhappy: str
    drawn: Sparkline
    address: str


def feed_page(user: User, asked: FeedQuery, after: FeedCursor | None) -> tuple[VerbatimCards, FeedCursor | None]:
    """The cards of a page, and where to go on."""
    order = feed.loudest if asked.tab == "loudest" else feed.newest
    places = order(asked.choice, after, PAGE + 1)
    more = places[PAGE - 1] if len(places) > PAGE else None
    return cards(user, [place.pk for place in places[:PAGE]]), more


def page(user: User, asked: FeedQuery) -> dict[str, Any]:
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
        "themes": sorted(shown, key=lambda line: (-line.mentions, line.name)),
        "everything": _everything(asked, days.get(None, {})),
        "chosen": chosen,
        "rising": _rising(asked, themes, days) if asked.tab == "rising" else [],
        "filters": _filters(asked.choice),
        "narrowed": asked.narrowed,
        "plain": asked.unfiltered(),
        "may_keep": may_keep_themes(user),
        "reads": any(theme.reread_to for theme in themes),
        "suggestions": suggestions() if may_keep_themes(user) else [],
    }


def theme_options(feedback: int) -> list[Option]:
    """Every theme, and whether this verbatim belongs to it. Two queries."""
    rows = FeedbackTheme.objects.standing().filter(feedback=feedback)
    chosen = set(rows.values_list("theme_id", flat=True))
    return [Option(str(theme.pk), theme.name, theme.pk in chosen) for theme in Theme.objects.listed()[:THEMES]]


def suggestions() -> list[ThemeSuggestion]:
    rows = ThemeSuggestion.objects.filter(state=ThemeSuggestion.State.OPEN).order_by("-size", "id")
    return list(rows[:SUGGESTED])


def _filters(choice: FeedbackFilter) -> dict[str, list[Option]]:
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


def _line(asked: FeedQuery, theme: Theme, days: Days) -> ThemeLine:
    count = total(days, today(), asked.choice.days)
    chosen = theme.pk == asked.choice.theme
    tab = "newest" if asked.tab == "rising" else asked.tab
    return ThemeLine(
        pk=theme.pk,
        name=theme.name,
        colour=theme.colour,
        icon=theme.icon,
        number=number_format(count.mentions, 0, force_grouping=True),
        mentions=count.mentions,
        unhappy=unhappy_words(count),
        drawn=_drawn(days, asked.choice.days),
        address=asked.address(tab=tab, theme=None if chosen else theme.pk),
        chosen=chosen,
        reading=read_share(theme),
    )


def unhappy_words(count: MentionCount) -> str:
    return gettext("%(share)d\u00a0%% unhappy") % {"share": count.share} if count.mentions else ""


def _everything(asked: FeedQuery, days: Days) -> dict[str, Any]:
    count = total(days, today(), asked.choice.days)
    tab = "newest" if asked.tab == "rising" else asked.tab
    return {
        "number": number_format(count.mentions, 0, force_grouping=True),
        "unhappy": unhappy_words(count),
        "drawn": _drawn(days, asked.choice.days),
        "address": asked.address(tab=tab, theme=None),
    }


def _drawn(days: Days, period: int) -> Sparkline:
    """By the day for a week or four, by the week for three months."""
    step = 7 if period > 28 else 1
    values = [count.mentions for count in series(days, today(), 91 if step == 7 else period, step)]
    each = gettext("by the week") if step == 7 else gettext("by the day")
    return sparkline(values, f"{each}: {', '.join(map(str, values))}")


def _rising(asked: FeedQuery, themes: Sequence[Theme], days: Mapping[int | None, Days]) -> list[RisingTheme]:
    named = {theme.pk: theme for theme in themes}
    return [_rise(asked, named[rise.theme], rise, days.get(rise.theme, {})) for rise in rising(days, list(named))]


def _rise(asked: FeedQuery, theme: Theme, rise: Rise, days: Days) -> RisingTheme:
    values = [count.mentions for count in series(days, today(), 35)]
    return RisingTheme(
        theme.name,
        theme.colour,
        theme.icon,
        rise.recent,
        number_format(round(rise.usual, 1), 1),
        number_format(round(rise.z, 1), 1),
        unhappy_words(total(days, today(), 7)),
        sparkline(values, gettext("by the day, five weeks: %(counts)s") % {"counts": ", ".join(map(str, values))}),
        asked.address(tab="newest", theme=theme.pk, days=7),
    )
