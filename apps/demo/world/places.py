"""Where the demo happens: countries with their phone numbers, stores, cash machines."""

from typing import NamedTuple
from zoneinfo import ZoneInfo


class Country(NamedTuple):
    """`phones` are prefixes in E.164 with how many digits follow: ranges kept for fiction where the regulator names
    such (Ofcom, ARCEP, Bundesnetzagentur), else a block of a mobile range."""

    code: str
    weight: int
    language: str
    currency: str
    zone: ZoneInfo
    cities: tuple[str, ...]
    phones: tuple[tuple[str, int], ...]
    cultures: dict[str, int]


class Store(NamedTuple):
    name: str
    city: str
    country: str


PARIS, LONDON, BERLIN = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin")

COUNTRIES = (
    Country(
        "FR", 29, "fr", "EUR", PARIS,
        ("Lyon", "Paris", "Marseille", "Lille", "Nantes", "Grenoble", "Bordeaux", "Strasbourg", "Villeurbanne", "Annecy"),
        (("+3346571", 4), ("+3319900", 4), ("+3326191", 4), ("+3335301", 4), ("+3353649", 4)),
        {"fr": 62, "maghreb": 16, "ar": 6, "pt": 5, "vn": 3, "it": 3, "he": 2, "pl": 2, "es": 1},
    ),
    Country(
        "GB", 27, "en", "GBP", LONDON,
        ("London", "Manchester", "Leeds", "Bristol", "Edinburgh", "Cardiff", "Glasgow", "Sheffield", "Brighton", "York"),
        (
            ("+442079460", 3), ("+441614960", 3), ("+441134960", 3), ("+441214960", 3), ("+441314960", 3),
            ("+441414960", 3), ("+441144960", 3), ("+441174960", 3), ("+441154960", 3), ("+4477122", 5),
        ),
        {"gb": 64, "in": 14, "pl": 6, "gr": 3, "he": 3, "ja": 2, "uk": 3, "ar": 3, "fr": 2},
    ),
    Country(
        "DE", 15, "de", "EUR", BERLIN,
        ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Freiburg im Breisgau", "Dresden"),
        (("+493023125", 3), ("+494066969", 3), ("+496990009", 3), ("+498999998", 3), ("+4915112", 6)),
        {"de": 66, "tr": 17, "uk": 6, "pl": 5, "ar": 4, "gr": 2},
    ),
    Country(
        "ES", 8, "es", "EUR", ZoneInfo("Europe/Madrid"), ("Madrid", "Barcelona", "Valencia", "Sevilla", "Bilbao"),
        (("+346123", 5),), {"es": 90, "maghreb": 5, "uk": 5},
    ),
    Country(
        "NL", 6, "nl", "EUR", ZoneInfo("Europe/Amsterdam"), ("Amsterdam", "Utrecht", "Rotterdam", "'s-Hertogenbosch"),
        (("+316123", 5),), {"nl": 80, "tr": 10, "maghreb": 10},
    ),
    Country(
        "IT", 5, "it", "EUR", ZoneInfo("Europe/Rome"), ("Milano", "Torino", "Bologna", "Roma"),
        (("+39333123", 4),), {"it": 95, "uk": 5},
    ),
    Country(
        "PL", 3, "pl", "PLN", ZoneInfo("Europe/Warsaw"), ("Warszawa", "Kraków", "Łódź", "Wrocław"),
        (("+485123", 5),), {"pl": 85, "uk": 15},
    ),
    Country(
        "TR", 3, "tr", "TRY", ZoneInfo("Europe/Istanbul"), ("İstanbul", "İzmir", "Ankara"),
        (("+9053212", 5),), {"tr": 100},
    ),
    Country(
        "CH", 2, "de", "CHF", ZoneInfo("Europe/Zurich"), ("Zürich", "Genève", "Basel"),
        (("+417912", 5),), {"de": 55, "fr": 30, "it": 15},
    ),
    Country(
        "BE", 2, "nl", "EUR", ZoneInfo("Europe/Brussels"), ("Bruxelles", "Antwerpen", "Liège", "Gent"),
        (("+324701", 5),), {"fr": 45, "nl": 45, "maghreb": 10},
    ),
    Country(
        "SE", 1, "sv", "SEK", ZoneInfo("Europe/Stockholm"), ("Stockholm", "Göteborg", "Malmö"),
        (("+4670174", 4),), {"se": 100},
    ),
    Country(
        "JP", 1, "ja", "JPY", ZoneInfo("Asia/Tokyo"), ("東京", "大阪", "京都"), (("+819012", 6),), {"ja": 100}
    ),
)  # fmt: skip
BY_CODE = {country.code: country for country in COUNTRIES}

STORES = (
    Store("Lyon Part-Dieu", "Lyon", "FR"),
    Store("Paris Rivoli", "Paris", "FR"),
    Store("Marseille Vieux-Port", "Marseille", "FR"),
    Store("Lille Euralille", "Lille", "FR"),
    Store("London Regent Street", "London", "GB"),
    Store("Manchester Arndale", "Manchester", "GB"),
    Store("Edinburgh Princes Street", "Edinburgh", "GB"),
    Store("Berlin Mitte", "Berlin", "DE"),
    Store("Hamburg Jungfernstieg", "Hamburg", "DE"),
    Store("München Marienplatz", "München", "DE"),
    Store("Madrid Gran Vía", "Madrid", "ES"),
    Store("Amsterdam Kalverstraat", "Amsterdam", "NL"),
    Store("Milano Brera", "Milano", "IT"),
    Store("Warszawa Nowy Świat", "Warszawa", "PL"),
    Store("İstanbul Nişantaşı", "İstanbul", "TR"),
)

ATM_SPOTS = (
    "Gare centrale", "Town Hall", "Airport, arrivals", "University", "Old Market", "Hospital", "Shopping centre",
    "Harbour", "Opera", "Stadium", "Railway station, platform 1", "Cathedral square",
)  # fmt: skip


def stores_near(country: str, city: str) -> list[Store]:
    """The stores of a customer's town, else of the country, else the nearest large one."""
    return (
        [store for store in STORES if store.city == city]
        or [store for store in STORES if store.country == country]
        or [STORES[7] if country in {"CH", "SE"} else STORES[1]]
    )


def phone_number(country: Country, index: int) -> str:
    """The country's number for its nth customer; different for every index, scattered over each block."""
    for prefix, digits in country.phones:
        size = 10**digits
        if index < size:
            return f"{prefix}{index * 7919 % size:0{digits}d}"
        index -= size
    raise ValueError(f"the demo has no more phone numbers in {country.code}")
