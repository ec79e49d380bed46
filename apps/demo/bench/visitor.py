"""A client that speaks plain HTTP over one kept connection and costs as little as it can."""

import base64
import re
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode

from apps.demo.bench.stage import PERSON, Stage

NONE: Mapping[str, str] = {}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class HttpAnswer(NamedTuple):
    status: int
    headers: Message
    body: bytes


class AnswerError(Exception):
    """The server answered something that is not worth measuring."""


class Visitor:
    """One keep-alive connection with its cookies."""

    def __init__(self, stage: Stage, **headers: str) -> None:
        self.stage = stage
        self.connection = HTTPConnection("127.0.0.1", stage.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.headers = headers

    def get(self, path: str, headers: Mapping[str, str] = NONE, *, expect: int = 200) -> HttpAnswer:
        return self._ask("GET", path, None, headers, expect)

    def post(self, path: str, body: bytes, headers: Mapping[str, str] = NONE, *, expect: int = 200) -> HttpAnswer:
        return self._ask("POST", path, body, headers, expect)

    def submit(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = NONE, *, expect: int = 200
    ) -> HttpAnswer:
        """Send a form as a browser does, with the token from the cookie."""
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.post(path, urlencode({**token, **fields}).encode(), headers, expect=expect)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], expect: int) -> HttpAnswer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **headers, **({"Cookie": cookies} if cookies else {})}
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        answer = HttpAnswer(response.status, response.headers, response.read())
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status != expect:
            raise AnswerError(f"{method} {path} answered {answer.status}, not {expect}: {answer.body[:300]!r}")
        return answer


def signed_in(stage: Stage) -> Visitor:
    """Somebody who came through the front door: the login form, with its token."""
    visitor = Visitor(stage)
    form = visitor.get("/accounts/login/")
    hidden = TOKEN.search(form.body)
    fields = {"login": PERSON, "password": stage.password}
    if hidden:
        fields["csrfmiddlewaretoken"] = hidden.group(1).decode()
    visitor.submit("/accounts/login/", fields, expect=302)
    if "sessionid" not in visitor.cookies:
        raise AnswerError("The login form let nobody in.")
    return visitor


def same_session(visitor: Visitor) -> Visitor:
    """Another connection of the same browser."""
    other = Visitor(visitor.stage, **visitor.headers)
    other.cookies = dict(visitor.cookies)
    return other


def program(stage: Stage) -> Visitor:
    """Another system, with a bearer token."""
    return Visitor(stage, Authorization=f"Bearer {stage.token}")


def sender(stage: Stage) -> Visitor:
    """A source that posts events with its write key, as the client libraries do."""
    basic = base64.b64encode(f"{stage.write_key}:".encode()).decode()
    return Visitor(stage, Authorization=f"Basic {basic}", **{"Content-Type": "application/json"})


def server_seconds(answer: HttpAnswer) -> float | None:
    """What the server says it took (Server-Timing, in milliseconds), if it says so."""
    duration = re.search(r"dur=([0-9.]+)", answer.headers.get("Server-Timing", ""))
    return float(duration.group(1)) / 1000 if duration else None
