"""Trying the settings of a source out: one connection, which may take its time and may never hold up a page."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from apps.channels.contract import Denied, SourceFacts, Throttled
from apps.channels.facts import opened
from apps.channels.models import Source
from apps.channels.registry import puller
from apps.foundation.vault import Unreadable

DEADLINE = 20.0  # seconds a trial may take
TRIALS = threading.BoundedSemaphore(4)  # at once in a process


@dataclass(frozen=True, slots=True)
class ConnectionTrial:
    """How a connection test went, in the provider's own words."""

    good: bool
    words: str


def is_tried(kind: str) -> bool:
    """Whether there is a connection to test: we go and look."""
    try:
        puller(kind)
    except (KeyError, TypeError):
        return False
    return True


def try_out(kind: str, source: Source, settings: Mapping[str, Any], deadline: float = DEADLINE) -> ConnectionTrial:
    """Connect once with these settings. Answers within `deadline` seconds, whatever the other side does."""
    if not TRIALS.acquire(blocking=False):
        return ConnectionTrial(False, gettext("Other connections are being tested. Try again in a moment."))
    try:
        stored = {name: value for name, value in settings.items() if value not in ("", None)}
        facts = opened(source, stored) if source.pk else replace(opened(source, stored), pk=0)
    except Unreadable as error:
        TRIALS.release()
        return ConnectionTrial(False, str(error))
    verdict: SimpleQueue[ConnectionTrial] = SimpleQueue()
    threading.Thread(target=_try, args=(kind, facts, verdict, TRIALS), daemon=True, name="trial").start()
    try:
        return verdict.get(timeout=deadline)
    except Empty:
        return ConnectionTrial(False, gettext("No answer within %(count)d seconds.") % {"count": round(deadline)})


def _try(
    kind: str, facts: SourceFacts, verdict: "SimpleQueue[ConnectionTrial]", trials: threading.BoundedSemaphore
) -> None:
    try:
        verdict.put(ConnectionTrial(True, str(puller(kind).check(facts))))
    except Throttled as wait:
        verdict.put(ConnectionTrial(False, str(wait) or gettext("The provider asks us to wait.")))
    except Denied as refusal:
        verdict.put(ConnectionTrial(False, str(refusal)))
    except Exception as error:
        verdict.put(ConnectionTrial(False, f"{type(error).__name__}: {error}"[:500]))
    finally:
        connection.close()
        trials.release()
