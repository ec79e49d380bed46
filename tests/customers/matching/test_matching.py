"""Who may be one person: on people of whom it is known, and on the cases that go wrong elsewhere."""

import json
from collections import Counter

import pyarrow as pa
import pytest

from apps.customers.matching import pairs, records
from apps.customers.matching.model import score, train
from apps.customers.matching.parameters import assumed, usable
from apps.customers.matching.records import SCHEMA
from apps.customers.matching.workspace import Means, workspace
from apps.demo.bench.truth import records as known
from tests.customers.matching import people

HOME = {"street": "12 Harbour Road", "postcode": "BS1 4QA", "city": "Bristol", "country": "GB"}


def table(rows):
    columns = {field.name: [row.get(field.name) for row in rows] for field in SCHEMA}
    return pa.table([pa.array(columns[field.name], field.type) for field in SCHEMA], schema=SCHEMA)


def numbered(*rows):
    return table([{"customer": number, **HOME, **row} for number, row in enumerate(rows, 1)])


def likely(*rows, **options):
    """The probability that the first two of these are one person."""
    scored = score(numbered(*rows), None, 0.0001, population=5000, **options).pairs
    return next((one.probability for one in scored if (one.a, one.b) == (1, 2)), 0.0)


@pytest.fixture(scope="module")
def febrl():
    """1,000 records of 500 people, whose each is, and what they teach."""
    found = known("febrl1")
    rows = [
        {
            "customer": number,
            "name": f"{one.columns['first_name']} {one.columns['last_name']}",
            "numbers": [one.columns["number"]],
            **{name: one.columns[name] for name in ("street", "postcode", "city", "region")},
            "born": one.columns["born"] or None,
        }
        for number, one in enumerate(found)
    ]
    return table(rows), [one.truth for one in found], train(table(rows))


def test_the_known_doubles_are_found_and_nobody_else(febrl):
    rows, truth, trained = febrl
    found = score(rows, trained).pairs
    right = sum(truth[one.a] == truth[one.b] for one in found)
    assert right / len(found) >= 0.99
    assert right / 500 >= 0.98


def test_people_of_other_habits_are_told_from_their_families():
    """Many namesakes, many of one roof, a third without a date of birth."""
    base = people.base(600, seed=23)
    rows = table(
        [
            {
                "customer": number,
                **{name: row[name] or None for name in ("name", "born", "street", "postcode", "city", "country")},
                "emails": [row["email"]] if row["email"] else [],
                "phones": [row["phone"]] if row["phone"] else [],
            }
            for number, row in enumerate(base)
        ]
    )
    truth = [row["truth"] for row in base]
    doubles = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    found = score(rows, train(rows), 0.8).pairs
    right = sum(truth[one.a] == truth[one.b] for one in found)
    assert right / len(found) >= 0.94
    assert right / doubles >= 0.9


def test_what_was_learned_is_plain_json(febrl):
    _rows, _truth, trained = febrl
    assert usable(json.loads(json.dumps(trained)))
    assert trained["measured"] > 100


def test_a_few_people_teach_nothing():
    assert train(numbered({"name": "Anna Lind"}, {"name": "Ben Okafor"})) == assumed(2)


def test_somebody_written_down_twice_is_found_whatever_slipped():
    anna = {"name": "Anna Lindqvist", "born": "1971-03-09"}
    assert likely(anna, {"name": "Lindqvist, Anna", "born": "1971-03-09"}) > 0.9
    assert likely(anna, {"name": "Ana Lindqist", "born": "1971-03-09"}) > 0.9
    assert likely(anna, {"name": "Anna Lindqvist", "born": "1971-09-03"}) > 0.8
    assert likely(anna, {"name": "Anna Lindqvist", "born": None, "street": "12 Harbor Rd"}) > 0.5


def test_a_household_is_not_one_person():
    karl = {"name": "Karl Weber", "born": "1950-03-01", "phones": ["+442079460001"]}
    assert likely(karl, {"name": "Maria Weber", "born": "1952-08-11", "phones": ["+442079460001"]}) < 0.5
    assert likely(karl, {"name": "Karl Weber", "born": "1981-07-19", "phones": ["+442079460001"]}) < 0.5
    assert likely(karl, {"name": "Paul Weber", "born": "1950-03-01", "phones": ["+442079460001"]}) < 0.5


def test_the_reasons_are_told():
    (one,) = score(
        numbered({"name": "Anna Lind", "born": "1971-03-09"}, {"name": "Anna Lind", "born": "1971-03-09"}), None
    ).pairs
    assert one.features["born"]["level"] == "same"
    assert one.features["emails"] == {"level": "unknown", "weight": 0.0}
    assert one.features["given"]["weight"] > 0


def test_among_many_two_of_a_name_say_less():
    """The same two, as all there are and as two of a million."""
    two = numbered({"name": "Anna Lind"}, {"name": "Anna Lind", "street": "3 Hill Street"})
    (small,) = score(two, None, 0.0001).pairs
    (large,) = score(two, None, 0.0001, population=1_000_000).pairs
    assert large.probability < small.probability


def test_nothing_in_common_is_no_pair():
    assert score(numbered({"name": "Anna Lind", "street": "", "postcode": "", "city": ""}), None).pairs == []


def test_thousands_of_one_name_do_not_make_millions_of_pairs():
    crowd = table([{"customer": number, "name": "Anna Schmidt", "born": "1970-01-01"} for number in range(5000)])
    with workspace(Means()) as con:
        records.load(con, crowd)
        assert pairs.meet(con) <= len(pairs.RULES) * max(pairs.LEAST, pairs.PER_CUSTOMER * 5000)
