"""A row of a table as a part of somebody's story. Pure functions."""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import orjson
from django.utils.translation import gettext as _

from apps.channels.connectors import mapping
from apps.channels.connectors.base import SourceFacts, StoredEvent, Unintelligible
from apps.channels.connectors.compiling import BadMapping
from apps.channels.connectors.singer.guess import guess
from apps.channels.connectors.values import mapping as object_of
from apps.interactions.drafts import Draft, Touch

NOT_TOLD = {"external_id", "occurred_at", "ended_at", "payload", "page"}  # what may differ in a row that tells the same


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """A row that was changed is another touch of the same thread, unless it still tells the same."""
    told = object_of(event.payload)
    stream, record = told.get("stream"), told.get("record")
    if not isinstance(stream, str) or not isinstance(record, dict):
        raise Unintelligible(_("It is no row of a table."))
    draft = _mapping(stream, told, source).apply(record, event.key, event.received_at, source)
    if draft.touch is None:
        return draft
    own = event.key.rpartition("~")[0]
    if own.endswith(":"):  # without a primary key a row is known by its content alone
        return draft
    touch = replace(draft.touch, external_id=f"{own}~{_digest(draft.touch)}", thread=draft.touch.thread or own[:120])
    return replace(draft, touch=touch)


def _digest(touch: Touch) -> str:
    return mapping.digest(
        {one.name: str(getattr(touch, one.name)) for one in fields(touch) if one.name not in NOT_TOLD}
    )


def _mapping(stream: str, told: Any, source: SourceFacts) -> mapping.Mapping:
    written = object_of(source.settings.get("mappings")).get(stream)
    if written is None:
        columns = told.get("columns") or sorted(map(str, told["record"]))
        written = guess(stream, [str(key) for key in told.get("keys") or []], [str(name) for name in columns])
    if written is None:
        raise Unintelligible(
            _("Nobody has said what the columns of %(table)s mean, and none of them names a person.")
            % {"table": stream}
        )
    try:
        return _compiled(orjson.dumps(written))
    except BadMapping as error:
        raise Unintelligible(f"{stream}: {str(error).partition(chr(10))[0]}") from None


@lru_cache(maxsize=200)
def _compiled(written: bytes) -> mapping.Mapping:
    return mapping.compile(orjson.loads(written))
