"""Where an episode plays: one person, one calendar, one source of chance."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from apps.demo.world import cast
from apps.demo.world.catalogue import COURIERS, PRODUCTS, Product
from apps.demo.world.clock import Clock
from apps.demo.world.events import Character, WorldEvent, money
from apps.demo.world.words import Topic

RATES = {"EUR": 1.0, "GBP": 0.87, "CHF": 0.98, "PLN": 4.3, "TRY": 38.0, "SEK": 11.4, "JPY": 165.0}
SLOTS = (
    "between 8 and 10",
    "between 10 and 12",
    "before noon",
    "between 13 and 15",
    "after 17:00",
    "between 18 and 20",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
QUIET = timedelta(hours=3)  # the newest hours belong to the hand-written stories


class Scene:
    """`serial` numbers orders over all customers."""

    def __init__(self, rng: Random, clock: Clock, person: Character, serial: Iterator[int]) -> None:
        self.rng, self.clock, self.person, self._serial = rng, clock, person, serial
        self._days = max((clock.now.date() - person.since).days, 1)

    def day(self) -> datetime:
        """Noon of some day since the person is a customer, where they live."""
        return self.clock.some_day(self.rng, self._days, self.person.zone)

    def order_number(self, at: datetime) -> str:
        return f"LW{at:%y%m%d}-{next(self._serial) % 10_000:04d}"

    def price(self, product: Product) -> Any:
        return money(round(product.price * RATES[self.person.currency] - 0.01, 2))

    def gaps(self, at: datetime, product: Product, order: str = "", agent: str = "") -> dict[str, str]:
        """What fills the gaps of the texts (`words`)."""
        rng, person = self.rng, self.person
        return {
            "product": product.name,
            "part": product.part,
            "other": rng.choice(PRODUCTS).name,
            "order": order or self.order_number(at - timedelta(days=rng.randrange(2, 20))),
            "courier": rng.choice(COURIERS),
            "store": person.store.name,
            "city": person.city,
            "first": person.first_name,
            "agent": cast.BY_USERNAME[agent].first_name if agent else "",
            "slot": rng.choice(SLOTS),
            "day": rng.choice(DAYS),
            "amount": f"{self.price(product)} {person.currency}",
        }

    def agent(self) -> str:
        return cast.someone_for(self.rng, self.person.country).username

    def centre(self, agent: str) -> str:
        return cast.BY_USERNAME[agent].team

    def pick(self, texts: tuple[str, ...], gaps: dict[str, str]) -> str:
        return self.rng.choice(texts).format_map(gaps) if texts else ""

    def account(self, topic: Topic, gaps: dict[str, str]) -> str:
        """What an agent writes down: how it began and where it went."""
        return capital(f"{self.pick(topic.opening, gaps)} {capital(self.pick(topic.course, gaps))}")

    def add(self, at: datetime, channel: str, kind: str, title: str, **facts: Any) -> bool:
        """Let it happen, unless that would be in the future. Whether it did."""
        if at > self.clock.now - QUIET:
            return False
        self.person.events.append(WorldEvent(at, channel, kind, capital(title)[:200], **facts))
        return True


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
