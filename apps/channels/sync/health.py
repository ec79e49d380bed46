"""How every source is doing: a state, since when, and in whose words. `judge` is pure; the rest asks the database.

A source is stale when agents must not take its silence for an answer: what it knows may be newer than what they see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Sum, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.channels.actions import is_asked
from apps.channels.facts import awaits_mapping
from apps.channels.models import SOURCES, Health, HourlyTally, Source, UnreadTally
from apps.channels.sync.circuit_breaker import NO_SENSE
from apps.foundation.cache import Cached
from apps.foundation.db.rows import rows

MISSED_LOOKS = 3  # so many looks may fail before a source is behind
SHORTEST_GRACE = timedelta(minutes=10)
DISCOVERY_GRACE = timedelta(minutes=45)  # the search for new streams comes every ten minutes
COUNTED = 1000  # envelopes in trouble are counted up to here, then said to be "more than"
KEPT = 5.0  # seconds a process remembers which sources are stale

TROUBLES = """
    SELECT s.id, quarantined.n, conflict.n, held.n, unread.n FROM unnest(%s::bigint[]) AS s(id)
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM channels_envelope e
        WHERE e.source_id = s.id AND e.state = 'quarantined' LIMIT %s) AS few) AS quarantined
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM channels_envelope e
        WHERE e.source_id = s.id AND e.state = 'conflict' LIMIT %s) AS few) AS conflict
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM channels_envelope e
        WHERE e.source_id = s.id AND e.state = 'held' LIMIT %s) AS few) AS held
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM channels_envelope e
        WHERE e.source_id = s.id AND e.unread <> '' LIMIT %s) AS few) AS unread
"""


class SourceState(TextChoices):
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    RETRYING = "retrying", _("Trying again")
    BEHIND = "behind", _("Behind")
    SILENT = "silent", _("Silent")
    DENIED = "denied", _("Refused")
    PAUSED = "paused", _("Paused")
    UNMAPPED = "unmapped", _("Needs a mapping")
    OFF = "off", _("Switched off")


STALE = frozenset({SourceState.BEHIND, SourceState.SILENT, SourceState.DENIED, SourceState.PAUSED})
TROUBLED = STALE | {SourceState.RETRYING, SourceState.UNMAPPED}


@dataclass(frozen=True, slots=True)
class StreamVitals:
    """What matters of a `SyncState`."""

    name: str
    last_ok_at: datetime | None = None
    error: str = ""
    denied: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the state of a source follows from. `every` is in seconds, `silent_after` in minutes. `asked`: we go and
    look, rather than being called; `unmapped`: nobody has said what its fields mean; `waiting`: so many files have
    columns that no mapping knows."""

    created_at: datetime
    asked: bool = False
    unmapped: bool = False
    waiting: int = 0
    active: bool = True
    paused_at: datetime | None = None
    pause_reason: str = ""
    every: int = 300
    silent_after: int | None = None
    heard_at: datetime | None = None
    streams: tuple[StreamVitals, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """`since`: until then everything is known (behind, silent, refused), or when the state began (paused). `words` are
    the provider's, or the reason of the pause; `itself`: nobody paused it, it did so by itself."""

    state: SourceState
    since: datetime | None = None
    words: str = ""
    stream: str = ""
    itself: bool = False

    @property
    def stale(self) -> bool:
        return self.state in STALE

    @property
    def troubled(self) -> bool:
        return self.state in TROUBLED


def judge(vitals: Vitals, now: datetime) -> Condition:
    """The one state that matters most: what a person decided, then what the provider says, then what the clock says."""
    return _decided(vitals) or _denied(vitals) or _late(vitals, now) or _passing(vitals)


def _decided(vitals: Vitals) -> Condition | None:
    if not vitals.active:
        return Condition(SourceState.OFF)
    if vitals.paused_at:
        reason = vitals.pause_reason
        return Condition(SourceState.PAUSED, vitals.paused_at, reason, itself=reason.endswith(NO_SENSE))
    return Condition(SourceState.UNMAPPED) if vitals.unmapped else None


def _denied(vitals: Vitals) -> Condition | None:
    denied = next((stream for stream in vitals.streams if stream.denied), None)
    if denied is None:
        return None
    return Condition(SourceState.DENIED, denied.last_ok_at or vitals.heard_at, denied.error, denied.name)


def _late(vitals: Vitals, now: datetime) -> Condition | None:
    late = next(iter(late_streams(vitals, now)), None)
    if late:
        return Condition(SourceState.BEHIND, late.last_ok_at or vitals.created_at, late.error, late.name)
    heard = vitals.heard_at or vitals.created_at
    if vitals.silent_after and now - heard > timedelta(minutes=vitals.silent_after):
        return Condition(SourceState.SILENT, heard)
    return None


def _passing(vitals: Vitals) -> Condition:
    failing = next((stream for stream in vitals.streams if stream.failures and stream.error), None)
    if failing:
        return Condition(SourceState.RETRYING, failing.last_ok_at, failing.error, failing.name)
    if vitals.waiting:
        return Condition(SourceState.UNMAPPED)
    if vitals.heard_at is None and not any(stream.last_ok_at for stream in vitals.streams if stream.name):
        return Condition(SourceState.WAITING)
    return Condition(SourceState.RUNNING)


def late_streams(vitals: Vitals, now: datetime) -> list[StreamVitals]:
    """Streams that were last read to their end too long ago, the one longest ago first."""
    grace = max(timedelta(seconds=vitals.every * MISSED_LOOKS), SHORTEST_GRACE)

    def read(stream: StreamVitals) -> datetime:
        return stream.last_ok_at or vitals.created_at

    def too_late(stream: StreamVitals) -> bool:
        return now - read(stream) > (grace if stream.name else max(grace, DISCOVERY_GRACE))

    return sorted(filter(too_late, vitals.streams), key=read) if vitals.asked else []


def vitals_of(source: Source) -> Vitals:
    """Costs nothing where `health` was selected and `streams` were prefetched along."""
    health: Health | None = getattr(source, "health", None)
    streams = list(source.streams.all())
    return Vitals(
        created_at=source.created_at,
        asked=is_asked(source),
        unmapped=awaits_mapping(source),
        waiting=sum(_waiting(stream.cursor) for stream in streams),
        active=source.active,
        paused_at=source.paused_at,
        pause_reason=source.pause_reason,
        every=source.every,
        silent_after=source.silent_after,
        heard_at=health.heard_at if health else None,
        streams=tuple(
            StreamVitals(stream.stream, stream.last_ok_at, stream.error, stream.denied, stream.failures)
            for stream in streams
        ),
    )


def _waiting(cursor: Any) -> int:
    """How many files of a stream wait for a mapping."""
    noted = cursor.get("waiting") if isinstance(cursor, dict) else None
    return int(noted["count"]) if noted else 0


def with_vitals() -> list[Source]:
    """Every source there is, by name, with what `vitals_of` needs. Two queries."""
    sources = Source.objects.existing().select_related("health").prefetch_related("streams")
    return list(sources.order_by("name", "pk"))


class Troubles(NamedTuple):
    """How many envelopes need somebody, each up to `COUNTED` + 1."""

    quarantined: int = 0
    conflicting: int = 0
    held: int = 0
    unread: int = 0  # a field of them could not be read


def troubles(sources: Sequence[int]) -> dict[int, Troubles]:
    """One query, at most `COUNTED` + 1 index entries for each number."""
    return {pk: Troubles(*counts) for pk, *counts in rows(TROUBLES, list(sources), *[COUNTED + 1] * 4)}


def unread_fields(source: int, since: datetime, most: int) -> list[tuple[str, str, int]]:
    """Place, kind and count of what could not be read, the most frequent first. One query."""
    counted = UnreadTally.objects.filter(source=source, day__gte=since.date()).values_list("place", "kind")
    return list(counted.annotate(times=Sum("count")).order_by("-times", "place", "kind")[:most])


Hours = dict[datetime, tuple[int, int]]  # understood and not, by the hour they arrived in


def tallies(sources: Sequence[int], since: datetime) -> dict[int, Hours]:
    found: dict[int, Hours] = {pk: {} for pk in sources}
    tallied = HourlyTally.objects.filter(source__in=sources, hour__gte=since)
    for pk, hour, understood, refused in tallied.values_list("source", "hour", "understood", "refused"):
        found[pk][hour] = (understood, refused)
    return found


def rate(hours: Hours, now: datetime) -> int:
    """About how many events came in the last sixty minutes: this hour's, and their share of the hour before."""
    this = now.replace(minute=0, second=0, microsecond=0)
    share = 1 - (now - this) / timedelta(hours=1)
    return round(sum(hours.get(this, (0, 0))) + share * sum(hours.get(this - timedelta(hours=1), (0, 0))))


class StaleSource(NamedTuple):
    """A source whose silence is no answer."""

    name: str
    condition: Condition


def stale_among(slugs: Iterable[str]) -> list[StaleSource]:
    """Those of these sources that are stale. Asks the database at most every `KEPT` seconds in a process."""
    stale = _stale_by_slug()
    return [stale[slug] for slug in sorted(set(slugs) & stale.keys())]


def _load_stale() -> dict[str, StaleSource]:
    now = timezone.now()
    judged = {source.slug: StaleSource(source.name, judge(vitals_of(source), now)) for source in with_vitals()}
    return {slug: source for slug, source in judged.items() if source.condition.stale}


_stale_by_slug = Cached(_load_stale, name=SOURCES, seconds=KEPT)
