"""A row of a table as a part of somebody's story. Pure functions."""

from typing import Any

from django.utils.translation import gettext as _

from apps.channels.connectors.singer.proposal import proposed_mapping
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.compiler import BadMapping
from apps.foundation.text.values import mapping as object_of
from apps.interactions.drafts import Draft, InteractionDraft

NOT_TOLD = {"external_id", "occurred_at", "ended_at", "payload", "page"}  # what may differ in a row that tells the same


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """A row that was changed is another touch of the same thread, unless it still tells the same."""
    row = object_of(event.payload)
    stream, record = row.get("stream"), row.get("record")
    if not isinstance(stream, str) or not isinstance(record, dict):
        raise Unintelligible(_("It is no row of a table."))
    draft = _mapping(stream, row, source).apply(record, event.key, event.received_at, source)
    if draft.touch is None:
        return draft
    own = event.key.rpartition("~")[0]
    if own.endswith(":"):  # without a primary key a row is known by its content alone
        return draft
    touch = draft.touch._replace(external_id=f"{own}~{_digest(draft.touch)}", thread=draft.touch.thread or own[:120])
    return draft._replace(touch=touch)


def _digest(touch: InteractionDraft) -> str:
    return mapping.digest({name: str(value) for name, value in touch._asdict().items() if name not in NOT_TOLD})


def _mapping(stream: str, row: Any, source: SourceFacts) -> mapping.Mapping:
    written = object_of(source.settings.get("mappings")).get(stream)
    if written is None:
        columns = row.get("columns") or sorted(map(str, row["record"]))
        written = proposed_mapping(stream, [str(key) for key in row.get("keys") or []], [str(name) for name in columns])
    if written is None:
        raise Unintelligible(
            _("Nobody has said what the columns of %(table)s mean, and none of them names a person.")
            % {"table": stream}
        )
    try:
        return mapping.compiled(written)
    except BadMapping as error:
        raise Unintelligible(f"{stream}: {str(error).partition(chr(10))[0]}") from None


def declared_ids(stream: str, source: SourceFacts) -> frozenset[str]:
    """The columns of which the table's mapping says that they are ids."""
    return mapping.declared_ids(object_of(source.settings.get("mappings")).get(stream))
