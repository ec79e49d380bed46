"""A source's settings as values: where its mailbox is, and which addresses are our own. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

PORTS = {"tls": 993, "starttls": 143, "none": 143}
USUAL = ("INBOX", "Sent")
EVERYTHING = "all"
BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Own:
    """Addresses and domains of the company. A domain stands for its subdomains too."""

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def holds(self, address: str) -> bool:
        address = address.lower()
        domain = address.rpartition("@")[2]
        return address in self.addresses or self.names(domain)

    def names(self, domain: str) -> bool:
        """Whether this is one of our domains, or below one."""
        parts = domain.lower().split(".")
        return any(".".join(parts[start:]) in self.domains for start in range(len(parts) - 1))


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox. `folders` is empty where all are wanted; `authority` is the authserv-id (RFC 8601) we believe."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    folders: tuple[str, ...]
    own: Own
    authority: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        security = str(settings.get("security") or "tls")
        user = str(settings.get("user") or "")
        return cls(
            host=str(settings.get("host") or ""),
            port=int(settings.get("port") or PORTS[security]),
            security=security,
            user=user,
            password=str(settings.get("password") or ""),
            folders=wanted_folders(str(settings.get("folders") or "")),
            own=own_addresses(f"{settings.get('own') or ''} {user}"),
            authority=str(settings.get("authority") or "").strip().lower(),
        )


def wanted_folders(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    return () if [name.lower() for name in names] == [EVERYTHING] else names or USUAL


def own_addresses(text: str) -> Own:
    """Addresses as they are, domains with or without an @ before them; a user name that is neither is left out."""
    words = [word.lower() for word in BETWEEN.split(text) if word]
    domains = {word.removeprefix("@") for word in words if "." in word and "@" not in word.removeprefix("@")}
    return Own(frozenset(word for word in words if "@" in word[1:]), frozenset(domains))
