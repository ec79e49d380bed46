"""Asking a provider over HTTP: at its source's pace, never a private address, never a redirect, never for ever."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils import timezone
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress

from apps.channels.connectors.base import Denied, SourceFacts, Throttled
from apps.channels.connectors.pacing import take
from apps.channels.connectors.peers import is_private_peer

TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two parts of an answer
LARGEST = 20 * 1024 * 1024  # bytes of one answer
LONGEST_NAP = 5.0  # seconds we wait for the bucket ourselves; beyond, others have their turn

HARDENED = Config(
    default_timeout=TIMEOUT,
    never_redirect=True,
    ip_filter_enable=True,
    ip_filter_allow_loopback_ips=False,
    user_agent_override="Klatsch",
)


class Unavailable(Exception):
    """The provider did not answer as it should: a passing fault."""


class PacedSession(requests.Session):
    """A session for one source. Libraries that take a `requests.Session` may be given it."""

    def __init__(self, source: SourceFacts) -> None:
        super().__init__()
        self.source = source
        self.headers["User-Agent"] = "Klatsch"

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        wait = take(self.source.pk, self.source.pace)
        if wait > LONGEST_NAP:
            raise Throttled(wait, "Our own pace for this source is used up.")
        sleep(wait)
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        parts = urlsplit(str(url))
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            if is_private_peer(parts.hostname or "", port):
                return super().request(method, url, *args, **kwargs)
            with Manager(HARDENED).get_session() as session:
                session.headers.update(self.headers)
                session.auth = self.auth
                answer: requests.Response = session.request(method, url, *args, **kwargs)
                return answer
        except InvalidIPAddress:
            raise Denied(
                f"{parts.hostname} is an address inside this network. Whoever runs Klatsch can allow it with "
                "KLATSCH_PRIVATE_PEERS."
            ) from None
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unavailable(f"{parts.hostname}: {_words(error)}") from None


def ask(session: requests.Session, url: str, *, method: str = "GET", **kwargs: Any) -> Any:
    """The JSON of an answer. Raises Throttled, Denied or Unavailable, with the provider's own words."""
    return understood(session.request(method, url, **kwargs))


def understood(answer: requests.Response) -> Any:
    """The JSON of an answer that says yes. Raises Throttled, Denied or Unavailable, with the provider's own words."""
    status, said = answer.status_code, answer.text[:300].strip()
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        raise Throttled(retry_after(answer.headers.get("retry-after", ""), timezone.now()), said)
    if status >= 500 or status == 408:
        raise Unavailable(f"HTTP {status}: {said}")
    if status >= 300:
        raise Denied(f"HTTP {status}: {said}")
    if len(answer.content) > LARGEST:
        raise Unavailable(f"The answer has more than {LARGEST} bytes.")
    try:
        return answer.json()
    except ValueError:
        raise Unavailable(f"The answer is not JSON: {said[:120]}") from None


def retry_after(value: str, now: datetime) -> float:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); 0 where it says neither."""
    text = value.strip()
    if text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _words(error: Exception) -> str:
    """The innermost reason: libraries wrap it several times."""
    inner: BaseException = error
    while inner.__context__ is not None and not isinstance(inner, OSError):
        inner = inner.__context__
    return str(getattr(error, "reason", "") or error)[:200]
