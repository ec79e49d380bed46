"""How a thing stood when it was seen, an order: told once, by whoever sees it first, and then what changed.

Vendors tell of an order again and again, under many names and in any order. Every such telling is a sight
(`InteractionDraft.sight`): the earliest one stays as the entry, later ones with another sum become entries of their own
(`<external id>:total:<sum>`), and repetitions nothing. An earlier sight that comes late takes the place of the first,
which then is told as the change it was: the story does not depend on the order of arrival.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from apps.customers.drafts import ProfileKey
from apps.foundation.db.rows import recordset, rows
from apps.foundation.text.numbers import exact
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Direction

CHANGE = "order_update"  # the kind of what is told when a sum has changed
MOST_SUMS = 50  # changes of one order that are told
Sum = tuple[str, str]  # since when (ISO 8601, UTC), and how much


class Sight(NamedTuple):
    """A sight of a profile's."""

    profile: int
    source: str
    touch: InteractionDraft

    @property
    def at(self) -> str:
        return (self.touch.sight or self.touch.occurred_at).astimezone(UTC).isoformat(timespec="microseconds")

    def sum(self) -> Sum | None:
        if self.touch.amount is None:
            return None
        return self.at, f"{self.touch.amount.normalize():f} {self.touch.currency}".strip()


class KnownSight(NamedTuple):
    """The entry there is, and the sums it has had."""

    pk: int
    seen: Sight
    sums: list[Sum]


@dataclass(slots=True)
class Settled:
    """What is to be written: new entries, `first` the keys of those that nobody may have written meanwhile; and
    entries that are there and change."""

    entries: list[Sight] = field(default_factory=list)
    first: set[ProfileKey] = field(default_factory=set)
    changed: list[tuple[int, InteractionDraft]] = field(default_factory=list)


def settle(sights: Iterable[tuple[int, str, InteractionDraft]], known: Mapping[ProfileKey, KnownSight]) -> Settled:
    """What becomes of sights beside those that are known already. Pure."""
    settled, by_key = Settled(), defaultdict[ProfileKey, list[Sight]](list)
    for seen in (Sight(*sight) for sight in sights):
        by_key[ProfileKey(seen.source, seen.touch.external_id)].append(seen)
    for key, group in by_key.items():
        _settle(key, group, known.get(key), settled)
    return settled


def _settle(key: ProfileKey, group: list[Sight], known: KnownSight | None, settled: Settled) -> None:
    everything = sorted([known.seen, *group] if known else group, key=lambda seen: seen.at)
    first, before = everything[0], known.sums if known else []
    sums = _without_repeats([*before, *filter(None, (seen.sum() for seen in group))])
    by_sum = {seen.sum(): seen for seen in reversed(everything)}
    told = set(before[1:])
    settled.entries += [_change(by_sum[each]) for each in sums[1:] if each not in told and each in by_sum]
    entry = first.touch._replace(
        payload={**first.touch.payload, "sums": sums[:MOST_SUMS], "changed": first.touch.changed}
    )
    if known is None:
        settled.first.add(key)
        settled.entries.append(first._replace(touch=entry))
    elif first is not known.seen or sums != before:
        settled.changed.append((known.pk, entry))


def _without_repeats(sums: Sequence[Sum]) -> list[Sum]:
    kept: list[Sum] = []
    for each in sorted(sums):
        if not kept or kept[-1][1] != each[1]:
            kept.append(each)
    return kept


def _change(seen: Sight) -> Sight:
    touch = seen.touch
    return seen._replace(
        touch=touch._replace(
            external_id=f"{touch.external_id[:160]}:total:{_plain(touch)}",
            occurred_at=touch.sight or touch.occurred_at,
            kind=CHANGE,
            title=touch.changed or touch.title,
            direction=Direction.INTERNAL,
            verbatim="",
            sight=None,
        )
    )


def _plain(touch: InteractionDraft) -> str:
    """`45.00`, however many noughts its vendor writes, before it was stored as after."""
    return str(exact(touch.amount, touch.currency)) if touch.amount is not None else ""


STORED = (
    "id", "profile_id", "source", "external_id", "occurred_at", "channel", "kind", "title", "body", "verbatim",
    "amount", "currency", "touchpoint", "reference", "thread", "link",
)  # fmt: skip
KNOWN = f"""
    SELECT {", ".join(f"i.{name}" for name in STORED)}, i.payload::text
    FROM json_to_recordset(%s) AS n(source text, external_id text)
    JOIN interactions_interaction i ON i.source = n.source AND i.external_id = n.external_id
    ORDER BY i.id FOR NO KEY UPDATE OF i
"""  # noqa: S608 - constants of ours


def known(sights: Iterable[tuple[int, str, InteractionDraft]]) -> dict[ProfileKey, KnownSight]:
    """What was told of these before. Its rows are locked, so that two workers do not settle one order differently."""
    wanted = {(source, touch.external_id[:200]) for _profile, source, touch in sights}
    records = [{"source": source, "external_id": own} for source, own in sorted(wanted)]
    return {
        ProfileKey(entry.seen.source, entry.seen.touch.external_id): entry
        for entry in map(_known, rows(KNOWN, recordset(records)))
    }


def _known(row: Sequence[Any]) -> KnownSight:
    stored, payload = dict(zip(STORED, row, strict=False)), orjson.loads(row[-1])
    sums = [(str(at), str(amount)) for at, amount in payload.get("sums") or []]
    if stored["amount"] is not None:  # the column has a place more than most currencies
        stored["amount"] = exact(stored["amount"], stored["currency"])
    touch = InteractionDraft(
        **{name: value for name, value in stored.items() if name not in {"id", "profile_id", "source"}},
        payload=payload,
        sight=datetime.fromisoformat(sums[0][0]) if sums else stored["occurred_at"],
        changed=str(payload.get("changed") or ""),
    )
    return KnownSight(stored["id"], Sight(stored["profile_id"], stored["source"], touch), sums)


REWRITE = """
    UPDATE interactions_interaction i
    SET occurred_at = n.occurred_at, title = n.title, body = n.body, verbatim = n.verbatim, amount = n.amount,
        currency = n.currency, payload = n.payload
    FROM json_to_recordset(%s) AS n(id bigint, occurred_at timestamptz, title varchar(200), body text, verbatim text,
        amount numeric, currency varchar(3), payload jsonb)
    WHERE i.id = n.id
"""


def rewrite(settled: Settled) -> None:
    """The entries of which an earlier sight, or another sum, has come."""
    names = ("occurred_at", "title", "body", "verbatim", "amount", "currency", "payload")
    records = [
        {"id": pk, **{name: getattr(entry, name) for name in names}, "title": entry.title[:200]}
        for pk, entry in settled.changed
    ]
    if records:
        rows(REWRITE, recordset(records))
