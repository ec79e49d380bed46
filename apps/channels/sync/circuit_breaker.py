"""What became of a source's events, and the source that pauses itself when too many of them make no sense: written
once a batch, in its transaction, as the last thing it does."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.channels.marks import UnreadField
from apps.channels.models import SOURCES, Health, Source
from apps.foundation.cache import invalidate
from apps.foundation.db.rows import recordset, rows

log = structlog.get_logger(__name__)

WINDOW = 100  # events whose outcome is remembered
MOST_REFUSED = 20  # of them; above, the source pauses itself
MOST_DRIFT = 50  # unknown fields that are counted
MOST_UNREAD = 200  # fields of a source and day that could not be read and are counted by name
NO_SENSE = "events made no sense."  # how the reason ends where a source paused itself

HEALTH = """
    INSERT INTO channels_health AS h (source_id, outcomes, heard_at, happened_until, drift, tokens)
    SELECT source, right(outcomes, 100), heard_at, happened_until, '{}', 0 FROM json_to_recordset(%s)
      AS n(source bigint, outcomes text, heard_at timestamptz, happened_until timestamptz)
    ORDER BY source
    ON CONFLICT (source_id) DO UPDATE SET
        outcomes = right(h.outcomes || EXCLUDED.outcomes, 100),
        heard_at = GREATEST(h.heard_at, EXCLUDED.heard_at),
        happened_until = GREATEST(h.happened_until, EXCLUDED.happened_until)
    RETURNING source_id, outcomes
"""
TALLY = """
    INSERT INTO channels_hourlytally AS t (source_id, hour, understood, refused)
    SELECT source, date_trunc('hour', now(), 'UTC'), understood, refused FROM json_to_recordset(%s)
      AS n(source bigint, understood int, refused int)
    ORDER BY source
    ON CONFLICT (source_id, hour) DO UPDATE SET
        understood = t.understood + EXCLUDED.understood, refused = t.refused + EXCLUDED.refused
"""
# Fields beyond those that are counted of a source and day share one line: a sender may make up names for ever.
UNREAD = """
    INSERT INTO channels_unreadtally AS t (source_id, day, place, kind, count)
    SELECT source, (now() AT TIME ZONE 'UTC')::date, counted, kind, sum(n.count) FROM json_to_recordset(%s)
      AS n(source bigint, place text, kind text, count int)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) < %s OR bool_or(u.place = n.place) THEN n.place ELSE '' END
        FROM channels_unreadtally u
        WHERE u.source_id = n.source AND u.day = (now() AT TIME ZONE 'UTC')::date
    ) AS c(counted)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (source_id, day, place, kind) DO UPDATE SET count = t.count + EXCLUDED.count
"""


@dataclass(slots=True)
class Outcomes:
    """What became of the events of one source in one batch. `marks` has one for each, in their order: `.` for what was
    understood, `x` for what made no sense, `-` for what is about nobody."""

    marks: list[str] = field(default_factory=list)
    heard_at: datetime | None = None
    happened_until: datetime | None = None
    unknown: dict[str, int] = field(default_factory=dict)
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)

    def understood(self, heard_at: datetime, happened_at: datetime | None) -> None:
        self.marks.append(".")
        self.heard_at = max(self.heard_at or heard_at, heard_at)
        if happened_at:
            self.happened_until = max(self.happened_until or happened_at, happened_at)

    def refused(self, heard_at: datetime) -> None:
        self.marks.append("x")
        self.heard_at = max(self.heard_at or heard_at, heard_at)

    def marked(self, fields: Iterable[UnreadField]) -> None:
        self.unread.update((unread.place, unread.kind) for unread in fields)

    def nameless(self, heard_at: datetime) -> None:
        self.marks.append("-")
        self.heard_at = max(self.heard_at or heard_at, heard_at)

    def drifted(self, fields: Iterable[str]) -> None:
        for name in fields:
            self.unknown[name] = self.unknown.get(name, 0) + 1


def count_outcomes(outcomes: Mapping[int, Outcomes]) -> None:
    """Keep what became of a batch, by source. A source that too often makes no sense pauses itself."""
    tallies = [
        {
            "source": source,
            "outcomes": "".join(counted.marks),
            "heard_at": counted.heard_at,
            "happened_until": counted.happened_until,
            "understood": counted.marks.count("."),
            "refused": counted.marks.count("x"),
        }
        for source, counted in outcomes.items()
        if counted.marks
    ]
    if not tallies:
        return
    rows(TALLY, recordset(tallies))
    latest: dict[int, str] = dict(rows(HEALTH, recordset(tallies)))
    _count_unread(outcomes)
    for source, counted in outcomes.items():
        if counted.unknown:
            _note_drift(source, counted.unknown)
        refused = latest.get(source, "").count("x")
        if "x" in counted.marks and refused > MOST_REFUSED:
            _pause_itself(source, refused, len(latest[source]))


def _count_unread(outcomes: Mapping[int, Outcomes]) -> None:
    found = [
        {"source": source, "place": place, "kind": kind, "count": count}
        for source, counted in outcomes.items()
        for (place, kind), count in counted.unread.items()
    ]
    if found:
        rows(UNREAD, recordset(found), MOST_UNREAD)


def _note_drift(source: int, unknown: Mapping[str, int]) -> None:
    """The row is ours already: `HEALTH` has just written it."""
    drift: dict[str, list[Any]] = Health.objects.values_list("drift", flat=True).get(pk=source)
    for name, times in unknown.items():
        if name in drift or len(drift) < MOST_DRIFT:
            count, since = drift.get(name, (0, timezone.now().isoformat()))
            drift[name] = [count + times, since]
    Health.objects.filter(pk=source).update(drift=drift)


def _pause_itself(source: int, refused: int, among: int) -> None:
    reason = f"{refused} of the latest {among} {NO_SENSE}"
    paused = Source.objects.filter(pk=source, paused_at=None).update(paused_at=timezone.now(), pause_reason=reason)
    if paused:
        log.warning("source.paused_itself", source=source, refused=refused)
        invalidate(SOURCES)
        audit(None, "source.pause", source=Source.objects.values_list("slug", flat=True).get(pk=source), reason=reason)


@transaction.atomic
def pause(*, actor: User | None, source: Source, reason: str = "") -> bool:
    """What arrives from now on is kept and held back. Whether it was running until now."""
    paused = Source.objects.filter(pk=source.pk, paused_at=None).update(
        paused_at=timezone.now(), pause_reason=reason[:300]
    )
    if paused:
        invalidate(SOURCES)
        audit(actor, "source.pause", source=source.slug, reason=reason[:300])
    return bool(paused)


@transaction.atomic
def resume(*, actor: User | None, source: Source) -> bool:
    """Go on, with what was held back first (`process.release`). Whether it was paused until now."""
    resumed = Source.objects.filter(pk=source.pk).exclude(paused_at=None).update(paused_at=None, pause_reason="")
    Health.objects.filter(pk=source.pk).update(outcomes="")
    if resumed:
        invalidate(SOURCES)
        audit(actor, "source.resume", source=source.slug)
    return bool(resumed)
