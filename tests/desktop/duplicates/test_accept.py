"""Suggestions accepted together, and how often they were right."""

import re

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.customers.models import MergeRecord
from tests.desktop.conftest import signed_in
from tests.desktop.duplicates.test_matches import MATCHES, lines, suggested
from tests.desktop.html import html, kept_toast
from tests.factories.accounts import UserFactory
from tests.factories.customers import MatchModelFactory

pytestmark = pytest.mark.django_db
ACCEPT = "/desk/matches/accept/"

# many at once


@pytest.mark.parametrize("role", Role)
def test_many_at_once_are_for_supervisors_and_owners(role):
    candidate = suggested("Anna", "Anne", 0.995)
    desk, may = signed_in(UserFactory(role=role)), role in {Role.SUPERVISOR, Role.OWNER}
    assert desk.get(ACCEPT).status_code == (200 if may else 403)
    assert desk.post(ACCEPT, {"score": "0.99"}).status_code == (302 if may else 403)
    candidate.refresh_from_db()
    assert candidate.status == ("matched" if may else "open")


def test_how_many_and_the_least_likely_are_shown_first(desk_of):
    for number in range(12):
        suggested(f"One {number}", "Other", 0.991 + number / 10_000, profiles=False)
    suggested("Too", "Low", 0.98)
    response = desk_of(Role.SUPERVISOR).get(ACCEPT)
    assert "12 pairs score 99\xa0% or more." in html(response)
    assert lines(response) == [f"One {number}, Other" for number in range(10)]
    assert not MergeRecord.objects.exists()


def test_another_threshold_is_looked_at_before_it_is_used(desk_of):
    suggested("Anna", "Anne", 0.93)
    desk = desk_of(Role.SUPERVISOR)
    part = {"HX-Request": "true", "HX-Target": "acceptable"}
    assert "No pair scores as high." in html(desk.get(ACCEPT))
    looked = html(desk.get(ACCEPT, {"score": "0.9"}, headers=part))
    assert "<html" not in looked
    assert "1 pair scores 90\xa0% or more." in looked


@pytest.mark.parametrize("score", ["0.2", "2", "much", ""])
def test_a_threshold_that_is_none_is_refused(desk_of, score):
    suggested("Anna", "Anne", 0.999)
    desk = desk_of(Role.SUPERVISOR)
    response = desk.post(ACCEPT, {"score": score})
    assert response.status_code == 422
    assert 'aria-describedby="score-error"' in html(response)
    assert not MergeRecord.objects.exists()


def test_how_many_were_merged_is_said_afterwards(desk_of):
    desk = desk_of(Role.SUPERVISOR)
    for _ in range(2):
        suggested("Anna", "Anne", 0.999)
    assert desk.post(ACCEPT, {"score": "0.99"})["Location"] == MATCHES
    assert kept_toast(desk) == {"text": "2 pairs were merged."}


def test_the_names_are_asked_about_before_many_are_merged(desk_of):
    suggested("Anna Lind", "Anne Lindt", 0.999)
    page = html(desk_of(Role.SUPERVISOR).get(ACCEPT))
    sure = page[page.index('<dialog id="accept-sure"') :]
    assert "Merge 1 pair?" in sure
    assert "Anne Lindt becomes part of Anna Lind" in sure
    assert 'method="post"' not in page[page.index("<main") : page.index('<dialog id="accept-sure"')]


def test_those_who_contradict_each_other_are_never_merged_with_many(desk_of):
    desk = desk_of(Role.SUPERVISOR)
    suggested("Anna Lind", "Anna Lind", 0.999, features={"born": {"level": "differs", "weight": -3}})
    suggested("Karl Weber", "Maria Weber", 0.999)
    desk.post(ACCEPT, {"score": "0.99"})
    assert not MergeRecord.objects.exists()


# how often it is right


def test_quality_is_counted_from_what_people_decided(desk, agent):
    model = MatchModelFactory()
    for score, status in ((0.99, "matched"), (0.96, "matched"), (0.97, "different"), (0.62, "different")):
        suggested("Anna", "Anne", score, status=status, model=model, reviewer=agent)
    suggested("Anna", "Anne", 0.999, status="matched", model=model, reviewer=agent, accepted_at_once=True)
    suggested("Anna", "Anne", 0.97, model=model)
    suggested("Anna", "Anne", 0.97, status="matched", model=MatchModelFactory(trained_at="2020-01-01T00:00Z"))
    response = html(desk.get(reverse("match_quality")))
    found = re.findall(
        r'<th scope="row">(.*?)</th>\s*<td class="number">(\d+)</td>\s*<td class="number">(\d+)</td>', response
    )
    assert found == [("from 95\xa0%", "2", "1"), ("from 60\xa0%", "0", "1")]
    assert "67 % of 3 were one person" in response
    assert f"Model {model.pk} of " in response
    assert "compared 1,200 customers and suggested 40 pairs." in response


def test_a_limit_that_was_reached_is_said(desk):
    MatchModelFactory(left_out=1500)
    assert "There were 1,500 more than one run may suggest: the likeliest were taken." in html(
        desk.get(reverse("match_quality"))
    )


def test_without_any_decision_quality_says_so(desk):
    assert "Nobody has decided on any yet." in html(desk.get(reverse("match_quality")))
