"""One source, as its page shows it: how it is doing, and what stands beside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from apps.channels.actions import is_asked
from apps.channels.contract import Secret
from apps.channels.models import Source, SyncRun, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync import health
from apps.desktop.customer.profile import ago
from apps.desktop.sources.addresses import address_of, steps
from apps.desktop.sources.chart import hourly
from apps.desktop.sources.events import reasons
from apps.desktop.sources.forms import BackfillForm, RemovalForm
from apps.desktop.sources.marks import masked_lines, unread_lines
from apps.desktop.sources.page import (
    SHOWN_HOURS,
    BackfillProgress,
    advice,
    appearance,
    bounded,
    kind_words,
    progress,
    sentence,
    span,
)
from apps.desktop.sources.unknown_files import waiting_files

KEYS, RUNS, STREAMS, DRIFTING = 6, 6, 50, 30
NO_SECRET: dict[str, Any] = {"made": "", "example": "", "pasted": False, "missing": False}
NOT_ASKED: dict[str, Any] = {"streams": [], "more_streams": False, "runs": []}
UNKNOWN: dict[str, Any] = {
    "unknown_kind": True,
    "asked": False,
    "address": "",
    "steps": [],
    "keys": [],
    "drift": [],
    "mapped": False,
    "theirs": False,
    "has_secret": False,
}


def condition_of(source: Source) -> dict[str, Any]:
    """The state, what to do about it, the chart, what was not understood, what could not be read, ids that were masked,
    and files that wait for a mapping. Seven queries, two more where something could not, and two where files
    are explained."""
    now = timezone.now()
    vitals = health.vitals_of(source)
    condition = health.judge(vitals, now)
    tone, icon, label = appearance(condition)
    troubles = health.troubles([source.pk])[source.pk]
    waiting = waiting_files(source)
    hours = health.tallies([source.pk], now - timedelta(hours=SHOWN_HOURS))[source.pk]
    return {
        "source": source,
        "tone": tone,
        "state_icon": icon,
        "label": label,
        "sentence": sentence(condition, now),
        "stream": condition.stream,
        "advice": advice(condition),
        "unmapped": vitals.unmapped and not waiting,
        "waiting": waiting,
        "asked": vitals.asked,
        "last": ago(vitals.heard_at) if vitals.heard_at else "",
        "rate": number_format(health.rate(hours, now), 0, force_grouping=True),
        "chart": hourly(hours, now, SHOWN_HOURS),
        "quarantined": bounded(troubles.quarantined) if troubles.quarantined else "",
        "conflicting": bounded(troubles.conflicting) if troubles.conflicting else "",
        "held": bounded(troubles.held) if troubles.held else "",
        "reasons": reasons(source) if troubles.quarantined else [],
        "unread": unread_lines(source),
        "masked": masked_lines(source),
    }


@dataclass(frozen=True, slots=True)
class StreamLine:
    name: str
    tone: str
    read: str
    next: str
    error: str
    missed: str
    progress: BackfillProgress | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """One reading, in a line."""

    when: str
    stream: str
    words: str
    tone: str
    error: str


def streams_of(source: Source) -> dict[str, Any]:
    """What there is to read of a source that is asked, and its latest readings. Two queries."""
    now = timezone.now()
    found = list(SyncState.objects.filter(source=source).order_by("stream")[: STREAMS + 1])
    named = [stream for stream in found if stream.stream] or found
    late = {stream.name for stream in health.late_streams(health.vitals_of(source), now)}
    runs = SyncRun.objects.filter(source=source).exclude(stream="").order_by("-id")[:RUNS]
    return {
        "source": source,
        "streams": [_stream(stream, now, late=stream.stream in late) for stream in named[:STREAMS]],
        "more_streams": len(named) > STREAMS,
        "runs": [_run(run) for run in runs],
    }


def _stream(stream: SyncState, now: datetime, *, late: bool) -> StreamLine:
    missed = ngettext(
        "The last comparison found %(count)d that had been missed.",
        "The last comparison found %(count)d that had been missed.",
        stream.missed,
    )
    return StreamLine(
        name=stream.stream or gettext("Looking for what there is"),
        tone="bad" if stream.denied else "warn" if stream.error or late else "good" if stream.last_ok_at else "quiet",
        read=ago(stream.last_ok_at) if stream.last_ok_at else "",
        next=span(stream.next_at - now) if stream.next_at > now else "",
        error=stream.error,
        missed=missed % {"count": stream.missed} if stream.missed else "",
        progress=progress([stream]),
    )


def _run(run: SyncRun) -> RunLine:
    fresh = ngettext("%(count)s new", "%(count)s new", run.fresh) % {
        "count": number_format(run.fresh, 0, force_grouping=True)
    }
    words = f"{run.get_kind_display()}: {fresh}" if run.state == SyncRun.State.DONE else run.get_state_display()
    tone = {SyncRun.State.FAILED: "bad", SyncRun.State.WAITING: "warn", SyncRun.State.LOST: "warn"}.get(
        SyncRun.State(run.state), "quiet"
    )
    return RunLine(ago(run.started_at), run.stream, words, tone, run.error)


def secrets_of(source: Source) -> dict[str, Any]:
    """The secrets a source may prove itself with, the newest first. One query."""
    keys = source.keys.select_related("created_by").order_by("revoked_at", "-id")
    shown = list(keys.filter(revoked_at=None)[:KEYS])
    return {"source": source, "keys": shown, "policy": CONNECTORS[source.kind].about.secret}


@dataclass(frozen=True, slots=True)
class DriftLine:
    name: str
    count: str
    since: str


def drift_of(source: Source) -> list[DriftLine]:
    """Fields nobody documented, the most frequent first."""
    found = getattr(source, "health", None)
    counted = sorted((found.drift if found else {}).items(), key=lambda item: (-int(item[1][0]), item[0]))
    return [
        DriftLine(name, number_format(times, 0, force_grouping=True), _day(since))
        for name, (times, since) in counted[:DRIFTING]
    ]


def _day(text: str) -> str:
    when = parse_datetime(text)
    return date_format(timezone.localtime(when), "SHORT_DATE_FORMAT") if when else ""


def beside(source: Source, base: str) -> dict[str, Any]:
    """What the side panel shows; `base` is how the outside reaches us."""
    kind, icon = kind_words(source)
    context = {
        **NOT_ASKED,
        **NO_SECRET,
        "source": source,
        "kind": kind,
        "kind_icon": icon,
        "backfill": BackfillForm(),
        "removal": RemovalForm(source=source),
    }
    if source.kind not in CONNECTORS:  # a newer version of us made it
        return {**context, **UNKNOWN}
    return {**context, **_known_beside(source, base)}


def _known_beside(source: Source, base: str) -> dict[str, Any]:
    known = CONNECTORS[source.kind]
    address = address_of(source.kind, source.slug, base)
    return {
        **secrets_of(source),
        **(streams_of(source) if is_asked(source) else NOT_ASKED),
        "unknown_kind": False,
        "asked": is_asked(source),
        "address": address,
        "steps": steps(source.kind, address),
        "drift": drift_of(source),
        "mapped": known.about.mapped,
        "theirs": known.about.secret == Secret.THEIRS,
        "has_secret": known.about.secret != Secret.NONE,
    }
