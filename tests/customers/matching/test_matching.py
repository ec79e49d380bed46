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


AWAY = {"street": "", "postcode": "", "city": ""}
SHORT = [
    ("William Okafor", "Bill Okafor"),
    ("Margaret Okonjo", "Peggy Okonjo"),
    ("Barbara Huber", "Babsi Huber"),
    ("Antoine Roux", "Toinou Roux"),
    ("Francisco Ruiz", "Paco Ruiz"),
    ("Francisco Alves", "Chico Alves"),
    ("Giuseppe Riva", "Beppe Riva"),
    ("Jacobus Smit", "Koos Smit"),
    ("Małgorzata Nowak", "Gosia Nowak"),
    ("Dmitry Orlov", "Mitya Orlov"),
    ("Дмитрий Орлов", "Митя Орлов"),
    ("Mehmet Kaya", "Memo Kaya"),
    ("Dick Hall", "Ricky Hall"),
]
TOLD = [
    ("occupations", ["Potter"], ["potter"], "same"),
    ("occupations", ["potter", "teacher"], ["teacher"], "close"),
    ("occupations", ["potter"], ["bishop"], "differs"),
    ("birth_places", ["Bath"], ["bath"], "same"),
    ("birth_places", ["Bristol, City of"], ["bristol"], "close"),
    ("birth_places", ["Bath"], ["Leeds"], "differs"),
    ("birth_places", ["Bath"], None, "unknown"),
    ("official", ["tax_id:DE 12-3"], ["tax_id:de123"], "same"),
    ("official", ["tax_id:DE123456"], ["tax_id:DE123465"], "close"),
    ("official", ["tax_id:DE123456"], ["tax_id:FR999111"], "differs"),
    ("official", ["tax_id:DE123456"], ["passport:FR999111"], "unknown"),
    ("born", "1971-03-09", "1971-09-03", "turned"),
    ("born", "1971-03-09", "1971-03-08", "close"),
    ("born", "1971-03-09", "1971-03-21", "part"),
    ("born", "1654-03-09", "1654-03-09", "same"),
    ("postcode", "TQ13 8DF", "TQ13 8HU", "near"),
    ("postcode", "10115", "20095", "differs"),
]
FIELD_OF = {"occupations": "occupation", "birth_places": "birth_place", "postcode": "address"}
SURNAMES = "Ash Birch Cedar Dale Elder Frost Grove Heath Ivory Jasper Kirk Lodge Marsh North Oakes Pond Quill".split()  # noqa: SIM905


def compared(*two):
    """The features of each two of these, all in one run."""
    rows = [{**AWAY, **person} for both in two for person in both]
    found = {(one.a, one.b): one.features for one in score(numbered(*rows), None, 1e-9, population=5000).pairs}
    return [found[2 * place + 1, 2 * place + 2] for place in range(len(two))]


def test_short_forms_of_a_name_are_the_same_name():
    given = [features["given"] for features in compared(*[({"name": one}, {"name": other}) for one, other in SHORT])]
    assert dict(zip(SHORT, (one["level"] for one in given), strict=True)) == dict.fromkeys(SHORT, "nickname")
    assert all(one["weight"] > 1 for one in given)


def test_names_that_only_sound_familiar_are_not():
    (features,) = compared(
        ({"name": "William Okafor", "born": "1971-03-09"}, {"name": "Peggy Okafor", "born": "1971-03-09"})
    )
    assert features["given"]["level"] == "differs"


def test_what_is_known_of_somebody_is_compared():
    people = zip(SURNAMES, TOLD, strict=True)
    found = compared(
        *[
            ({"name": f"Anna {name}", key: one}, {"name": f"Anna {name}", key: two})
            for name, (key, one, two, _) in people
        ]
    )
    for (key, one, other, level), features in zip(TOLD, found, strict=True):
        was = features[FIELD_OF.get(key, key)]
        assert was["level"] == level, (key, one, other)
        assert (was["weight"] > 0) == (level not in {"differs", "unknown"}), (key, one, other)
        assert (was["weight"] < 0) == (level == "differs"), (key, one, other)


def test_who_shares_a_birth_place_or_an_occupation_meets():
    """By nothing else: half a name, and neither a date nor an address."""
    for column in ("birth_places", "occupations"):
        rows = numbered(
            {"name": "Emlie Clifford", **AWAY, column: ["etcher"]}, {"name": "Emlie Bennet", **AWAY, column: ["etcher"]}
        )
        with workspace(Means()) as con:
            records.load(con, rows)
            assert pairs.meet(con) == 1, column


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
