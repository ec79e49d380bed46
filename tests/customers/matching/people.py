# ruff: noqa: E501, RUF001, SIM905 - lists of words, and letters that are meant
"""A base with other habits than the Febrl sets: European names, telephones and addresses, families under one roof,
twins, fathers and sons of one name, and people known twice with what goes wrong when they are written down."""

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

GIVEN = (
    "Anna Marie Sophie Luca Jonas Emma Paul Léa Hugo Chloé Javier Lucía Marta Pablo Giulia Marco Elena Piotr Kasia Zofia "
    "Sven Ingrid Lars Astrid Mehmet Ayşe Emre Fatma Ioana Andrei Katarina Milan Niamh Seán Aoife Rhys Megan Oliver Amelia "
    "George Isla Harry Freya Noah Ben Clara Felix Greta Anton Ida Matteo Chiara Diego Inés João Beatriz Tomás Ana Rui"
).split()
FAMILY = (
    (
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Martin Bernard Dubois Thomas Robert Petit "
        "García Fernández González Rodríguez López Rossi Russo Ferrari Bianchi Romano Nowak Kowalski Wiśniewski Andersson "
        "Johansson Hansen Olsen Yılmaz Kaya Demir Popescu Ionescu Horvat Novák Murphy Kelly Byrne Jones Evans Davies Smith "
        "Brown Taylor Wilson Silva Santos Ferreira Costa Jansen de Vries van Dijk Bakker Peeters Janssens O’Brien Öztürk"
    )
    .replace("de Vries", "de_Vries")
    .replace("van Dijk", "van_Dijk")
    .split()
)
STREETS = (
    (
        "Hauptstraße Bahnhofstraße Gartenweg Rue de Rivoli|Rue Pasteur|Calle Mayor|Gran Vía|Via Roma|Via Garibaldi|"
        "Kerkstraat|Storgatan|Church Road|High Street|Mill Lane|Station Road|Ulica Długa|Rua Augusta"
    )
    .replace(" Bahnhofstraße", "|Bahnhofstraße")
    .replace(" Gartenweg", "|Gartenweg")
    .replace(" Rue de", "|Rue de")
    .split("|")
)
TOWNS = (
    ("10115", "Berlin", "DE"), ("20095", "Hamburg", "DE"), ("75004", "Paris", "FR"), ("69002", "Lyon", "FR"),
    ("28013", "Madrid", "ES"), ("00184", "Roma", "IT"), ("1012", "Amsterdam", "NL"), ("LS1 4AP", "Leeds", "GB"),
    ("BS1 4QA", "Bristol", "GB"), ("D02 X285", "Dublin", "IE"), ("00-001", "Warszawa", "PL"), ("1100-048", "Lisboa", "PT"),
)  # fmt: skip
CODES = {"DE": "+4915", "FR": "+336", "ES": "+346", "IT": "+393", "NL": "+316", "GB": "+447", "IE": "+3538", "PL": "+485", "PT": "+3519"}  # fmt: skip
COLUMNS = ("id", "truth", "source", "name", "born", "street", "postcode", "city", "country", "email", "phone")


@dataclass(frozen=True, slots=True)
class Person:
    truth: str
    given: str
    family: str
    born: date
    street: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str


def base(count: int, *, seed: int = 7, doubles: float = 0.2) -> list[dict[str, str]]:
    """About `count` rows of `COLUMNS`, a share of them a person's second row, as another source wrote it down."""
    chance = Random(seed)
    people: list[Person] = []
    while len(people) < count * (1 - doubles):
        people += [
            replace(one, truth=f"p{len(people) + place}") for place, one in enumerate(_household(chance, len(people)))
        ]
    rows = [_row(one, "shop", f"s{number}") for number, one in enumerate(people)]
    again = chance.sample(people, min(len(people), int(count * doubles)))
    return rows + [_row(_written_down(one, chance), "club", f"c{number}", chance) for number, one in enumerate(again)]


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerows(rows)


def _household(chance: Random, number: int) -> list[Person]:
    family, (postcode, city, country) = chance.choice(FAMILY).replace("_", " "), chance.choice(TOWNS)
    street = f"{chance.choice(STREETS)} {chance.randrange(1, 180)}"
    line = f"{CODES[country]}{chance.randrange(10**7, 10**8)}"
    elder = date(1940, 1, 1) + timedelta(days=chance.randrange(20_000))
    first = _person(chance, number, family, elder, street, (postcode, city, country), line)
    home = [first]
    for place in range(1, chance.choice((1, 1, 2, 3, 4))):
        born = elder + timedelta(days=chance.randrange(-2000, 2000) if place == 1 else chance.randrange(7500, 11_000))
        own = line if chance.random() < 0.4 else f"{CODES[country]}{chance.randrange(10**7, 10**8)}"
        one = _person(chance, number + place, family, born, street, (postcode, city, country), own)
        if place > 1 and chance.random() < 0.1:
            one = replace(one, given=first.given)  # named after a parent
        if place > 2 and chance.random() < 0.15:
            one = replace(one, born=home[-1].born)  # twins
        if one.given not in {other.given for other in home if other.born == one.born}:
            home.append(one)
    return home


def _person(
    chance: Random, number: int, family: str, born: date, street: str, town: tuple[str, str, str], phone: str
) -> Person:
    given = chance.choice(GIVEN)
    email = f"{given}.{family}{number}@mail.example".lower().replace(" ", "")
    return Person(f"p{number}", given, family, born, street, *town, email, phone)


def _written_down(one: Person, chance: Random) -> Person:
    """The same person, by somebody else, some years later."""
    if chance.random() < 0.15:
        postcode, city, _country = chance.choice(TOWNS)
        one = replace(one, street=f"{chance.choice(STREETS)} {chance.randrange(1, 180)}", postcode=postcode, city=city)
    if chance.random() < 0.2:
        one = replace(one, given=_slip(one.given, chance))
    if chance.random() < 0.15:
        one = replace(one, family=_slip(one.family, chance))
    if chance.random() < 0.3:
        one = replace(one, email=f"{one.family}{chance.randrange(99)}@post.example".lower().replace(" ", ""))
    if chance.random() < 0.3:
        one = replace(one, phone=f"{CODES[one.country]}{chance.randrange(10**7, 10**8)}")
    if chance.random() < 0.05 and one.born.day <= 12:
        one = replace(one, born=one.born.replace(month=one.born.day, day=one.born.month))
    return one


def _slip(word: str, chance: Random) -> str:
    """A letter left out, doubled, or changed with its neighbour."""
    spot = chance.randrange(1, len(word))
    return chance.choice(
        (
            word[:spot] + word[spot + 1 :],
            word[:spot] + word[spot - 1 :],
            word[: spot - 1] + word[spot] + word[spot - 1] + word[spot + 1 :],
        )
    )


def _row(one: Person, source: str, pk: str, chance: Random | None = None) -> dict[str, str]:
    row = {
        "id": pk,
        "truth": one.truth,
        "source": source,
        "name": f"{one.given} {one.family}",
        "born": one.born.isoformat(),
        "street": one.street,
        "postcode": one.postcode,
        "city": one.city,
        "country": one.country,
        "email": one.email,
        "phone": one.phone,
    }
    if chance:
        row["name"] = chance.choice(
            (row["name"], row["name"], f"{one.family}, {one.given}", f"{one.given[0]}. {one.family}")
        )
        for column, missing in (("born", 0.3), ("street", 0.1), ("email", 0.3), ("phone", 0.3)):
            if chance.random() < missing:
                row[column] = ""
    return row
