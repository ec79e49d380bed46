"""A dozen customers written by hand: what a newcomer reads first. Each module is one story."""

from random import Random

from apps.demo.world.clock import Clock
from apps.demo.world.events import Character
from apps.demo.world.people import Population
from apps.demo.world.places import BY_CODE
from apps.demo.world.stories import (
    cash_machine,
    fifteen_years,
    household,
    leaking_machine,
    moved_country,
    promises_kept,
    scripts,
    store_regular,
    three_deliveries,
    twenty_thousand,
)  # fmt: skip


def write(rng: Random, clock: Clock, population: Population, size: int) -> list[Character]:
    """The people of the stories. In a world of `size` customers the busiest has ten touches for each of them, up to
    twenty thousand."""

    def phone(country: str) -> str:
        return population.phone(BY_CODE[country])

    characters = [
        three_deliveries.write(clock, 1, phone("GB")),
        fifteen_years.write(clock, 2, phone("GB")),
        cash_machine.write(clock, 3, phone("GB")),
        store_regular.write(clock, 4, phone("GB")),
        promises_kept.write(clock, 5, phone("GB")),
        twenty_thousand.write(clock, 6, phone("GB"), rng, min(20_000, 10 * size)),
        *household.write(clock, 7, phone("DE")),
        leaking_machine.write(clock, 9, phone("DE")),
        moved_country.write(clock, 10, phone("FR"), phone("PL")),
        scripts.arabic(clock, 11, phone("FR")),
        scripts.hebrew(clock, 12, phone("GB")),
        scripts.long_name(clock, 13, phone("ES")),
        scripts.nobody_yet(clock, 14, phone("GB")),
        scripts.japanese(clock, 15, phone("JP")),
    ]
    for person in characters:
        population.reserve(person)
        person.events = [event for event in person.events if event.at <= clock.now]
    return characters


def shared_phones(people: list[Character]) -> set[str]:
    """Numbers that more than one of them is reached by."""
    numbers = [person.phone for person in people]
    return {number for number in numbers if numbers.count(number) > 1}
