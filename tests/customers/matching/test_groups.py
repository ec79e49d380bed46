"""Groups of more than two are completed; what is known against a pair stays against it."""

import pytest

from apps.customers.matching.groups import LARGEST, completed, missing
from apps.customers.matching.model import score
from apps.customers.matching.weights import Scored
from tests.customers.matching.test_matching import numbered

NOWHERE = {"street": "", "postcode": "", "city": ""}


def pair(a, b, probability=0.99, weight=6.0):
    return Scored(a, b, probability, weight, {})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([(1, 2), (2, 3)], [(1, 3)]),
        ([(1, 2), (2, 3), (1, 3)], []),
        ([(1, 2), (3, 4)], []),
        ([(1, 2), (2, 3), (3, 4)], [(1, 3), (1, 4), (2, 4)]),
        ([(2, 9), (1, 9), (4, 7), (5, 7)], [(1, 2), (4, 5)]),
    ],
)
def test_the_pairs_a_group_lacks(found, expected):
    assert sorted(missing(pair(*both) for both in found)) == expected


def test_what_is_only_a_little_alike_carries_nothing_over():
    assert missing([pair(1, 2), pair(2, 3, 0.7)]) == []


def test_a_long_chain_is_no_group():
    assert missing(pair(place, place + 1) for place in range(LARGEST)) == []


def test_a_pair_through_another_is_as_likely_as_both_steps_and_the_likeliest_come_first():
    found = [pair(1, 2, 0.96), pair(2, 3, 0.95)]
    assert [(one.a, one.b, round(one.probability, 3)) for one in completed(found, [pair(1, 3, 0.2, -2.0)])] == [
        (1, 2, 0.96),
        (2, 3, 0.95),
        (1, 3, 0.912),
    ]


def test_who_is_known_by_little_is_found_through_who_is_known_by_more():
    """The first and the last share a first name and nothing else."""
    rows = numbered(
        {"name": "Thandiwe", **NOWHERE, "emails": ["t.nkosi@x.example"], "phones": ["+447700900123"]},
        {"name": "Thandiwe Nkosi", "born": "1971-03-09", "emails": ["t.nkosi@x.example"],
         "phones": ["+447700900123"], "numbers": ["C-104711"]},
        {"name": "Thandiwe Nkosi", "born": "1971-03-09", "numbers": ["C-104711"]},
    )  # fmt: skip
    assert {(one.a, one.b) for one in score(rows, None, population=5000).pairs} == {(1, 2), (1, 3), (2, 3)}


def test_two_who_contradict_each_other_are_not_joined_by_a_third():
    rows = numbered(
        {"name": "Anna Lind", "born": "1971-03-09", "emails": ["lind@x.example"]},
        {"name": "Lind", "emails": ["lind@x.example"]},
        {"name": "Bertil Lind", "born": "1944-12-01", "emails": ["lind@x.example"]},
    )
    assert (1, 3) not in {(one.a, one.b) for one in score(rows, None, population=5000).pairs}


def test_a_limit_that_is_reached_is_said():
    people = [{"name": f"Anna Lind{place // 2:03}", "born": f"1971-03-{place // 2 + 1:02}"} for place in range(12)]
    found = score(numbered(*people), None, limit=4)
    assert (len(found.pairs), found.left_out) == (4, 62)
