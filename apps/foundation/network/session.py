"""HTTP for addresses that people typed: never a private one, never a redirect, never for ever."""

import os
from datetime import datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from apps.foundation.network.addresses import reachable
from apps.foundation.network.errors import Unavailable

LONGEST_ANSWER = 60.0  # seconds until its last part
LARGEST = 20 * 1024 * 1024  # bytes of one answer, unpacked


class _Pinned(HTTPAdapter):
    """Connects to the very address that was looked at, while names and certificates are those of the host."""

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        place: Any
        pool: Any
        place, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        host = place["host"]
        secure = place["scheme"] == "https"
        address = reachable(host.strip("[]"), place["port"] or (443 if secure else 80))
        request.headers["Host"] = urlsplit(request.url).netloc.rpartition("@")[2]
        if secure:
            pool["assert_hostname"] = pool["server_hostname"] = host
        return {**place, "host": f"[{address}]" if ":" in address else address}, pool


class GuardedSession(requests.Session):
    """Asks public addresses only, follows no redirect, and reads answers within bounds of size and time.

    It reads nothing out of the environment but where certificates are: a proxy would resolve names for itself, and a
    `.netrc` has nothing to say here. Raises Denied, Unavailable, and what `requests` raises.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = "Klatsch"
        self.trust_env = False
        self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Pinned())

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Whatever a caller says, redirects are not followed; an answer is read within bounds of size and time."""
        streamed = kwargs.get("stream")
        answer = super().send(request, **{**kwargs, "allow_redirects": False, "stream": True})
        if not streamed:
            _read(answer)
        return answer


def beginning(answer: requests.Response, most: int, seconds: float) -> bytes:
    """The first bytes of an answer that was asked for as a stream; what follows, or comes later, is left."""
    said, until = b"", monotonic() + seconds
    with answer:
        while len(said) < most and monotonic() < until and (part := _arrived(answer)):
            said += part
    return said[:most]


def _read(answer: requests.Response) -> None:
    """Its content, part by part. Raises Unavailable for one that is too large or will not end."""
    parts: list[bytes] = []
    size, until = 0, monotonic() + LONGEST_ANSWER
    with answer:
        while part := _arrived(answer):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise Unavailable(f"The answer has more than {LARGEST} bytes.")
            if monotonic() > until:
                raise Unavailable(f"The answer took longer than {LONGEST_ANSWER:.0f} seconds.")
    vars(answer).update(_content=b"".join(parts), _content_consumed=True)  # as reading it all at once leaves it


def _arrived(answer: requests.Response) -> bytes:
    """What has arrived by now: waiting for a full part would let an answer drip for hours."""
    try:
        part: bytes = answer.raw.read1(64 * 1024, decode_content=True)
    except HTTPError as error:
        raise requests.ConnectionError(error) from error
    return part


def retry_after(value: str, now: datetime) -> float:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); 0 where it says neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0.0
