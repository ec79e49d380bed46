"""Mastodon.py, asking over our own session: at the source's pace, never a private address."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests
from django.utils import timezone
from mastodon import Mastodon
from mastodon.errors import MastodonError

from apps.channels.contract import Denied, SourceFacts, Throttled, Unavailable
from apps.channels.toolkit.http.session import PacedSession, understood
from apps.foundation.network.session import retry_after
from apps.foundation.text.dates import instant
from apps.foundation.text.values import mapping, words

LONGEST_ASKED = 3600.0  # seconds a server may have us wait; the usual window is five minutes


class Telling(PacedSession):
    """Keeps the last answer as it came, and tells refusals in the server's own words: Mastodon.py drops both."""

    said: Any = None

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().request(method, url, *args, **kwargs)
        if answer.status_code == 429:
            raise Throttled(_wait(answer, timezone.now()), answer.text[:300].strip())
        self.said = understood(answer)
        return answer


def _wait(answer: requests.Response, now: datetime) -> float:
    """Seconds until the limit is lifted: `X-RateLimit-Reset` is a moment, `Retry-After` may be there too."""
    reset = instant(answer.headers.get("x-ratelimit-reset", ""))
    seconds = (reset - now).total_seconds() if reset else retry_after(answer.headers.get("retry-after", ""), now)
    return min(max(0.0, float(math.ceil(seconds))), LONGEST_ASKED)


class Server:
    """One account at one server. Every method raises Throttled, Denied or Unavailable, and gives plain JSON."""

    def __init__(self, source: SourceFacts) -> None:
        address = str(source.settings.get("server") or "").strip().rstrip("/")
        token = str(source.settings.get("access_token") or "").strip()
        if not address or not token:
            raise Denied("The server's address or the access token is missing.")
        self._session = Telling(source)
        self._api = Mastodon(
            api_base_url=address,
            session=self._session,
            ratelimit_method="throw",
            version_check_mode="none",
            request_timeout=20,
            user_agent="Klatsch",
        )
        self._api.access_token = token  # not given above: there it could be the name of a file, whose content is sent

    def account(self) -> dict[str, Any]:
        """Whose token it is."""
        own = dict(mapping(self._asked(self._api.account_verify_credentials)))
        if not words(own.get("id")):
            raise Unavailable("The server did not say whose access token this is.")
        return own

    def notifications(self, **window: Any) -> list[Any]:
        return self._listed(lambda: self._api.notifications(limit=80, **window))

    def conversations(self, **window: Any) -> list[Any]:
        return self._listed(lambda: self._api.conversations(limit=40, **window))

    def statuses(self, account: str, **window: Any) -> list[Any]:
        return self._listed(lambda: self._api.account_statuses(account, exclude_reblogs=True, limit=40, **window))

    def root(self, status: str) -> str:
        """The post a thread began with; empty where it cannot be seen."""
        try:
            above = mapping(self._asked(lambda: self._api.status_context(status))).get("ancestors")
        except Denied:
            return ""
        return words(mapping(above[0]).get("id"), 60) if isinstance(above, list) and above else ""

    def _listed(self, call: Callable[[], Any]) -> list[Any]:
        items = self._asked(call)
        if not isinstance(items, list):
            raise Unavailable("The server did not answer with a list.")
        return items

    def _asked(self, call: Callable[[], Any]) -> Any:
        """What the server said. Mastodon.py wraps whatever our session raises, and may stumble over odd answers that
        we can read."""
        self._session.said = None
        try:
            call()
        except MastodonError as error:
            inner = error.__context__
            if isinstance(inner, Throttled | Denied | Unavailable):
                raise inner from None
            raise Unavailable(str(error)[:300]) from None
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            if self._session.said is None:
                raise Unavailable(str(error)[:300]) from None
        return self._session.said
