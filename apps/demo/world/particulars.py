"""When the demo's people were born, where they live, and what each source says of it: some are behind, some mistaken.

Drawn by chance of its own for each person, so that nothing else in the world depends on it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from apps.demo.world.events import BANK, CLUB, DESK, SHOP, Character

STREETS = {
    "en": ("{n} Mill Lane", "{n} Church Road", "{n} Station Road", "{n} Orchard Close", "{n} Victoria Street"),
    "fr": ("{n} rue des Lilas", "{n} rue du Moulin", "{n} avenue de la Gare", "{n} quai des Tanneurs"),
    "de": ("Lindenstraße {n}", "Gartenweg {n}", "Bahnhofstraße {n}", "Am Mühlbach {n}"),
    "es": ("Calle del Olivo {n}", "Calle Mayor {n}", "Avenida de la Estación {n}"),
    "nl": ("Molenweg {n}", "Dorpsstraat {n}", "Lindelaan {n}"),
    "it": ("Via dei Mulini {n}", "Via Garibaldi {n}", "Viale della Stazione {n}"),
    "pl": ("ulica Lipowa {n}", "ulica Młyńska {n}", "ulica Ogrodowa {n}"),
    "tr": ("Değirmen Sokak No {n}", "Çınar Caddesi No {n}"),
    "sv": ("Kvarngatan {n}", "Lindvägen {n}"),
    "ja": ("本町{n}丁目", "桜町{n}丁目"),
}
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
WATER = ("Soft", "Medium", "Hard")
TIMES = ("Mornings", "Afternoons", "Evenings")


@dataclass(slots=True)
class Particulars:
    """What each source says now; what it said before, since when it no longer does; what a colleague typed by hand."""

    said: dict[str, dict[str, Any]]
    before: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    typed: dict[str, tuple[datetime, str]] = field(default_factory=dict)


def particulars(person: Character, now: datetime) -> Particulars:
    who = person.same_as or person
    rng = Random(f"{who.number} {who.name}")
    born = date(person.since.year - 18 - int(60 * rng.random() ** 1.3), rng.randrange(1, 13), rng.randrange(1, 29))
    home, earlier = _home(rng, person), _home(rng, person)
    facts = Particulars({SHOP: dict(home), BANK: {**home, "born": born.isoformat()}, CLUB: {}, DESK: {}})
    if rng.random() < 0.55:
        facts.said[SHOP]["born"] = born.isoformat()
    if rng.random() < 0.3:
        facts.said[SHOP]["water_hardness"] = rng.choice(WATER)
    facts.said[BANK]["credit_limit"] = 250 * rng.randrange(2, 40)
    facts.said[CLUB] = {"born": _misread(born, rng).isoformat(), "favourite_store": person.store.name}
    _move(rng, facts, earlier, now)
    if rng.random() < 0.25:
        facts.typed["best_time"] = now - timedelta(days=rng.randrange(3, 300)), rng.choice(TIMES)
    return facts


def _home(rng: Random, person: Character) -> dict[str, Any]:
    streets = STREETS.get(person.language, STREETS["en"])
    return {"street": rng.choice(streets).format(n=rng.randrange(1, 90)), "postcode": _postcode(rng, person.country)}


def _postcode(rng: Random, country: str) -> str:
    digits = f"{rng.randrange(10_000, 99_000)}"
    if country == "GB":
        return f"{rng.choice(LETTERS)}{rng.choice(LETTERS)}{digits[0]} {digits[1]}{rng.choice(LETTERS)}{rng.choice(LETTERS)}"
    if country == "NL":
        return f"{digits[:4]} {rng.choice(LETTERS)}{rng.choice(LETTERS)}"
    if country == "PL":
        return f"{digits[:2]}-{digits[2:]}"
    return digits[:4] if country in {"BE", "CH"} else digits


def _misread(born: date, rng: Random) -> date:
    """On one application in fifteen the day and the month changed places."""
    return born.replace(day=born.month, month=born.day) if born.day <= 12 and rng.random() < 0.15 else born


def _move(rng: Random, facts: Particulars, earlier: dict[str, Any], now: datetime) -> None:
    """One in six has moved: the bank knows, and the shop only if something was ordered since."""
    chance, moved = rng.random(), now - timedelta(days=rng.randrange(20, 500))
    if chance >= 0.16:
        return
    facts.before[BANK] = moved, earlier
    if chance < 0.1:
        facts.said[SHOP] |= earlier
    else:
        facts.before[SHOP] = moved + timedelta(days=9), earlier
