"""What becomes of a message after a try: it is done, tried again later, or given up; and of an endpoint that fails."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.contact.avoidance import note_avoided
from apps.contact.models import Delivery, Where
from apps.foundation.cache import invalidate
from apps.foundation.network.backoff import Backoff
from apps.moments.actions.refusals import subject_of
from apps.moments.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from apps.moments.webhooks.delivery.permission import Withheld, unsent
from apps.moments.webhooks.delivery.request import PRIVATE, Answered
from apps.moments.webhooks.outbox import ENDPOINTS

# Until the next try, by how many there were: the specification's own example ("Deliverability and reliability").
MINUTE, HOUR = 60, 3600
WAITS = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
BACKOFF = Backoff(WAITS, spread=(1.0, 1.2))
PATIENCE = timedelta(days=5)  # of nothing but failures; then nobody tries any more
LONGEST_REST = timedelta(hours=24)  # however long an endpoint asks us to stay away
BUSY = timedelta(seconds=30)  # how long one that is too busy to say is left alone
State = WebhookMessage.State


@transaction.atomic
def settle(message: WebhookMessage, came: Answered) -> str:
    """Write down a try and what follows from it. The message's state; one that is settled already stays as it is."""
    now = timezone.now()
    _note(message, came, now)
    if came.taken:
        _taken(message, came, now)
        return State.SENT
    return _failed(message, came, now)


def _note(message: WebhookMessage, came: Answered, now: datetime) -> None:
    WebhookAttempt.objects.create(
        message=message,
        at=now,
        status=came.status,
        milliseconds=came.milliseconds,
        answer=came.answer,
        error=came.error,
    )


def _taken(message: WebhookMessage, came: Answered, now: datetime) -> None:
    _update(
        message, state=State.SENT, done_at=now, attempts=message.attempts + 1, reason="", their_id=came.their_id[:80]
    )
    if message.endpoint.failing_since or message.endpoint.rests_until:
        WebhookEndpoint.objects.filter(pk=message.endpoint_id).update(failing_since=None, rests_until=None)


def _failed(message: WebhookMessage, came: Answered, now: datetime) -> str:
    endpoint, attempts = message.endpoint, message.attempts + 1
    why = why_not(came)
    WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=now)
    over = _is_over(endpoint, came, now)
    if over or attempts > len(WAITS) or came.error == PRIVATE:
        _give_up(message, State.FAILED, over or why, attempts=attempts)
        if over:
            disable(endpoint, over)
        return State.FAILED
    wait = timedelta(seconds=BACKOFF.seconds(attempts))
    if rest := _rest(came):
        wait = max(wait, rest)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=now + rest)
    _update(message, due_at=now + wait, attempts=attempts, reason=why)
    return State.PENDING


def _update(message: WebhookMessage, **changes: object) -> bool:
    """Only while nobody else has settled it: a sender that was given up for dead may still come back."""
    pending = WebhookMessage.objects.pending().filter(pk=message.pk)
    return bool(pending.update(leased_until=None, **changes))


def _give_up(message: WebhookMessage, state: str, why: str, **changes: object) -> None:
    if _update(message, state=state, done_at=timezone.now(), reason=why[:300], **changes):
        outcome = Delivery.Outcome.FAILED if state == State.FAILED else Delivery.Outcome.CANCELLED
        if message.endpoint.format == WebhookEndpoint.Format.MAUTIC:
            unsent(message, outcome)


def why_not(came: Answered) -> str:
    """In words, for the log."""
    words = {
        "timeout": _("No answer in time."),
        "unreachable": _("Nobody could be reached there."),
        "certificate": _("Its certificate cannot be trusted."),
        "no_address": _("This is no address on the web."),
        PRIVATE: came.answer,
        "unreadable": _("The answer could not be read."),
    }
    return words.get(came.error) or _("It answered %(status)s.") % {"status": came.status or came.error}


def _is_over(endpoint: WebhookEndpoint, came: Answered, now: datetime) -> str:
    """Why nothing is sent there any more; empty: it goes on."""
    if came.status == 410:
        return _("It answered 410: it wants no more messages.")
    if endpoint.failing_since and now - endpoint.failing_since >= PATIENCE:
        return _("For %(days)s days nothing could be sent there.") % {"days": PATIENCE.days}
    return ""


def _rest(came: Answered) -> timedelta | None:
    """How long the endpoint as a whole is left alone; None: only the message waits."""
    if came.wait:
        return min(timedelta(seconds=came.wait), LONGEST_REST)
    return BUSY if came.status in {429, 502, 504} else None


@transaction.atomic
def disable(endpoint: WebhookEndpoint, why: str) -> None:
    """Nothing is sent there until somebody switches it on again. What waits has failed, and can be sent again then."""
    now = timezone.now()
    live = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at=None)
    if not live.update(disabled_at=now, disabled_why=why[:300]):
        return
    waiting = WebhookMessage.objects.pending().filter(endpoint=endpoint)
    if endpoint.format == WebhookEndpoint.Format.MAUTIC:
        for tried in waiting.filter(attempts__gt=0).select_related("endpoint", "moment"):
            unsent(tried, Delivery.Outcome.FAILED)
    waiting.update(state=State.FAILED, done_at=now, reason=why[:300], leased_until=None)
    audit(None, "webhook.disable", label="webhooks", webhook=endpoint.pk, name=endpoint.name, why=why)
    invalidate(ENDPOINTS)


@transaction.atomic
def withhold(message: WebhookMessage, why: Withheld) -> str:
    """It may not be sent: not now, or not at all. That is no try. The message's state."""
    if why.until:
        _update(message, due_at=max(why.until, timezone.now() + BUSY), reason=str(why)[:300])
        return State.PENDING
    _give_up(message, State.CANCELLED, str(why))
    if why.refusal and message.moment:
        note_avoided(
            actor=None,
            profile=message.moment.profile,
            channel=why.refusal.channel,
            purpose=why.refusal.purpose,
            answer=why.refusal.answer,
            where=Where.OUTBOX,
            subject=subject_of(message.moment),
        )
    return State.CANCELLED
