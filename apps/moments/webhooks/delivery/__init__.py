"""Sending what waits in the outbox: at least once each, in no order, and whoever is slow holds up only themselves.

A message is claimed for a while (`queue`), permission is asked for again (`permission`), a thread posts it outside of
any transaction (`request`, `mautic`), and what came of it is written down (`result`). A sender that dies in between
leaves a lease that runs out: the message is sent again, under the same id.
"""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic

import structlog

from apps.foundation.vault import Unreadable, unlock
from apps.moments.models import WebhookEndpoint, WebhookMessage
from apps.moments.webhooks.delivery.mautic import Contact, Greeting, MauticAccess
from apps.moments.webhooks.delivery.permission import Withheld, check, use
from apps.moments.webhooks.delivery.queue import claim
from apps.moments.webhooks.delivery.request import Answered, Letter, Signed
from apps.moments.webhooks.delivery.result import disable, settle, why_not, withhold

__all__ = ["Answered", "disable", "greeting", "send_due", "settle", "why_not"]

log = structlog.get_logger(__name__)

SENDERS = 12  # letters under way at once in one process
TIME_BOX = 20.0  # seconds after which a sender takes nothing new


def send_due(time_box: float = TIME_BOX) -> int:
    """Send until nothing is due. How many messages arrived or have failed for good."""
    until, done = monotonic() + time_box, 0
    flying: dict[Future[Answered], WebhookMessage] = {}
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook") as pool:
        while True:
            claimed = claim(SENDERS - len(flying)) if monotonic() < until else []
            for message in claimed:
                if letter := _written(message):
                    flying[pool.submit(letter.post)] = message
            if not flying and not claimed:
                return done
            ready, _under_way = wait(flying, timeout=1, return_when=FIRST_COMPLETED)
            done += sum(_came(flying.pop(future), future) for future in ready)


def _written(message: WebhookMessage) -> Letter | None:
    """The letter, once nothing stands in its way; else what does is written down."""
    try:
        return _letter(message)
    except Withheld as why:
        withhold(message, why)
    except Unreadable as error:
        disable(message.endpoint, str(error))
    return None


def _letter(message: WebhookMessage) -> Letter:
    endpoint = message.endpoint
    vault = unlock(endpoint.vault)
    if endpoint.format == WebhookEndpoint.Format.MAUTIC:
        email, key = use(message)
        return Contact(_mautic(endpoint, vault), email, (f"klatsch-{message.data['kind']}",), key)
    check(message)
    return Signed(endpoint.url, message.public_id, message.payload, secrets_of(endpoint, vault))


def secrets_of(endpoint: WebhookEndpoint, vault: dict[str, str]) -> Sequence[str]:
    """Those in force, newest first."""
    return [vault["secret"], *([vault["previous"]] if endpoint.signs_both and "previous" in vault else [])]


def _mautic(endpoint: WebhookEndpoint, vault: dict[str, str]) -> MauticAccess:
    return MauticAccess(endpoint.url, vault, endpoint.settings)


def greeting(message: WebhookMessage) -> Letter:
    """What tries an endpoint out: it names no customer. Raises vault.Unreadable."""
    endpoint = message.endpoint
    vault = unlock(endpoint.vault)
    if endpoint.format == WebhookEndpoint.Format.MAUTIC:
        return Greeting(_mautic(endpoint, vault))
    return Signed(endpoint.url, message.public_id, message.payload, secrets_of(endpoint, vault))


def _came(message: WebhookMessage, future: Future[Answered]) -> bool:
    """Write down what came of a letter. Whether the message is settled."""
    error = future.exception()
    if error:
        log.error("webhook.broke", message=message.public_id, error=type(error).__name__)
    came = Answered(error=type(error).__name__[:40]) if error else future.result()
    return settle(message, came) != WebhookMessage.State.PENDING
