"""Connecting sources, changing them, and letting them go. Every verb writes its audit row."""

import base64
import secrets as chance
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone as clock

from apps.accounts.actions import audit
from apps.accounts.models import User, digest_of, new_secret
from apps.channels.contract import KEPT, FileConnector, PullConnector, Secret, SecretField
from apps.channels.models import SOURCES, Envelope, Source, SyncState, WriteKey
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.mapping.file_mappings import MAPPING, MAPPINGS
from apps.foundation.cache import invalidate
from apps.foundation.vault import lock, relocked, unlock

EXPLAINS = {MAPPING, MAPPINGS}
OVERLAP = 2  # secrets of a source that are in force at once, while senders change to the new one


@transaction.atomic
def create_source(
    *,
    actor: User | None,
    slug: str,
    name: str,
    kind: str,
    region: str = "GB",
    timezone: str = "UTC",
    silent_after: int | None = None,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> Source:
    """`kind` is a key of `registry.CONNECTORS`; `settings`, and what else is given, become the connector's settings,
    its secret ones encrypted."""
    connector = CONNECTORS[kind]
    open_settings, locked = _divided(kind, {**more, **(settings or {})})
    source = Source.objects.create(
        slug=slug,
        name=name,
        kind=kind,
        region=region,
        timezone=timezone,
        every=connector.about.every,
        silent_after=silent_after,
        settings=open_settings,
        vault=lock(locked),
    )
    if is_asked(source):
        SyncState.objects.create(source=source, stream="")
    invalidate(SOURCES)
    audit(actor, "source.create", source=slug, kind=kind)
    return source


@transaction.atomic
def connect_source(*, actor: User | None, kind: str, secret: str = "", **fields: Any) -> tuple[Source, str]:
    """A new source with its secret: one we made, to be shown now or never; else empty. `secret` is the provider's own,
    `fields` are those of `create_source`."""
    source = create_source(actor=actor, kind=kind, **fields)
    policy = CONNECTORS[kind].about.secret
    if policy == Secret.OURS:
        return source, issue_key(actor=actor, source=source)
    if policy == Secret.THEIRS and secret:
        issue_key(actor=actor, source=source, secret=secret)
    return source, ""


def is_asked(source: Source) -> bool:
    """Whether we ask this source, or look into its folder, on a schedule."""
    return isinstance(CONNECTORS.get(source.kind), PullConnector | FileConnector)


def _divided(kind: str, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings to be kept as they are, and those to be encrypted."""
    fields = CONNECTORS[kind].about.settings_form.base_fields
    hidden = {name for name, field in fields.items() if isinstance(field, SecretField)}
    return (
        {name: value for name, value in settings.items() if name not in hidden},
        {name: str(value) for name, value in settings.items() if name in hidden and value},
    )


@transaction.atomic
def change_source(*, actor: User | None, source: Source, settings: Mapping[str, Any], **fields: Any) -> Source:
    """Other settings, and other values of its own fields. Secret settings left empty stay as they were. What waits for
    somebody to say what columns mean tries again if they have."""
    open_settings, locked = _divided(source.kind, settings)
    source = Source.objects.select_for_update().get(pk=source.pk)
    source.settings = {**source.settings, **open_settings}
    if locked:
        source.vault = lock({**unlock(source.vault), **locked})
    for name, value in fields.items():
        setattr(source, name, value)
    source.save()
    now = clock.now()
    SyncState.objects.filter(source=source).update(next_at=now, failures=0, denied=False, error="")
    if EXPLAINS & settings.keys():
        kept = Envelope.objects.quarantined().filter(source=source, dedupe_key__startswith=KEPT)
        kept.update(state=Envelope.State.RECEIVED, attempts=0, retry_at=now, error="")
    invalidate(SOURCES)
    audit(actor, "source.change", source=source.slug, fields=sorted({*settings, *fields}))
    return source


@transaction.atomic
def remove_source(*, actor: User | None, source: Source) -> bool:
    """Forget a source for good: no events, no credentials, no readings. What it told stays part of the story, and its
    slug stays taken, unless it never told anything: then nothing is left. Whether nothing is left."""
    invalidate(SOURCES)
    audit(actor, "source.remove", source=source.slug)
    if not Envelope.objects.filter(source=source).exists():
        source.delete()
        return True
    WriteKey.objects.filter(source=source, revoked_at=None).update(revoked_at=clock.now(), vault="")
    SyncState.objects.filter(source=source).delete()
    Source.objects.filter(pk=source.pk).update(active=False, removed_at=clock.now(), vault="", settings={})
    return False


@transaction.atomic
def issue_key(*, actor: User | None, source: Source, secret: str = "") -> str:
    """A new secret of the source, besides the one in force (`OVERLAP`; older ones are revoked).

    It is shown now or never: only its digest is kept, and the encrypted secret where requests are signed with it.
    `secret` is one that the provider made; where it is in force already nothing changes.
    """
    about = CONNECTORS[source.kind].about
    signed = about.signed or about.secret == Secret.THEIRS
    secret = secret or (f"whsec_{base64.b64encode(chance.token_bytes(24)).decode()}" if signed else new_secret())
    if source.keys.filter(digest=digest_of(secret), revoked_at=None).exists():
        return secret
    WriteKey.objects.create(
        source=source,
        digest=digest_of(secret),
        hint=secret[:4],
        created_by=actor,
        vault=lock({"secret": secret}) if signed else "",
    )
    if signed:
        live = source.keys.filter(revoked_at=None).order_by("-id").values_list("pk", flat=True)
        WriteKey.objects.filter(pk__in=list(live[OVERLAP:])).update(revoked_at=clock.now(), vault="")
    invalidate(SOURCES)
    audit(actor, "source.issue_key", source=source.slug, hint=secret[:4])
    return secret


@transaction.atomic
def revoke_key(*, actor: User | None, key: WriteKey) -> bool:
    """Whether it was in force until now."""
    revoked = WriteKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now(), vault="")
    if revoked:
        invalidate(SOURCES)
        audit(actor, "source.revoke_key", source=key.source.slug, hint=key.hint)
    return bool(revoked)


@transaction.atomic
def backfill(*, actor: User | None, source: Source, since: datetime) -> int:
    """Fetch everything since then, besides what is new. In how many streams."""
    now = clock.now()
    streams = (
        SyncState.objects.filter(source=source)
        .exclude(stream="")
        .update(
            backfill=None,
            backfill_since=since,
            backfill_until=now,
            backfill_done=0,
            backfill_total=0,
            backfill_events=0,
            next_at=now,
        )
    )
    audit(actor, "source.backfill", source=source.slug, since=since.isoformat())
    return streams


def sync_now(*, actor: User | None, source: Source) -> int:
    """Look at once, whatever the schedule or an earlier refusal says. How many streams are due now."""
    audit(actor, "source.sync_now", source=source.slug)
    return SyncState.objects.filter(source=source).update(next_at=clock.now())


@transaction.atomic
def relock(*, actor: User | None) -> int:
    """Encrypt all credentials anew with the newest key, in whatever model's `vault` they are. How many. Raises
    vault.Unreadable and changes nothing then."""
    vaults = [model for model in apps.get_models() if any(field.name == "vault" for field in model._meta.fields)]
    locked: list[Any] = [
        row for model in vaults for row in model._default_manager.exclude(vault="").select_for_update()
    ]
    for row in locked:
        row.vault = relocked(row.vault)
        row.save(update_fields=["vault"])
    audit(actor, "source.relock", count=len(locked))
    return len(locked)
