"""What is compared of two, what contradicts first; and that every merge is asked about once more."""

import re

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.desktop.duplicates.comparison import ROWS, rows
from tests.desktop.duplicates.test_matches import AGREEING, BESIDE, MATCHES, suggested
from tests.desktop.html import html
from tests.factories.customers import AttributeDefinitionFactory

pytestmark = pytest.mark.django_db
CONTRADICTING = [
    ({"born": {"level": "differs", "weight": -3}}, "different dates of birth"),
    ({"born": {"level": "part", "weight": -1}}, "different dates of birth"),
    ({"born": {"level": "close", "weight": 2}}, "different dates of birth"),
    ({"official": {"level": "differs", "weight": -4}}, "different tax or identity numbers"),
    ({"given": {"level": "differs", "weight": -4}}, "different first names"),
    (
        {"given": {"level": "differs", "weight": -4}, "address": {"level": "same", "weight": 8}},
        "different first names at one address",
    ),
]


@pytest.mark.parametrize(("features", "words"), CONTRADICTING)
def test_a_conflict_caps_the_score_and_is_said_first(desk, features, words):
    candidate = suggested("Anna Lind", "Anna Lind", 0.98, features={**AGREEING, **features})
    address = reverse("match", args=[candidate.pk])
    line, page = html(desk.get(MATCHES)), html(desk.get(address, headers=BESIDE))
    assert f"{words}</small>" in line
    assert "98\xa0%" not in line + page
    assert "85\xa0%" in line
    assert '<b class="score-now">85\xa0%</b>' in page
    assert page.index('role="note"') < page.index('class="match-acts"')
    first = re.search(r"<tbody>\s*<tr class=\"([^\"]*)\"", page)
    assert first[1] == "differs conflicting"


@pytest.mark.parametrize(
    "features",
    [
        {"born": {"level": "turned", "weight": 5}},
        {"given": {"level": "nickname", "weight": 3}},
        {"given": {"level": "unknown"}, "born": {"level": "unknown"}},
        {"address": {"level": "differs", "weight": -2}, "emails": {"level": "differs", "weight": -2}},
    ],
)
def test_what_one_person_may_be_known_by_is_no_conflict(desk, features):
    candidate = suggested("Anna Lind", "Anna Lind", 0.98, features={**AGREEING, **features})
    assert "98\xa0%" in html(desk.get(MATCHES))
    assert "conflicting" not in html(desk.get(reverse("match", args=[candidate.pk])))


def test_what_became_known_after_they_were_compared_contradicts_too(desk):
    born = {"a__born": "1984-03-01", "b__born": "1951-08-20"}
    suggested("Anna Lind", "Anna Lind", 0.98, features=AGREEING, **born)
    page = html(desk.get(MATCHES))
    assert "different dates of birth</small>" in page
    assert "98\xa0%" not in page


def test_two_tax_ids_that_sources_tell_contradict(desk):
    candidate = suggested("Anna Lind", "Anna Lind", 0.98, features=AGREEING)
    for customer, number in ((candidate.a, "DE 123"), (candidate.b, "DE 456")):
        customer.profiles.update(traits={"name": "Anna Lind", "tax_id": number})
    page = html(desk.get(reverse("match", args=[candidate.pk]), headers=BESIDE))
    assert "Their tax or identity numbers differ." in page
    assert '<b class="score-now">85\xa0%</b>' in page


def test_occupation_and_birth_place_stand_side_by_side_but_not_for_whom_they_are_hidden(desk, desk_of):
    features = {
        **AGREEING,
        "occupation": {"level": "same", "weight": 4},
        "birth_place": {"level": "close", "weight": 3},
    }
    candidate = suggested("Anna Lind", "Anna Lind", features=features)
    for customer, place in ((candidate.a, "Bath"), (candidate.b, "Bath, Somerset")):
        customer.profiles.update(traits={"name": "Anna Lind", "job": "Potter", "birth_place": place})
    address = reverse("match", args=[candidate.pk])
    AttributeDefinitionFactory(key="job", visible_to=[Role.SUPERVISOR])
    seen = {role: html(desk_of(role).get(address, headers=BESIDE)) for role in (Role.AGENT, Role.SUPERVISOR)}
    assert '<th scope="row">Place of birth</th>' in seen[Role.AGENT]
    assert "<bdi>Bath, Somerset</bdi>" in seen[Role.AGENT]
    assert "<bdi>Potter</bdi>" not in seen[Role.AGENT]
    assert "<bdi>Potter</bdi>" in seen[Role.SUPERVISOR]


def test_a_merge_is_asked_once_more_with_both_names(desk):
    candidate = suggested("Anna Lind", "Anne Lindt")
    page = html(desk.get(reverse("match", args=[candidate.pk]), headers=BESIDE))
    sure = page[page.index('<dialog id="merge-sure"') :]
    assert "Merge Anna Lind and Anne Lindt?" in sure
    assert "Anne Lindt becomes part of Anna Lind: 1 profile" in sure
    assert '"status": "matched"' not in page[: page.index('<dialog id="merge-sure"')]


def test_features_nobody_knows_are_left_out():
    assert rows({"shoe_size": {"level": "same", "weight": 3}}, [""] * 10, [""] * 10) == []


def test_what_few_sources_tell_is_no_row_where_none_did():
    unknown = {"level": "unknown", "weight": 0.0}
    features = {"given": {"level": "same", "weight": 4.0}, "occupation": unknown, "birth_place": unknown}
    told = ["Anna", *[""] * (len(ROWS) - 1)]
    place = next(number for number, (_label, keys) in enumerate(ROWS) if "birth_place" in keys)
    born_here = [*told[:place], "Leeds", *told[place + 1 :]]
    assert [row.label for row in rows(features, told, born_here)] == ["Name", "Place of birth"]
    assert [row.label for row in rows(features, told, told)] == ["Name"]
