"""The customers nobody wrote by hand: where they live, what they are called, how they can be reached."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from apps.demo.world.clock import YEARS, Clock
from apps.demo.world.events import BANK, CLUB, DESK, MARKETING, SHOP, Character, ConsentGiven
from apps.demo.world.names import CULTURES, Culture
from apps.demo.world.places import COUNTRIES, Country, phone_number, stores_near

# Reserved by RFC 2606: no letter to these addresses can ever reach anybody.
MAILBOXES = ("mail.example", "post.example", "letterbox.example", "example.com", "example.net", "example.org")
AGAIN = 0.012  # of the people are somebody we know already
PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ı": "i", "ø": "o", "đ": "d", "Đ": "D", "'": "", "’": ""})
ORIGINS = {
    "email": ("Newsletter form", SHOP), "sms": ("Order form, delivery notices", SHOP), "voice": ("Call with care", DESK),
    "app": ("App settings", SHOP), "post": ("Club application in store", CLUB),
}  # fmt: skip


def plain(name: str) -> str:
    """A name in the letters of an e-mail address."""
    letters = unicodedata.normalize("NFKD", name.translate(PLAIN))
    return "".join(letter for letter in letters if letter.isascii() and (letter.isalnum() or letter in "- "))


class Population:
    """Makes one customer after the other; numbers, addresses and phones never repeat."""

    def __init__(self, rng: Random, clock: Clock) -> None:
        self._rng, self._clock = rng, clock
        self._phones: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()

    def people(self, first: int, count: int) -> Iterator[Character]:
        """Now and then the same person once more: a new account, a new telephone, a name written otherwise."""
        before: Character | None = None
        for number in range(first, first + count):
            person = self._person(number)
            if before and Random(f"again {number}").random() < AGAIN:
                _become(person, before)
            before = person
            yield person

    def phone(self, country: Country) -> str:
        """The next number of the country that nobody has."""
        self._phones[country.code] += 1
        return phone_number(country, self._phones[country.code])

    def reserve(self, person: Character) -> None:
        """Keep a hand-written person's address from being given to another."""
        self._addresses[person.email.partition("@")[0]] += 1

    def _person(self, number: int) -> Character:
        rng = self._rng
        country = rng.choices(COUNTRIES, [country.weight for country in COUNTRIES])[0]
        culture = CULTURES[rng.choices(list(country.cultures), list(country.cultures.values()))[0]]
        given, family = rng.randrange(len(culture.given)), rng.randrange(len(culture.family))
        city = rng.choice(country.cities)
        activity = min(max(rng.lognormvariate(-0.25, 0.75), 0.15), 6.0)
        since = self._clock.now - timedelta(days=int(365 * YEARS * rng.random() ** 1.4) + 1)
        person = Character(
            number=number,
            name=full_name(culture, given, family),
            first_name=culture.given[given],
            country=country.code,
            city=city,
            language=country.language,
            zone=country.zone,
            currency=country.currency,
            since=since.date(),
            email=self._address(culture, given, family),
            phone=self.phone(country),
            store=rng.choice(stores_near(country.code, city)),
            bank=rng.random() < 0.22,
            activity=activity,
            tier=tier(activity, (self._clock.now - since).days),
        )
        if rng.random() < 0.55:
            person.loyalty = f"LW{number:07d}{sum(map(int, str(number))) % 10}"
        person.consents = consents(rng, person, since, self._clock.now)
        return person

    def _address(self, culture: Culture, given: int, family: int) -> str:
        first, last = culture.latin or (culture.given, culture.family)
        name = f"{plain(first[given])}.{plain(last[family])}".lower().replace(" ", "")
        self._addresses[name] += 1
        return f"{name}{self._addresses[name] if self._addresses[name] > 1 else ''}@{self._rng.choice(MAILBOXES)}"


def _become(person: Character, other: Character) -> None:
    """The other, with an account and a telephone of their own."""
    for shared in ("first_name", "country", "city", "language", "zone", "currency", "store"):
        setattr(person, shared, getattr(other, shared))
    person.same_as = other
    person.name = other.name if person.number % 3 else _misspelt(other.name)
    mailbox, _at, domain = other.email.partition("@")
    person.email = f"{mailbox}.{person.number}@{domain}"


def _misspelt(name: str) -> str:
    """Without the letter in the middle."""
    middle = len(name) * 3 // 4
    return name[:middle] + name[middle + 1 :]


def full_name(culture: Culture, given: int, family: int) -> str:
    parts = (culture.given[given], culture.family[family])
    return " ".join(reversed(parts) if culture.family_first else parts)


def tier(activity: float, days: int) -> str:
    worth = activity * (1 + days / 1000)
    return "VIP" if worth > 7 else "Gold" if worth > 4 else "Silver" if worth > 2.2 else ""


def consents(rng: Random, person: Character, since: datetime, now: datetime) -> list[ConsentGiven]:
    """What the person said per channel: often nothing, sometimes yes and later no."""
    lines = []
    for channel, (origin, source) in ORIGINS.items():
        status = rng.choices(("granted", "denied", ""), (55, 20, 25) if channel == "email" else (25, 15, 60))[0]
        if not status or (source == CLUB and not person.loyalty):
            continue
        lines.append(ConsentGiven(channel, status, since, origin, source))
        if status == "granted" and rng.random() < 0.12:
            at = since + (now - since) * rng.random()
            lines.append(ConsentGiven(channel, "withdrawn", at, "Unsubscribe link in a newsletter", MARKETING))
    return lines


def handles_of(person: Character) -> dict[str, tuple[str, list[tuple[str, str, str]]]]:
    """For each source the external id it knows the person by, and the identifiers (type, scope, value) it brings."""
    email, phone = ("email", "", person.email), ("phone", "", person.phone)
    loyalty = [("loyalty", "", person.loyalty)] if person.loyalty else []
    account = f"LM{4_000_000 + person.number * 37}"
    known = {
        SHOP: (f"user:{person.user_id}", [("user_id", SHOP, person.user_id), email, phone]),
        "pos": (person.loyalty or f"guest-{person.number}", loyalty),
        "telephony": (f"caller-{person.number}", [phone]),
        "mail": (person.email, [email]),
        "messaging": (f"talk-{person.number}", [email]),
        BANK: (account, [("account", BANK, account), phone]),
        CLUB: (person.loyalty or f"none-{person.number}", loyalty),
        MARKETING: (person.email, [email]),
    }
    for source, kind, scope, value in person.extra_handles:
        known[source][1].append((kind, scope, value))
    return {source: (key, [handle for handle in handles if handle[2]]) for source, (key, handles) in known.items()}
