"""One signed request, as the Standard Webhooks specification has it ("Webhook headers", "Signature scheme").

No database here: letters are posted by threads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple, Protocol

import orjson
import requests
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from apps.foundation.network.errors import Denied, Unavailable
from apps.foundation.network.session import GuardedSession, beginning, retry_after

TIMEOUT = (5.0, 15.0)  # seconds to connect, and until something is answered
KEPT = 2000  # characters of an answer
PRIVATE = "private_address"  # the error that no further try will mend


class Answered(NamedTuple):
    """What came of a try. `status` is HTTP's, None where nobody answered; then `error` is a word for programs. `wait`
    is how many seconds we were asked to stay away, `their_id` what the other system calls what it made of it."""

    status: int | None = None
    milliseconds: int = 0
    answer: str = ""
    error: str = ""
    wait: float = 0
    their_id: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300 and not self.error


class Letter(Protocol):
    """Something ready to be sent."""

    def post(self) -> Answered:
        """Never raises what the network does."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A message for an endpoint of the standard format. `secrets` are those in force, newest first."""

    url: str
    identity: str
    payload: dict[str, Any]
    secrets: Sequence[str] = field(repr=False)

    def post(self) -> Answered:
        return timed(self._post)

    def _post(self, began: float) -> Answered:
        body = orjson.dumps({name: self.payload[name] for name in ("type", "timestamp", "data")})
        with GuardedSession() as session:
            headers = {"Content-Type": "application/json", **signatures(self.secrets, self.identity, body)}
            reply = session.post(self.url, data=body, headers=headers, timeout=TIMEOUT, stream=True)
            return Answered(reply.status_code, since(began), _said(reply), wait=asked_to_wait(reply))


def _said(reply: requests.Response) -> str:
    """How the answer begins; what breaks off after its status was said all the same."""
    try:
        said = beginning(reply, 4 * KEPT, TIMEOUT[1])
    except (requests.RequestException, OSError):
        said = b""
    return said.decode(errors="replace").replace("\x00", "")[:KEPT]


def signatures(secrets: Sequence[str], identity: str, body: bytes) -> dict[str, str]:
    """The three headers. While a secret is replaced there is a signature by each of the two."""
    at = datetime.now(UTC)
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(identity, at, body.decode()) for secret in secrets),
    }


def timed(post: Callable[[float], Answered]) -> Answered:
    """What came of it, whatever the network did."""
    began = monotonic()
    try:
        return post(began)
    except Denied as refusal:
        return Answered(None, since(began), str(refusal)[:KEPT], PRIVATE)
    except (requests.RequestException, Unavailable, OSError, ValueError) as error:
        return Answered(None, since(began), "", _word_for(error))


def since(began: float) -> int:
    return int((monotonic() - began) * 1000)


def asked_to_wait(reply: requests.Response) -> float:
    """Seconds, from `Retry-After` of an answer that says "not now" (RFC 9110, 10.2.3)."""
    return retry_after(reply.headers.get("retry-after", ""), timezone.now()) if reply.status_code in {429, 503} else 0


def _word_for(error: Exception) -> str:
    words: tuple[tuple[type[Exception], str], ...] = (
        (requests.exceptions.SSLError, "certificate"),
        (requests.exceptions.Timeout, "timeout"),
        (requests.exceptions.InvalidURL, "no_address"),
        (requests.exceptions.InvalidSchema, "no_address"),
        (requests.exceptions.ConnectionError, "unreachable"),
        (Unavailable, "unreadable"),
        (OSError, "unreachable"),
    )
    return next((word for kind, word in words if isinstance(error, kind)), "unreadable")
