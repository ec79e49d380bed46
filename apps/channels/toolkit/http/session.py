"""Asking a provider over HTTP, at its source's pace."""

import re
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils import timezone
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.http.pace import request_wait
from apps.foundation.network.errors import Denied, Throttled, Unavailable
from apps.foundation.network.session import GuardedSession, retry_after

TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two parts of an answer
LONGEST_NAP = 5.0  # seconds we wait for the bucket ourselves; beyond, others have their turn
QUERY = re.compile(r"\?[^\s'\")]+")


class PacedSession(GuardedSession):
    """A session for one source, at its pace. Libraries that take a `requests.Session` may be given it.

    Raises Throttled, Denied or Unavailable.
    """

    def __init__(self, source: SourceFacts) -> None:
        super().__init__()
        self.source = source

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        wait = request_wait(self.source.pk, self.source.pace)
        if wait > LONGEST_NAP:
            raise Throttled(wait, "Our own pace for this source is used up.")
        sleep(wait)
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        try:
            return super().request(method, url, *args, **kwargs)
        except (InvalidSchema, InvalidURL, MissingSchema):
            raise Denied(f"{str(url)[:80]} is no address on the web.") from None
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unavailable(f"{urlsplit(str(url)).hostname}: {_words(error)}") from None


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
        raise Denied(f"HTTP {status}: {said or _elsewhere(answer)}")
    try:
        return answer.json()
    except ValueError:
        raise Unavailable(f"The answer is not JSON: {said[:120]}") from None


def _elsewhere(answer: requests.Response) -> str:
    """Where a redirect would have led, for whoever mends the address."""
    return QUERY.sub("", answer.headers.get("location", ""))[:200]


def _words(error: BaseException) -> str:
    """The innermost reason: libraries wrap it several times, in the address with all that its query holds."""
    for _layer in range(8):
        wrapped = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        inner = next((cause for cause in wrapped if isinstance(cause, BaseException)), None)
        if inner is None:
            break
        error = inner
    return QUERY.sub("", str(error) or type(error).__name__)[:200]
