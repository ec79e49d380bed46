"""Browsing, folded as it is written: one row for a visit, however many pages it has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from apps.foundation.db.locks import hold_all
from apps.foundation.db.rows import recordset, rows
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import VISIT

PAUSE = timedelta(minutes=30)  # a longer silence ends a visit, as web analytics has it
LONGEST = timedelta(hours=24)
PAGES_KEPT = 20  # the newest; the count goes on


@dataclass
class Visit:
    """Pages of one profile without a pause between them."""

    profile: int
    touches: list[InteractionDraft] = field(default_factory=list)

    @property
    def starts(self) -> datetime:
        return self.touches[0].occurred_at

    @property
    def ends(self) -> datetime:
        return self.touches[-1].occurred_at

    def pages(self) -> list[dict[str, str]]:
        return [
            {
                "title": touch.page.title,
                "url": touch.page.url,
                "at": touch.occurred_at.astimezone(UTC).isoformat(),
            }
            for touch in self.touches
            if touch.page
        ]


def fold(source_touches: Iterable[tuple[int, str, InteractionDraft]]) -> None:
    """Add page views, as (profile id, source, touch), to the visit they continue or to a new one.

    Each view must come once: its envelope sees to that. The profiles' browsing is locked, so that two workers do not
    open two visits for one session; not their rows, which resolving somebody else may hold.
    """
    source_touches = list(source_touches)
    hold_all(f"visit {profile}" for profile, _source, _touch in source_touches)
    for source, touches in groupby(sorted(source_touches, key=itemgetter(1, 0)), key=itemgetter(1)):
        visits = _sessions([(profile, touch) for profile, _source, touch in touches])
        begun = _begun(visits)
        _continue([(begun[index], visit) for index, visit in enumerate(visits) if index in begun])
        _begin(source, [visit for index, visit in enumerate(visits) if index not in begun])


def _sessions(touches: list[tuple[int, InteractionDraft]]) -> list[Visit]:
    visits: list[Visit] = []
    for profile, touch in sorted(touches, key=lambda row: (row[0], row[1].occurred_at)):
        last = visits[-1] if visits else None
        if last is None or last.profile != profile or touch.occurred_at - last.ends > PAUSE:
            last = Visit(profile)
            visits.append(last)
        last.touches.append(touch)
    return visits


def _begun(visits: list[Visit]) -> dict[int, tuple[int, dict[str, Any]]]:
    """For each visit (by its place in the list) the row it continues: id and payload."""
    wanted = [
        {
            "place": place,
            "profile": v.profile,
            "starts": v.starts - PAUSE,
            "ends": v.ends + PAUSE,
            "floor": v.starts - LONGEST,
        }
        for place, v in enumerate(visits)
    ]
    found = rows(
        """
        SELECT w.place, i.id, i.payload::text
        FROM json_to_recordset(%s)
          AS w(place int, profile bigint, starts timestamptz, ends timestamptz, floor timestamptz)
        CROSS JOIN LATERAL (
            SELECT id, payload FROM interactions_interaction
            WHERE profile_id = w.profile AND occurred_at BETWEEN w.floor AND w.ends AND kind = %s
              AND ended_at >= w.starts
            ORDER BY occurred_at DESC, id DESC LIMIT 1
        ) i
        """,
        recordset(wanted),
        VISIT,
    )
    return {place: (pk, orjson.loads(payload)) for place, pk, payload in found}


def _continue(visits: list[tuple[tuple[int, dict[str, Any]], Visit]]) -> None:
    grown: dict[int, dict[str, Any]] = {}
    for (pk, payload), visit in visits:
        before = grown[pk]["payload"] if pk in grown else payload
        pages = sorted([*before["pages"], *visit.pages()], key=lambda page: str(page["at"]))
        earlier = grown.get(pk, {"starts": visit.starts, "ends": visit.ends})
        grown[pk] = {
            "id": pk,
            "starts": min(earlier["starts"], visit.starts),
            "ends": max(earlier["ends"], visit.ends),
            "payload": {"pages": pages[-PAGES_KEPT:], "count": before["count"] + len(visit.touches)},
        }
    if grown:
        rows(
            """
            UPDATE interactions_interaction i
            SET occurred_at = LEAST(i.occurred_at, g.starts), ended_at = GREATEST(i.ended_at, g.ends),
                payload = g.payload
            FROM json_to_recordset(%s) AS g(id bigint, starts timestamptz, ends timestamptz, payload jsonb)
            WHERE i.id = g.id
            """,
            recordset(list(grown.values())),
        )


def _begin(source: str, visits: list[Visit]) -> None:
    begun = [
        {
            "profile_id": visit.profile,
            "occurred_at": visit.starts,
            "ended_at": visit.ends,
            "channel": visit.touches[0].channel,
            "title": visit.pages()[0]["title"][:200],
            "touchpoint": visit.touches[0].touchpoint[:80],
            "source": source,
            "external_id": f"visit:{visit.touches[0].external_id}"[:200],
            "payload": {"pages": visit.pages()[-PAGES_KEPT:], "count": len(visit.touches)},
        }
        for visit in visits
    ]
    if begun:
        rows(
            f"""
            INSERT INTO interactions_interaction (
                profile_id, occurred_at, recorded_at, ended_at, channel, kind, direction, title, body, verbatim,
                sentiment, currency, touchpoint, staff_name, reference, thread, source, external_id, payload)
            SELECT profile_id, occurred_at, now(), ended_at, channel, '{VISIT}', 'inbound', title, '', '',
                '', '', touchpoint, '', '', '', source, external_id, payload
            FROM json_to_recordset(%s) AS n(
                profile_id bigint, occurred_at timestamptz, ended_at timestamptz, channel text, title text,
                touchpoint text, source text, external_id text, payload jsonb)
            ON CONFLICT (source, external_id) DO NOTHING
            """,  # noqa: S608 - a constant of ours
            recordset(begun),
        )
