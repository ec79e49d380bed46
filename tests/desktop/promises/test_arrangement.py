"""Promises are moved and given away from wherever they are listed: what is offered, what is said, what it costs."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role, Team
from apps.interactions.models import FollowUp
from apps.interactions.promises.actions import hand_over
from apps.interactions.promises.models import Handover
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, queries
from tests.factories.accounts import SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def priti(care):
    return UserFactory(username="priti", first_name="Priti", last_name="Nair", team=care)


@pytest.fixture
def hers(mina):
    return signed_in(mina)


def given(owner, count=1, **more):
    due = timezone.now() + timedelta(hours=1)
    return [FollowUpFactory(owner=owner, team=owner.team, due_at=due, **more).pk for _one in range(count)]


def said(response):
    assert response.status_code == 204, html(response)
    return json.loads(response["HX-Trigger"])["toast"]


def in_days(days):
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def test_one_is_moved_from_the_sheet_and_back(hers, mina):
    [promise] = given(mina)
    before = FollowUp.objects.get().due_at
    sheet = html(hers.get(reverse("arrange"), {"chosen": promise}))
    assert "Tomorrow noon" in sheet
    assert "Call back" in sheet
    toast = said(hers.post(reverse("reschedule"), {"chosen": promise, "due": in_days(2)}))
    assert toast["text"] == "Moved: 1 promise."
    assert said(hers.post(toast["undo"], toast["values"]))["text"] == "Undone: 1 promise."
    assert FollowUp.objects.get().due_at == before
    assert "Too late" in said(hers.post(toast["undo"], {"batch": "nonsense"}))["text"]


@pytest.mark.parametrize("due", ["", "yesterday", "2001-01-01T09:00"])
def test_a_day_that_makes_no_sense_is_said_so(hers, mina, due):
    response = hers.post(reverse("reschedule"), {"chosen": given(mina), "due": due})
    assert response.status_code == 400
    assert "<" not in html(response)


def test_their_own_clock_is_said_where_all_have_the_same(hers, mina):
    tokyo = SourceProfileFactory(customer__timezone="Asia/Tokyo")
    promises = [*given(mina, profile=tokyo), *given(mina, profile=tokyo)]
    assert "their time" in html(hers.get(reverse("arrange"), {"chosen": promises}))
    assert "their time" not in html(hers.get(reverse("arrange"), {"chosen": [*promises, *given(mina)]}))


def test_what_is_anothers_is_not_moved(hers, mina, priti):
    theirs = given(priti)
    assert "None of these is open and yours" in html(hers.get(reverse("arrange"), {"chosen": theirs}))
    post = {"chosen": theirs, "due": in_days(1)}
    assert "Moved: 0" in said(hers.post(reverse("reschedule"), post))["text"]
    lead = signed_in(SupervisorFactory(team=priti.team))
    assert "Moved: 1" in said(lead.post(reverse("reschedule"), post))["text"]
    assert hers.post(reverse("reassign"), {"chosen": theirs, "to": UserFactory().pk}).status_code == 400


def test_a_shift_is_handed_over_and_only_then_told(hers, mina, priti, care):
    given(mina, 2)
    lyon, marketing = TeamFactory(name="Lyon"), TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)
    form = html(hers.get(reverse("hand_over")))
    assert "Your 2 open promises go to:" in form
    assert [name in form for name in ("Priti Nair", "Lyon", "Marketing</option>")] == [True, True, False]
    for to in ("", f"team:{marketing.pk}", "user:0", "nonsense"):
        assert hers.post(reverse("hand_over"), {"to": to}).status_code == 422
    page = signed_in(priti).get(reverse("promises"))
    assert "handed you" not in html(page)
    post = {"to": f"user:{priti.pk}", "note": "She waits"}
    toast = said(hers.post(reverse("hand_over"), post, headers={"HX-Request": "true"}))
    assert toast["text"] == "Handed to Priti Nair, who is told: 2 promises."
    theirs = signed_in(priti)
    assert "Mina Hartwell handed you 2 promises" in html(theirs.get(reverse("promises")))
    assert "From Mina Hartwell: “She waits”" in html(theirs.get(reverse("desk")))
    told = Handover.objects.get()
    assert hers.post(reverse("acknowledge", args=[told.public_id])).status_code == 404
    assert theirs.post(reverse("acknowledge", args=[told.public_id])).status_code == 204
    assert "handed you" not in html(theirs.get(reverse("promises")))
    assert lyon.members.count() == 0


def test_chosen_ones_that_make_no_sense_are_not_all(hers, mina, priti):
    given(mina, 2)
    hers.post(reverse("hand_over"), {"to": f"user:{priti.pk}", "chosen": "nonsense"})
    assert set(FollowUp.objects.values_list("owner", flat=True)) == {mina.pk}


def test_what_waits_for_a_team_is_taken_once(mina, care):
    lyon = TeamFactory(name="Lyon")
    karim, sylvie = (UserFactory(team=lyon) for _one in range(2))
    [promise] = given(mina)
    hand_over(actor=mina, to=lyon)
    page = html(signed_in(karim).get(reverse("promises"), {"tab": "team"}))
    assert "Take it" in page
    assert "Lyon</small>" in page
    assert "Yours now" in said(signed_in(karim).post(reverse("take"), {"chosen": promise}))["text"]
    assert "quicker" in said(signed_in(sylvie).post(reverse("take"), {"chosen": promise}))["text"]
    assert FollowUp.objects.get().owner == karim


def test_a_marketer_finds_only_their_own(mina, marketing):
    promise = given(mina)
    marketer = signed_in(UserFactory(role=Role.MARKETER, team=marketing))
    assert "None of these" in html(marketer.get(reverse("arrange"), {"chosen": promise}))


@pytest.mark.parametrize("view", ["promises", "arrange", "hand_over", "desk"])
def test_a_page_costs_the_same_with_one_and_with_many(hers, mina, priti, view):
    def one_more():
        profile = SourceProfileFactory()
        InteractionFactory(
            profile=profile, channel="order", kind="delivered", reference="ORD-1", occurred_at=timezone.now()
        )
        made = Handover.objects.create(actor=priti, to_user=mina, note="Please", promises=1)
        earlier = timezone.now() - timedelta(days=1)
        given(mina, profile=profile, reference="ORD-1", created_at=earlier, handover=made)

    def cost():
        chosen = "&".join(f"chosen={pk}" for pk in FollowUp.objects.values_list("pk", flat=True))
        return queries(hers, f"{reverse(view)}?{chosen}")

    one_more()
    one = cost()
    for _more in range(6):
        one_more()
    assert cost() == one


def test_the_times_that_may_be_promised_and_the_orders_are_asked_for_together(hers, mina, customer, profile):
    InteractionFactory(profile=profile, order=True, reference="ORD-7", occurred_at=timezone.now())
    page = html(hers.get(reverse("due_times", args=[customer.public_id]), {"about": "refund:ORD-7"}))
    assert 'data-due="' in page
    assert '<option value="refund:ORD-7" selected>' in page
    assert '<option value="delivered:ORD-7">' in page


def test_a_store_that_may_not_read_orders_is_offered_those_it_may(customer, profile):
    """What the role does not see it is not offered; orders every role but none of money sees."""
    InteractionFactory(
        profile=profile, channel="payment", kind="payment", reference="PAY-1", occurred_at=timezone.now()
    )
    shop = signed_in(UserFactory(role=Role.STORE))
    assert "PAY-1" not in html(shop.get(reverse("due_times", args=[customer.public_id])))


def test_what_is_due_and_about_what_is_kept_with_the_log(hers, mina, customer):
    post = {
        "mode": "call", "key": "8e0f6c7e-3d4f-4f0e-9d57-0e8b5a1c2d3e", "body": "Talked", "promise": "Send it",
        "due": in_days(1), "about": "delivered:ORD-7",
    }  # fmt: skip
    hers.post(reverse("log", args=[customer.public_id]), post)
    made = FollowUp.objects.get()
    assert (made.reference, made.awaits) == ("ORD-7", "delivered")
