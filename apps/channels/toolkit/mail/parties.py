"""Whose mail it is: the customer, and which way it went. Pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from apps.channels.toolkit.mail.addresses import mailboxes
from apps.channels.toolkit.people import emails
from apps.foundation.text.values import Event, mapping, mappings, words
from apps.interactions.models import Direction

BETWEEN = re.compile(r"[,;\s]+")
USUAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
VIA = re.compile(
    r"\s*['\"]?(.{1,120}?)['\"]?\s+(?:via|über|por medio de|tramite|através de|przez|через)\s+\S", re.IGNORECASE
)
LIST_DOMAIN = re.compile(r"<?([\w.-]+)>?\s*$")


@dataclass(frozen=True, slots=True)
class OwnAddresses:
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


def own_addresses(text: str) -> OwnAddresses:
    """Addresses as they are, domains with or without an @ before them; a user name that is neither is left out."""
    words = [word.lower() for word in BETWEEN.split(text) if word]
    domains = {word.removeprefix("@") for word in words if "." in word and "@" not in word.removeprefix("@")}
    return OwnAddresses(frozenset(word for word in words if "@" in word[1:]), frozenset(domains))


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

    @classmethod
    def kept_in(cls, mail: Event) -> "Parties | None":
        """As they were worked out when the mail was read."""
        kept = mail.get("parties")
        if not isinstance(kept, dict) or kept.keys() != {field.name for field in fields(cls)}:
            return None
        return cls(**{**kept, "others": tuple(kept["others"])})


def parties_of(mail: Event, own: OwnAddresses) -> Parties | None:
    """None where no customer has a part in it: mails among ourselves, newsletters that reach us, machines; and where
    there is a puzzle (`puzzle_of`)."""
    report = mapping(mail.get("report"))
    if report:
        recipient = words(report.get("recipient"), 320)
        return Parties("bounce", Direction.INTERNAL, recipient) if _is_outside(recipient, own) else None
    sender = next(iter(mappings(mail.get("from"))), {})
    if own.holds(words(sender.get("address"), 320)) or mail.get("sent") is True:
        through = _through_us(mail, sender, own)
        return through if through or _hides_its_sender(mail, own) else _from_us(mail, sender, own)
    return _to_us(mail, own)


def puzzle_of(mail: Event, own: OwnAddresses) -> str:
    """Why a person should look at a mail that is nobody's: it is somebody's, and we cannot read whose."""
    report = mapping(mail.get("report"))
    if report:
        return "" if words(report.get("recipient"), 320) else "It is a delivery report that names no recipient."
    senders = mappings(mail.get("from"))
    if _hides_its_sender(mail, own):
        return f"A group of ours sent it on, and does not say whose it is: {words(mail.get('sender'), 200)}"
    if mail.get("sent") is True or _is_from_many(mail, own):
        return ""
    if not senders:
        said = words(mail.get("sender"), 200)
        return f"Its sender cannot be read: {said}" if said else "It does not say who sent it."
    address = words(senders[0].get("address"), 320)
    if own.holds(address) or _is_machine(address) or USUAL.fullmatch(address):
        return ""
    return f"Its sender's address cannot be used: {address}"


def _through_us(mail: Event, sender: Event, own: OwnAddresses) -> Parties | None:
    """What somebody wrote to a group of ours, which sends it on in its own name: "Mia via Help"."""
    if mail.get("sent") is True:
        return None
    via = VIA.match(words(sender.get("name"), 200))
    named = [{"name": called, "address": address} for called, address in mailboxes(via[1])] if via else []
    theirs = _outside(mail.get("original_from"), own) or (
        _outside([*mappings(mail.get("reply_to")), *named], own) if via else []
    )
    if not theirs:
        return None
    name = _name(theirs[0]) or (via[1] if via and "@" not in via[1] else "")
    return _inbound(mail, {**theirs[0], "name": name}, own, "auto_reply" if mail.get("auto") else "email")


def _hides_its_sender(mail: Event, own: OwnAddresses) -> bool:
    """Whether somebody wrote it to a group of ours, which says in whose name it sends it on but no address."""
    sender = next(iter(mappings(mail.get("from"))), {})
    address = words(sender.get("address"), 320)
    reached = [words(person.get("address"), 320) for field in ("to", "cc") for person in mappings(mail.get(field))]
    via = mail.get("sent") is not True and own.holds(address) and VIA.match(words(sender.get("name"), 200))
    return bool(via) and address in reached and not _through_us(mail, sender, own)


def _from_us(mail: Event, sender: Event, own: OwnAddresses) -> Parties | None:
    """To the first recipient who is not one of us; without one, it may be what somebody typed into our own form."""
    outside = [person for field in ("to", "cc", "bcc") for person in _outside(mail.get(field), own)]
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
        others=tuple(dict.fromkeys(words(person.get("address"), 320) for person in outside[1:])),
    )


def _to_us(mail: Event, own: OwnAddresses) -> Parties | None:
    if _is_from_many(mail, own):
        return None
    auto = words(mail.get("auto"), 20)
    for person in _outside(mail.get("from"), own):
        return replace(_inbound(mail, person, own, "auto_reply" if auto else "email"), sender=True)
    for person in _outside(mail.get("reply_to"), own):  # a market's machine hands on what somebody wrote
        return _inbound(mail, person, own, "auto_reply" if auto == "replied" else "email")
    return None


def _is_from_many(mail: Event, own: OwnAddresses) -> bool:
    """Whether it came over a list that is none of ours."""
    over = words(mail.get("list"), 200)
    return bool(over) and mail.get("auto") != "replied" and not _is_our_list(over, own)


def _inbound(mail: Event, asker: Event, own: OwnAddresses, kind: str) -> Parties:
    reached = (words(person.get("address"), 320) for field in ("to", "cc") for person in mappings(mail.get(field)))
    return Parties(
        kind,
        Direction.INTERNAL if kind == "auto_reply" else Direction.INBOUND,
        words(asker.get("address"), 320),
        name=_name(asker),
        ours=next(filter(own.holds, reached), ""),
    )


def _outside(people: object, own: OwnAddresses) -> list[Event]:
    return [person for person in mappings(people) if _is_outside(words(person.get("address"), 320), own)]


def _is_outside(address: str, own: OwnAddresses) -> bool:
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


def _is_our_list(over: str, own: OwnAddresses) -> bool:
    """A group of our own (help@ as a list): who writes to it writes to us."""
    named = LIST_DOMAIN.search(over)
    return bool(named and own.names(named[1]))
