"""Unclaimed moments in their order, and what is done to several of them at once."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.desktop.moments import page
from apps.moments import actions
from apps.moments.models import Moment
from tests.desktop.conftest import signed_in
from tests.factories.accounts import MarketerFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def marco(marketing):
    return MarketerFactory(username="marco", first_name="Marco", team=marketing)


@pytest.fixture
def anna(db):
    return ConsentFactory(profile=SourceProfileFactory(customer__name="Anna Weber")).profile.customer


def test_unclaimed_goes_by_what_is_asked_for_next(mina, sofia, marketing, anna, monkeypatch):
    """An answer that is due sooner than the thing itself counts; page by page, without missing or repeating one."""
    monkeypatch.setattr(page, "PAGE", 2)
    now = timezone.now()
    for name, due, answer in (("c", 1, 9), ("a", 9, 0.5), ("d", 2, 8), ("b", 8, 0.7), ("e", 5, 6)):
        moment = a_moment(mina, anna, to=marketing, suggestion=name, due_at=now + timedelta(hours=due))
        Moment.objects.filter(pk=moment.pk).update(answer_by=now + timedelta(hours=answer))
    seen, after = [], None
    for _page in range(3):
        rows, after = page.listed(sofia, "unclaimed", after)
        seen += [row.suggestion for row in rows]
    assert (seen, after) == (list("abcde"), None)
    following = page.following(sofia, "unclaimed", Moment.objects.get(suggestion="b"))
    assert following.suggestion == "c"


def test_several_are_claimed_at_once_and_who_was_quicker_is_said(mina, sofia, marco, marketing, anna):
    moments = [a_moment(mina, anna, to=marketing, suggestion=f"{number}") for number in range(3)]
    actions.accept(actor=marco, moment=moments[0])
    desk, chosen = signed_in(sofia), [str(one.public_id) for one in moments]
    said = desk.post(reverse("accept_several"), {"chosen": chosen})
    assert "Accepted: 2 moments of 3. Taken by Marco." in said["HX-Trigger"]
    undo = json.loads(said["HX-Trigger"])["toast"]
    assert "Undone: 2 moments of 2." in desk.post(undo["undo"], undo["values"])["HX-Trigger"]
    assert desk.post(reverse("decline_several"), {"chosen": chosen, "reason": " "}).status_code == 400
    said = desk.post(reverse("decline_several"), {"chosen": chosen, "reason": "Not ours"})
    assert "Declined: 2 moments of 3. Taken by Marco." in said["HX-Trigger"]
    for name in ("accept_several", "decline_several"):
        assert desk.post(reverse(name), {"chosen": ["nonsense"], "reason": "Not ours"}).status_code == 400
