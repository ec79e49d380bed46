"""Groups of more than two. Where A is B and B is C, then A is C: a pair that was not seen, or of which too little is
known, is suggested through the one between, unless what is known of it speaks against it. Pure.

Only likely pairs carry over, and only in small groups: a long chain of pairs that are a little alike ends in strangers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import fsum
from typing import Final

from apps.customers.matching.weights import Scored

LIKELY: Final = 0.9  # probability from which a pair carries over
LARGEST: Final = 25  # customers of a group
CONTRADICTED: Final = -4.0  # bits of all that is compared below which it speaks against a pair

Pair = tuple[int, int]


def missing(found: Iterable[Scored]) -> list[Pair]:
    """Pairs of customers who are linked through others by likely pairs, and were not found themselves."""
    chances = {(pair.a, pair.b): pair.probability for pair in found}
    groups = _groups(pair for pair, chance in chances.items() if chance >= LIKELY)
    return [pair for group in groups for pair in combinations(sorted(group), 2) if pair not in chances]


def completed(found: Sequence[Scored], weighed: Iterable[Scored]) -> list[Scored]:
    """All pairs, those that are missing no longer with what their way through others makes likely."""
    chances = {(pair.a, pair.b): pair.probability for pair in found if pair.probability >= LIKELY}
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in chances:
        near[a].add(b)
        near[b].add(a)
    added = [
        pair._replace(probability=max(pair.probability, _through(pair.a, pair.b, near, chances)))
        for pair in weighed
        if _evidence(pair) >= CONTRADICTED
    ]
    return sorted([*found, *added], key=lambda pair: (-pair.probability, pair.a, pair.b))


def _evidence(pair: Scored) -> float:
    """What agrees and what differs, whatever the size of the base: its `weight` also has how rare such pairs are."""
    return fsum(float(compared["weight"]) for compared in pair.features.values())


def _through(a: int, b: int, near: dict[int, set[int]], chances: dict[Pair, float]) -> float:
    """The chance that both steps over the best customer between hold; over several, as good as the least is."""
    between = near[a] & near[b]
    steps = (chances[min(a, c), max(a, c)] * chances[min(b, c), max(b, c)] for c in between)
    return max(steps, default=LIKELY * LIKELY)


def _groups(pairs: Iterable[Pair]) -> list[set[int]]:
    """Those linked, more than two and at most `LARGEST` together."""
    group_of: dict[int, set[int]] = {}
    for a, b in pairs:
        one, other = group_of.get(a, {a}), group_of.get(b, {b})
        if one is not other:
            large, small = (one, other) if len(one) >= len(other) else (other, one)
            large |= small
            group_of |= dict.fromkeys(small, large)
            group_of[a] = group_of[b] = large
    distinct = {id(group): group for group in group_of.values()}
    return [group for group in distinct.values() if 2 < len(group) <= LARGEST]
