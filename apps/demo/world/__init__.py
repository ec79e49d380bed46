"""The demo's world: a company, its customers and six years of what happened between them.

The same seed, number of customers and `now` give the same world to the last letter.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from random import Random

from django.db import transaction

from apps.channels.models import Source
from apps.demo.world import company, pulse, stories
from apps.demo.world.clock import Clock
from apps.demo.world.episodes import live
from apps.demo.world.episodes.scene import Scene
from apps.demo.world.events import SHOP, Character
from apps.demo.world.people import Population
from apps.demo.world.rows import Writer, analyse
from apps.insights.propensity.actions import score

CHUNK = 200  # customers held in memory at a time
Progress = Callable[[str, int, int], None]


def is_built() -> bool:
    return Source.objects.filter(slug=SHOP).exists()


@transaction.atomic
def build(customers: int, seed: int, now: datetime, progress: Progress = lambda step, done, total: None) -> int:
    """Write the world into an empty database, all of it or nothing; how many interactions it holds.

    `customers` includes the dozen hand-written ones. `progress` hears (what is being done, how far, of how much).
    """
    progress("company", 0, 1)
    company.found()
    progress("company", 1, 1)
    rng, clock = Random(seed), Clock(now)
    writer, population, written = Writer(rng, now), Population(rng, clock), 0
    characters = stories.write(rng, clock, population, size=customers)
    for chunk in _chunks(rng, clock, population, len(characters) + 1, max(customers - len(characters), 0)):
        for person in chunk:
            writer.add(person)
        written += writer.flush()
        progress("customers", chunk[-1].number - len(characters), customers)
    # The stories come last: nothing in the lists is newer.
    for person in characters:
        writer.add(person)
    for number in stories.shared_phones(characters):
        writer.share(number)
    written += writer.flush()
    writer.close()
    progress("customers", customers, customers)
    progress("propensities", 0, 1)
    analyse()
    pulse.take(now)
    score()
    progress("propensities", 1, 1)
    return written


def _chunks(rng: Random, clock: Clock, population: Population, first: int, number: int) -> Iterator[list[Character]]:
    serial = count(1)
    chunk: list[Character] = []
    for person in population.people(first, number):
        live(Scene(rng, clock, person, serial))
        chunk.append(person)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
