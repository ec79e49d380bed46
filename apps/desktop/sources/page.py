"""Sources as they are shown: every string made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import Words
from apps.channels.models import Source, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync import health
from apps.channels.sync.health import COUNTED, Condition, SourceState, Troubles
from apps.desktop.customer.profile import ago
from apps.desktop.sources.chart import hourly
from apps.foundation.charts import BarChart

LISTED_HOURS, SHOWN_HOURS = 24, 48
STALE_SHOWN = 3  # sources named above a story; the rest are counted

LOOKS: dict[SourceState, tuple[str, str]] = {  # tone and icon
    SourceState.RUNNING: ("good", "circle-check"),
    SourceState.WAITING: ("quiet", "hourglass"),
    SourceState.RETRYING: ("warn", "refresh-cw"),
    SourceState.BEHIND: ("warn", "clock"),
    SourceState.SILENT: ("warn", "bell-off"),
    SourceState.DENIED: ("bad", "ban"),
    SourceState.PAUSED: ("warn", "circle-pause"),
    SourceState.UNMAPPED: ("warn", "table-properties"),
    SourceState.OFF: ("quiet", "power-off"),
}
SEVERITY = {"bad": 0, "warn": 1, "good": 2, "quiet": 3}
ADVICE: dict[SourceState, Words] = {
    SourceState.WAITING: _("Nothing has come yet. The first event appears here by itself."),
    SourceState.RETRYING: _("It is tried again by itself, less and less often. If it lasts, look at the settings."),
    SourceState.BEHIND: _(
        "It was not read to its end for a while. If it says no reason, the workers may be down or busy."
    ),
    SourceState.SILENT: _(
        "It usually says more. Ask whoever runs it whether it still knows our address and its secret."
    ),
    SourceState.DENIED: _(
        "Put right what the provider complains about, in the settings or at its end, then press Sync now."
    ),
    SourceState.PAUSED: _(
        "What arrives meanwhile is kept and held back. Resume, and it goes on from where it stopped."
    ),
    SourceState.UNMAPPED: _("Say what its fields mean. What comes until then waits, and is read once you have."),
    SourceState.OFF: _("What it sends is turned away and is lost, unless it sends it again later."),
}
ITSELF = _("Look below at what was not understood and put it right, then resume. What arrives meanwhile is kept.")


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """A backfill under way; `percent` is empty where its end is not known."""

    percent: str
    words: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in the list. `tone` is `good`, `warn`, `bad` or `quiet`; `sentence` says the state in words."""

    slug: str
    name: str
    kind: str
    icon: str
    tone: str
    state_icon: str
    label: str
    sentence: str
    last: str
    rate: str
    quarantined: str
    unread: str
    next: str
    asked: bool
    runs: bool
    troubled: bool
    paused: bool
    chart: BarChart
    progress: BackfillProgress | None


def kind_words(source: Source) -> tuple[str, str]:
    """Name and icon of a source's kind; one that only a newer version of us knows has neither."""
    connector = CONNECTORS.get(source.kind)
    return (str(connector.about.name), connector.about.icon) if connector else (source.kind, "plug")


def lines() -> list[SourceLine]:
    """Every source there is, those in trouble first. Four queries, whatever their number."""
    now = timezone.now()
    sources = health.with_vitals()
    ids = [source.pk for source in sources]
    troubles, tallies = health.troubles(ids), health.tallies(ids, now - timedelta(hours=LISTED_HOURS))
    made = [_line(source, troubles[source.pk], tallies[source.pk], now) for source in sources]
    return sorted(made, key=lambda line: (SEVERITY[line.tone], not line.quarantined, line.name.lower()))


def _line(source: Source, troubles: Troubles, hours: health.Hours, now: datetime) -> SourceLine:
    vitals = health.vitals_of(source)
    condition = health.judge(vitals, now)
    tone, icon, label = appearance(condition)
    kind, kind_icon = kind_words(source)
    runs = source.active and not source.paused_at
    return SourceLine(
        slug=source.slug,
        name=source.name,
        kind=kind,
        icon=kind_icon,
        tone=tone,
        state_icon=icon,
        label=label,
        sentence=sentence(condition, now),
        last=ago(vitals.heard_at) if vitals.heard_at else "",
        rate=number_format(health.rate(hours, now), 0, force_grouping=True),
        quarantined=bounded(troubles.quarantined) if troubles.quarantined else "",
        unread=bounded(troubles.unread) if troubles.unread else "",
        next=_next(source, vitals.asked and runs, now),
        asked=vitals.asked,
        runs=runs,
        troubled=condition.troubled or bool(troubles.quarantined),
        paused=source.paused_at is not None,
        chart=hourly(hours, now, LISTED_HOURS),
        progress=progress(list(source.streams.all())),
    )


def appearance(condition: Condition) -> tuple[str, str, str]:
    """Tone, icon and word of a state."""
    tone, icon = LOOKS[condition.state]
    if condition.itself:
        return "bad", icon, gettext("Auto-paused")
    return tone, icon, str(condition.state.label)


def sentence(condition: Condition, now: datetime) -> str:
    """What a person should know beyond the word: how far behind, and the reason in its own words."""
    behind = span(now - condition.since) if condition.since else ""
    began = gettext("For %(time)s") % {"time": behind}
    if condition.since and now - condition.since < timedelta(minutes=1):
        began = gettext("Just now")
    said = {
        SourceState.BEHIND: gettext("%(time)s behind") % {"time": behind},
        SourceState.SILENT: gettext("Nothing for %(time)s") % {"time": behind},
        SourceState.PAUSED: began,
    }.get(condition.state, "")
    return ": ".join(part for part in (said, condition.words) if part)


def advice(condition: Condition) -> str:
    return str(ITSELF if condition.itself else ADVICE.get(condition.state, ""))


def _next(source: Source, looked_at: bool, now: datetime) -> str:
    """When a source that is asked is looked at again."""
    streams = list(source.streams.all()) if looked_at else []
    due = min((stream.next_at for stream in streams), default=None)
    if due is None:
        return ""
    if any(stream.leased_until and stream.leased_until > now for stream in streams):
        return gettext("reading now")
    return gettext("in %(time)s") % {"time": span(due - now)} if due > now else gettext("now")


def progress(streams: Sequence[SyncState]) -> BackfillProgress | None:
    """Of all backfills together. Streams count in units of their own (mails, bytes): each weighs the same."""
    under_way = [stream for stream in streams if stream.backfill_since]
    if not under_way:
        return None
    shares = [min(1.0, stream.backfill_done / stream.backfill_total) for stream in under_way if stream.backfill_total]
    events = sum(stream.backfill_events for stream in under_way)
    since = min(stream.backfill_since for stream in under_way if stream.backfill_since)
    words = ngettext("%(count)s event since %(day)s", "%(count)s events since %(day)s", events) % {
        "count": number_format(events, 0, force_grouping=True),
        "day": date_format(timezone.localtime(since), "SHORT_DATE_FORMAT"),
    }
    whole = len(shares) == len(under_way)
    return BackfillProgress(str(round(100 * sum(shares) / len(shares))) if whole else "", words)


def bounded(count: int) -> str:
    return f"{number_format(COUNTED, 0, force_grouping=True)}+" if count > COUNTED else str(count)


def span(time: timedelta) -> str:
    """“40 s”, “12 min”, “3 h”, “2 days”: one unit, rounded down."""
    seconds = max(0, int(time.total_seconds()))
    if seconds < 60:
        return gettext("%(count)d s") % {"count": seconds}
    if seconds < 3600:
        return gettext("%(count)d min") % {"count": seconds // 60}
    if seconds < 2 * 86400:
        return gettext("%(count)d h") % {"count": seconds // 3600}
    return ngettext("%(count)d day", "%(count)d days", seconds // 86400) % {"count": seconds // 86400}


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands above a story: sources that may know more, and how many others there are."""

    lines: tuple[tuple[str, str], ...]
    more: int


def missing(slugs: frozenset[str]) -> Missing | None:
    """No query on most calls: `health.stale_among` remembers."""
    stale = health.stale_among(slugs)
    if not stale:
        return None
    now = timezone.now()
    named = tuple((source.name, _missing(source.condition, now)) for source in stale[:STALE_SHOWN])
    return Missing(named, max(0, len(stale) - STALE_SHOWN))


def _missing(condition: Condition, now: datetime) -> str:
    if condition.since is None:
        return gettext("nothing has come yet")
    local = timezone.localtime(condition.since)
    when = date_format(local, "TIME_FORMAT" if local.date() == timezone.localdate() else "SHORT_DATETIME_FORMAT")
    return gettext("nothing since %(when)s (%(time)s behind)") % {"when": when, "time": span(now - condition.since)}
