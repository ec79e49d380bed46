"""Which other systems are told of moments, trying them out, and sending again what did not arrive."""

import base64
import secrets as chance
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.foundation.cache import invalidate
from apps.foundation.vault import Unreadable, lock, unlock
from apps.moments.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from apps.moments.models.webhook import TEST
from apps.moments.webhooks.delivery import Answered, greeting, settle, why_not
from apps.moments.webhooks.outbox import ENDPOINTS, payload

OVERLAP = timedelta(hours=24)  # while a secret is replaced, requests are signed with both
KEPT = timedelta(days=30)  # the log, and what has arrived or failed
AT_ONCE = 10_000  # messages that are sent again in one go
BATCH = 5_000
State = WebhookMessage.State


@transaction.atomic
def connect_endpoint(
    *, actor: User | None, name: str, url: str, credentials: Mapping[str, str] | None = None, **fields: Any
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint, and the secret that signs what it is sent, to be shown now or never; empty for a format that has
    `credentials` instead. `fields` are those of the model."""
    endpoint = WebhookEndpoint(name=name, url=url, **fields)
    secret = "" if endpoint.format == WebhookEndpoint.Format.MAUTIC else new_signing_secret()
    endpoint.vault = lock({"secret": secret} if secret else _given(credentials))
    endpoint.save(force_insert=True)
    audit(actor, "webhook.add", webhook=endpoint.pk, name=name, url=url, format=endpoint.format)
    invalidate(ENDPOINTS)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *, actor: User | None, endpoint: WebhookEndpoint, credentials: Mapping[str, str] | None = None, **fields: Any
) -> WebhookEndpoint:
    """Other values; credentials left empty stay as they were."""
    kept = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    for name, value in fields.items():
        setattr(kept, name, value)
    if given := _given(credentials):
        kept.vault = lock(given)
    kept.save()
    changed = [*fields, *(["credentials"] if given else [])]
    audit(actor, "webhook.change", webhook=kept.pk, name=kept.name, fields=sorted(changed))
    invalidate(ENDPOINTS)
    return kept


def _given(credentials: Mapping[str, str] | None) -> dict[str, str]:
    return {name: value for name, value in (credentials or {}).items() if value}


def new_signing_secret() -> str:
    """As the specification writes them: base64 behind `whsec_`, of 32 random bytes."""
    return f"whsec_{base64.b64encode(chance.token_bytes(32)).decode()}"


@transaction.atomic
def replace_secret(*, actor: User | None, endpoint: WebhookEndpoint) -> str:
    """A new secret, to be shown now or never. Both sign for `OVERLAP`, unless the old one cannot be read any more."""
    kept = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = new_signing_secret()
    try:
        previous = {"previous": unlock(kept.vault)["secret"]}
    except Unreadable:
        previous = {}
    kept.vault = lock({"secret": secret, **previous})
    kept.previous_until = timezone.now() + OVERLAP if previous else None
    kept.save(update_fields=["vault", "previous_until"])
    audit(actor, "webhook.replace_secret", webhook=kept.pk, name=kept.name)
    return secret


@transaction.atomic
def switch_on(*, actor: User | None, endpoint: WebhookEndpoint) -> bool:
    """Try an endpoint again that was switched off because it failed. Whether it was. What failed meanwhile stays so
    until somebody sends it again."""
    off = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=False)
    changed = off.update(disabled_at=None, disabled_why="", failing_since=None, rests_until=None)
    if changed:
        audit(actor, "webhook.switch_on", webhook=endpoint.pk, name=endpoint.name)
        invalidate(ENDPOINTS)
    return bool(changed)


def send_test(*, actor: User | None, endpoint: WebhookEndpoint) -> tuple[Answered, str]:
    """Send an event that is about nobody, now and once. What came of it, and why it failed (empty: it did not).

    Not within a transaction: it takes as long as they take to answer. Raises vault.Unreadable.
    """
    now = timezone.now()
    body = payload(TEST, now, {"message": "This is a test."})
    key = f"{endpoint.pk}:test:{now.timestamp()}"
    message = WebhookMessage.objects.create(
        endpoint=endpoint, event=TEST, payload=body, key=key, leased_until=now + timedelta(minutes=10)
    )
    came = greeting(message).post()
    with transaction.atomic():
        settle(message, came)
        why = "" if came.taken else why_not(came)
        given_up = WebhookMessage.objects.pending().filter(pk=message.pk)
        given_up.update(state=State.FAILED, done_at=timezone.now(), reason=why[:300])
        audit(actor, "webhook.test", webhook=endpoint.pk, name=endpoint.name, status=came.status or came.error)
    return came, why


@transaction.atomic
def replay(*, actor: User | None, message: WebhookMessage) -> bool:
    """Send one message again, under its id, with permission asked for again. Whether it was settled before."""
    again = _again(WebhookMessage.objects.filter(pk=message.pk))
    if again:
        audit(actor, "webhook.replay", webhook=message.endpoint_id, message=message.public_id)
    return bool(again)


@transaction.atomic
def replay_failed(*, actor: User | None, endpoint: WebhookEndpoint, since: datetime) -> int:
    """Send again what failed since then, the oldest first; at most `AT_ONCE` in one go. How many."""
    failed = WebhookMessage.objects.failed().filter(endpoint=endpoint, done_at__gte=since).exclude(event=TEST)
    chosen = list(failed.order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    count = _again(WebhookMessage.objects.filter(pk__in=chosen))
    audit(actor, "webhook.replay_failed", webhook=endpoint.pk, name=endpoint.name, since=since.isoformat(), count=count)
    return count


def _again(messages: Any) -> int:
    now = timezone.now()
    changed: int = messages.exclude(state=State.PENDING).update(
        state=State.PENDING, due_at=now, attempts=0, leased_until=None, done_at=None, reason=""
    )
    return changed


def prune_webhooks(*, at: datetime | None = None) -> dict[str, int]:
    """Forget tries, and messages that arrived, failed or were cancelled, a month after. How many of each."""
    before = (at or timezone.now()) - KEPT
    tries = _emptied(WebhookAttempt.objects.filter(at__lt=before))
    return {"attempts": tries, "messages": _emptied(WebhookMessage.objects.over_since(before))}


def _emptied(rows: Any) -> int:
    """Batch by batch, each in a transaction of its own."""
    count = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            count += len(ids)
            rows.model.objects.filter(pk__in=ids).delete()
    return count
