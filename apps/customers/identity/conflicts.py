"""What of two customers contradicts each other, so that they are hardly one person however much else agrees: it caps
the score of a suggestion, and is said before anything else. Pure functions."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from apps.customers.attributes.traits import OFFICIAL
from apps.customers.identity.agreement import births_agree, names_agree, words_of
from apps.customers.models import Customer, MatchCandidate

MOST: Final = 0.85  # what a suggestion with a conflict scores at most: below what may be accepted together

Features = Mapping[str, Mapping[str, Any]]  # `MatchCandidate.features`


class Contradiction(StrEnum):
    """The gravest first."""

    OFFICIAL = "official"
    HOUSEHOLD = "household"  # different first names at one address, as people who live together have
    NAME = "name"
    BIRTH = "birth"


def contradictions(features: Features) -> list[Contradiction]:
    """What a comparison found to contradict, the gravest first."""
    level = {field: str(compared.get("level")) for field, compared in features.items()}
    found = set()
    if level.get("official") in {"close", "differs"}:
        found.add(Contradiction.OFFICIAL)
    if level.get("born") in {"close", "part", "differs"}:
        found.add(Contradiction.BIRTH)
    if level.get("given") == "differs":
        shares_home = level.get("address") in {"same", "close"} or level.get("household") == "likely"
        found.add(Contradiction.HOUSEHOLD if shares_home else Contradiction.NAME)
    return [one for one in Contradiction if one in found]


def contradictions_of(candidate: MatchCandidate) -> list[Contradiction]:
    """The same of a suggestion, with what is known of the two by now."""
    found = set(contradictions(candidate.features))
    a, b = candidate.a, candidate.b
    if not births_agree(_birth(a), _birth(b)):
        found.add(Contradiction.BIRTH)
    if Contradiction.HOUSEHOLD not in found and not names_agree([words_of(a.name)], [words_of(b.name)]):
        found.add(Contradiction.NAME)
    return [one for one in Contradiction if one in found]


def official_differ(some: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]) -> bool:
    """Whether two have different numbers of a kind of which a person has one, by the traits of their profiles."""
    mine, theirs = _official(some), _official(others)
    return any(mine[key].isdisjoint(theirs[key]) for key in mine.keys() & theirs.keys())


def _official(traits: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for said in traits:
        for key in OFFICIAL:
            if value := "".join(letter for letter in str(said.get(key) or "") if letter.isalnum()).upper():
                found.setdefault(key, set()).add(value)
    return found


def capped(score: float, features: Features) -> float:
    return min(score, MOST) if contradictions(features) else score


def _birth(customer: Customer) -> set[str]:
    return {str(customer.born)} if customer.born else set()
