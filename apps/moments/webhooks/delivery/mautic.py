"""A moment in Mautic: its customer becomes a contact there with a tag, and joins a segment or a campaign.

Formats: Mautic's developer documentation, "REST API": "Authentication" (basic, OAuth 2 client credentials), "Contacts"
(Create Contact: one whose unique field, the e-mail address, is known already is updated), "Segments" and "Campaigns"
(Add Contact). Every call may be repeated without another effect. docs/mautic.md tells how it is used.

What Mautic answers is full of what it knows of the contact: the log gets which calls were made and their status only.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from apps.foundation.network.session import GuardedSession
from apps.moments.webhooks.delivery.request import TIMEOUT, Answered, asked_to_wait, since, timed

EARLY = 60  # seconds before its end at which a token is renewed

_tokens: dict[tuple[str, str], tuple[str, float]] = {}
_renewing: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)  # one each: a slow Mautic holds up no other


class MauticRefused(Exception):
    """Mautic did not do what it was asked."""

    def __init__(self, status: int, error: str = "", wait: float = 0) -> None:
        super().__init__(error)
        self.status, self.error, self.wait = status, error, wait


@dataclass(frozen=True, slots=True)
class MauticAccess:
    """One Mautic. `url` is where it is reached, without `/api`. `vault` has `user` and `password`, or `client_id` and
    `client_secret`; `settings` may have `segment` and `campaign`, their ids there, and `field`, the alias of a contact
    field that takes the delivery's key."""

    url: str
    vault: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def at(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"


@dataclass(frozen=True, slots=True)
class Contact:
    """The letter: a contact to be made or found, and what it joins."""

    mautic: MauticAccess
    email: str = field(repr=False)
    tags: tuple[str, ...]
    key: str

    def post(self) -> Answered:
        return timed(self._post)

    def _post(self, began: float) -> Answered:
        with GuardedSession() as session:
            calls = Calls(session, self.mautic)
            try:
                contact = self._make(calls)
                for name, kind in (("segment", "segments"), ("campaign", "campaigns")):
                    if number := self.mautic.settings.get(name):
                        calls.ask(f"api/{kind}/{int(number)}/contact/{contact}/add", {})
            except MauticRefused as refusal:
                return Answered(refusal.status, since(began), calls.log, refusal.error, refusal.wait)
        return Answered(calls.status, since(began), calls.log, their_id=str(contact))

    def _make(self, calls: "Calls") -> int:
        said: dict[str, Any] = {"email": self.email, "tags": list(self.tags)}
        if alias := self.mautic.settings.get("field"):
            said[str(alias)] = self.key
        made = calls.ask("api/contacts/new", said).get("contact")
        number = made.get("id") if isinstance(made, dict) else None
        if not isinstance(number, int):
            raise MauticRefused(calls.status, "no_contact")
        return number


@dataclass(frozen=True, slots=True)
class Greeting:
    """The letter that tries a Mautic out: it reads one contact, and keeps nothing of it."""

    mautic: MauticAccess

    def post(self) -> Answered:
        return timed(self._post)

    def _post(self, began: float) -> Answered:
        with GuardedSession() as session:
            calls = Calls(session, self.mautic)
            try:
                calls.ask("api/contacts?limit=1&minimal=1")
            except MauticRefused as refusal:
                return Answered(refusal.status, since(began), calls.log, refusal.error, refusal.wait)
        return Answered(calls.status, since(began), calls.log)


class Calls:
    """Calls of one Mautic, and a log of them without what was said."""

    def __init__(self, session: requests.Session, mautic: MauticAccess) -> None:
        self.session, self.mautic = session, mautic
        self.status, self._lines = 0, list[str]()

    @property
    def log(self) -> str:
        return "\n".join(self._lines)

    def ask(self, path: str, said: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The JSON object of an answer that says yes; a revoked token is renewed once. Raises MauticRefused."""
        reply = self._call(path, said)
        if reply.status_code == 401 and _who(self.mautic) in _tokens:
            _tokens.pop(_who(self.mautic), None)
            reply = self._call(path, said)
        return self._understood(reply)

    def _call(self, path: str, said: Mapping[str, Any] | None) -> requests.Response:
        method = "GET" if said is None else "POST"
        auth = self._auth()
        reply = self.session.request(method, self.mautic.at(path), json=said, timeout=TIMEOUT, **auth)
        self._note(method, path, reply)
        return reply

    def _note(self, method: str, path: str, reply: requests.Response) -> None:
        self.status = reply.status_code
        self._lines.append(f"{method} /{path}: {reply.status_code}")

    def _understood(self, reply: requests.Response) -> Mapping[str, Any]:
        if not reply.ok or reply.is_redirect:
            raise MauticRefused(reply.status_code, wait=asked_to_wait(reply))
        try:
            read = reply.json()
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise MauticRefused(reply.status_code, "not_json")
        if "errors" in read:
            raise MauticRefused(reply.status_code, "errors")
        return read

    def _auth(self) -> dict[str, Any]:
        vault = self.mautic.vault
        if "client_id" not in vault:
            return {"auth": HTTPBasicAuth(vault.get("user", ""), vault.get("password", ""))}
        return {"headers": {"Authorization": f"Bearer {self._token()}"}}

    def _token(self) -> str:
        """By the client's credentials, kept until it is about to end ("Client Credentials flow")."""
        who = _who(self.mautic)
        with _renewing[who]:
            token, until = _tokens.get(who, ("", 0.0))
            if monotonic() > until:
                token, until = self._new_token()
                _tokens[who] = token, until
        return token

    def _new_token(self) -> tuple[str, float]:
        form = {name: self.mautic.vault.get(name, "") for name in ("client_id", "client_secret")}
        form["grant_type"] = "client_credentials"
        reply = self.session.post(self.mautic.at("oauth/v2/token"), data=form, timeout=TIMEOUT)
        self._note("POST", "oauth/v2/token", reply)
        read = self._understood(reply)
        token, lasts = read.get("access_token"), read.get("expires_in")
        if not isinstance(token, str) or not token:
            raise MauticRefused(reply.status_code, "no_token")
        return token, monotonic() + max(0, (lasts if isinstance(lasts, int) else 0) - EARLY)


def _who(mautic: MauticAccess) -> tuple[str, str]:
    return mautic.url, mautic.vault.get("client_id", "")
