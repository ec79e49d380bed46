"""What is done with interactions: `record` what sources report, `log` what people type, keep what was promised."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import Role, User
from apps.customers.actions import DESK, desk_profile
from apps.customers.drafts import ProfileKey
from apps.customers.identity.profiles import Resolved
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer
from apps.foundation.db.rows import recordset, rows
from apps.interactions import recorders
from apps.interactions.attachments import attach
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.live import announce
from apps.interactions.models import FollowUp, Interaction, Pin
from apps.interactions.promises.orders import order_in
from apps.interactions.sights import known, rewrite, settle
from apps.interactions.visits import fold

# Column, type in the record set, and the longest text the column takes (0: not text).
COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("occurred_at", "timestamptz", 0),
    ("ended_at", "timestamptz", 0),
    ("channel", "text", 10),
    ("kind", "text", 30),
    ("direction", "text", 10),
    ("title", "text", 200),
    ("body", "text", 100_000),
    ("verbatim", "text", 10_000),
    ("read_back", "text", 5_000),
    ("sentiment", "text", 10),
    ("amount", "numeric(15,3)", 0),
    ("currency", "text", 3),
    ("touchpoint", "text", 80),
    ("staff_id", "bigint", 0),
    ("staff_name", "text", 120),
    ("disposition_id", "bigint", 0),
    ("reference", "text", 80),
    ("thread", "text", 120),
    ("link", "text", 500),
    ("external_id", "text", 200),
    ("payload", "jsonb", 0),
)
NAMES = tuple(name for name, _type, _length in COLUMNS)
TEXTS = tuple((name, length) for name, _type, length in COLUMNS if length)
VALUES = attrgetter(*NAMES)
_names = ", ".join(NAMES)
INSERT = f"""
    INSERT INTO interactions_interaction (profile_id, source, recorded_at, {_names})
    SELECT profile_id, source, now(), {_names}
    FROM json_to_recordset(%s) AS n(profile_id bigint, source text, {", ".join(f"{c} {t}" for c, t, _l in COLUMNS)})
    ON CONFLICT (source, external_id) DO NOTHING
    RETURNING source, external_id, id
"""  # noqa: S608 - built from the constants above


class Row(NamedTuple):
    """A touch with the profile it happened to."""

    profile: int
    source: str
    touch: InteractionDraft


class Recorded(NamedTuple):
    """Whom drafts were about, and how many interactions they made that were not there."""

    people: dict[ProfileKey, Resolved]
    interactions: int


@transaction.atomic
def record(drafts: Sequence[Draft]) -> Recorded:
    """Take in what sources report: resolve who everybody is, write what happened, ring the open pages.

    An interaction whose (source, external_id) is known already is left as it is. Page views become visits, sights of
    an order one entry and its changes. Keep a batch under a thousand drafts and call this once per transaction
    (`customers.identity.resolution` says why).
    """
    people = resolve(draft.claim for draft in drafts)
    entries = [
        Row(people[draft.claim.key].profile, draft.told_by or draft.claim.key.source, touch)
        for draft in drafts
        for touch in draft.touches
    ]
    written = len(insert(entry for entry in entries if entry.touch.page is None and entry.touch.sight is None))
    sights = [entry for entry in entries if entry.touch.sight is not None]
    if sights:
        written += _settle(sights)
    views = [entry for entry in entries if entry.touch.page is not None]
    if views:
        fold(views)
    recorders.write(drafts, people)
    announce(person.public_id for person in people.values())
    return Recorded(people, written + len(views))


def _settle(seen: Sequence[Row]) -> int:
    """Write the first sight of each order and what changed after it. How many entries are new.

    Whoever lost a race for the first one finds it the second time.
    """
    count = 0
    for _time in range(2):
        settled = settle(seen, known(seen))
        rewrite(settled)
        written = insert(Row(*row) for row in settled.entries)
        count += len(written)
        lost = settled.first - written.keys()
        seen = [row for row in seen if ProfileKey(row.source, row.touch.external_id) in lost]
        if not seen:
            break
    return count


def insert(entries: Iterable[Row]) -> dict[ProfileKey, int]:
    """Write touches in one statement; the ids of those that were new, by (source, external id)."""
    records = [_record(entry) for entry in entries]
    if not records:
        return {}
    written = rows(INSERT, recordset(records))
    return {ProfileKey(source, external_id): pk for source, external_id, pk in written}


def _record(row: Row) -> dict[str, Any]:
    """A row as it is written: texts cut to what their columns take."""
    columns = dict(zip(NAMES, VALUES(row.touch), strict=True))
    for name, length in TEXTS:
        if len(columns[name]) > length:
            columns[name] = columns[name][:length]
    columns["profile_id"], columns["source"], columns["link"] = row.profile, row.source, _safe_link(row.touch.link)
    return columns


def _safe_link(link: str) -> str:
    """A link cut short leads elsewhere, and only the web is linked to."""
    return link if link.startswith(("https://", "http://")) and len(link) <= 500 else ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, until when, and who keeps it: whoever logs it, unless a colleague is named. `reference` is the
    order it is about, by default the one that its text names, and `awaits` the kind of event that settles it."""

    text: str
    due_at: datetime
    keeper: User | None = None
    reference: str = ""
    awaits: str = ""


@transaction.atomic
def log(
    *,
    actor: User,
    customer: Customer,
    touch: InteractionDraft,
    promise: Promise | None = None,
    files: Sequence[UploadedFile[Any]] = (),
    tab: str = "",
    source: str = DESK,
    label: str = "",
) -> Interaction:
    """Keep what a person typed about a conversation. The same `touch.external_id` again returns the first one.

    Writes the audit row (under `label` where a system acts for the person), and rings every other page of the
    customer.
    """
    profile = desk_profile(customer, source)
    written = insert([Row(profile.pk, source, touch)])
    interaction = Interaction.originals.get(source=source, external_id=touch.external_id[:200])
    if not written:
        return interaction
    if promise:
        keeper = promise.keeper or actor
        FollowUp.objects.create(
            profile=profile,
            interaction=interaction,
            text=promise.text,
            due_at=promise.due_at,
            owner=keeper,
            team=keeper.team,
            reference=promise.reference or touch.reference or order_in(promise.text, customer),
            awaits=promise.awaits,
        )
    for file in files:
        attach(interaction, file)
    audit(
        actor,
        "interaction.log",
        subject=customer.public_id,
        label=label,
        interaction=interaction.pk,
        channel=touch.channel,
    )
    announce([customer.public_id], tab=tab)
    return interaction


@transaction.atomic
def pin(*, actor: User, interaction: Interaction, tab: str = "") -> bool:
    """Keep an entry at the top of the story, or let it go again. Whether it is pinned now."""
    customer = interaction.profile.customer
    deleted, _ = Pin.objects.filter(interaction=interaction).delete()
    if not deleted:
        Pin.objects.create(interaction=interaction, profile=interaction.profile, actor=actor)
    audit(
        actor,
        "interaction.unpin" if deleted else "interaction.pin",
        subject=customer.public_id,
        interaction=interaction.pk,
    )
    announce([customer.public_id], tab=tab)
    return not deleted


@transaction.atomic
def close_follow_up(*, actor: User, follow_up: FollowUp, state: str, tab: str = "") -> bool:
    """Say what became of a promise (`FollowUp.State`), or open it again. Whether anything changed. Raises
    PermissionDenied for those who are not in the conversation, unless they gave it."""
    if not actor.is_active or (actor.role == Role.MARKETER and follow_up.owner_id != actor.pk):
        raise PermissionDenied("promises are settled by those who talk to the customer")
    closed_at = None if state == FollowUp.State.OPEN else timezone.now()
    changed = FollowUp.objects.filter(pk=follow_up.pk).exclude(state=state).update(state=state, closed_at=closed_at)
    customer = follow_up.profile.customer
    if changed:
        audit(actor, f"follow_up.{state}", subject=customer.public_id, follow_up=follow_up.pk)
        announce([customer.public_id], tab=tab)
    return bool(changed)


def new_key() -> str:
    """An idempotency key for a form: sent twice, it is logged once."""
    return str(uuid.uuid4())
