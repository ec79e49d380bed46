"""Whose mail it is: the customer, and which way it went. Pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.channels.connectors.imap.account import Own
from apps.channels.connectors.people import emails
from apps.channels.connectors.values import Event, mapping, mappings, words
from apps.interactions.models import Direction

LIST_DOMAIN = re.compile(r"<?([\w.-]+)>?\s*$")


@dataclass(frozen=True, slots=True)
class Parties:
    """The customer of a mail. `kind` is `email`, `auto_reply` or `bounce`; `spoofable` unless it is our own word who
    they are; `sender` whether they wrote the mail themselves; `ours` is our address in it; `others` are further
    recipients outside."""

    kind: str
    direction: str
    address: str
    name: str = ""
    ours: str = ""
    staff: str = ""
    sender: bool = False
    spoofable: bool = True
    others: tuple[str, ...] = ()


def parties(mail: Event, own: Own) -> Parties | None:
    """None where no customer has a part in it: mails among ourselves, newsletters that reach us, machines."""
    report = mapping(mail.get("report"))
    if report:
        recipient = words(report.get("recipient"), 320)
        return Parties("bounce", Direction.INTERNAL, recipient) if _is_outside(recipient, own) else None
    sender = next(iter(mappings(mail.get("from"))), {})
    if own.holds(words(sender.get("address"), 320)) or mail.get("sent") is True:
        return _from_us(mail, sender, own)
    return _to_us(mail, own)


def _from_us(mail: Event, sender: Event, own: Own) -> Parties | None:
    """To the first recipient who is not one of us; without one, it may be what somebody typed into our own form."""
    outside = [one for field in ("to", "cc", "bcc") for one in _outside(mail.get(field), own)]
    if not outside:
        asker = next(iter(_outside(mail.get("reply_to"), own)), None)
        return _inbound(mail, asker, own, "email") if asker else None
    first = outside[0]
    return Parties(
        "auto_reply" if mail.get("auto") == "replied" else "email",
        Direction.OUTBOUND,
        words(first.get("address"), 320),
        name=_name(first),
        ours=words(sender.get("address"), 320),
        staff=_name(sender),
        spoofable=mail.get("sent") is not True,
        others=tuple(dict.fromkeys(words(one.get("address"), 320) for one in outside[1:])),
    )


def _to_us(mail: Event, own: Own) -> Parties | None:
    over = words(mail.get("list"), 200)
    if over and mail.get("auto") != "replied" and not _is_our_list(over, own):
        return None
    kind = "auto_reply" if mail.get("auto") == "replied" else "email"
    for field in ("from", "reply_to"):
        for one in _outside(mail.get(field), own):
            return replace(_inbound(mail, one, own, kind), sender=field == "from")
    return None


def _inbound(mail: Event, asker: Event, own: Own, kind: str) -> Parties:
    reached = (words(one.get("address"), 320) for field in ("to", "cc") for one in mappings(mail.get(field)))
    return Parties(
        kind,
        Direction.INTERNAL if kind == "auto_reply" else Direction.INBOUND,
        words(asker.get("address"), 320),
        name=_name(asker),
        ours=next(filter(own.holds, reached), ""),
    )


def _outside(people: object, own: Own) -> list[Event]:
    return [one for one in mappings(people) if _is_outside(words(one.get("address"), 320), own)]


def _is_outside(address: str, own: Own) -> bool:
    """Whether it is somebody's whom we can know: no placeholder, no machine that answers nobody."""
    return bool(emails(address)) and not own.holds(address) and not _is_machine(address)


def _is_machine(address: str) -> bool:
    local = address.partition("@")[0].lower()
    return local in MACHINES or local.startswith(("noreply", "no-reply", "do-not-reply", "donotreply", "bounce"))


MACHINES: Iterable[str] = frozenset({"mailer-daemon", "postmaster", "nobody", "root", "cron", "daemon"})


def _name(person: Event) -> str:
    """What they call themselves, unless it is made to look like an address."""
    name = words(person.get("name"), 200)
    return "" if "@" in name else name


def _is_our_list(over: str, own: Own) -> bool:
    """A group of our own (help@ as a list): who writes to it writes to us."""
    named = LIST_DOMAIN.search(over)
    return bool(named and own.names(named[1]))
