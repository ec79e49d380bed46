"""What was promised: the list of it, who keeps it, and what the next conversation begins with."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.desktop.promises import page as promises_page
from apps.interactions.models import Channel, FollowUp, Interaction
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, queries, titles
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db
PROMISES = reverse("promises")


@pytest.fixture
def care(agent):
    agent.team = TeamFactory(name="Care")
    agent.save()
    return agent.team


def promised(owner, text, hours, **more):
    due = timezone.now() + timedelta(hours=hours)
    return FollowUpFactory(owner=owner, team=owner.team, text=text, due_at=due, **more)


def texts(desk, tab, **query):
    page = unescape(html(desk.get(PROMISES, {"tab": tab, **query})))
    return [
        line.split("</bdi>")[0] for line in page.split('class="promise-text">')[1:] for line in line.split("<bdi>")[2:3]
    ]


# --- the list -----------------------------------------------------------------------------------------------------


def test_each_tab_has_what_it_says(desk, agent, care):
    mate = UserFactory(team=care)
    promised(agent, "Late", -30)
    promised(agent, "Next week", 24 * 7)
    promised(mate, "A colleague's", 24 * 3)
    promised(agent, "Kept", -5, state=FollowUp.State.KEPT, closed_at=timezone.now())
    promised(UserFactory(), "A stranger's", 1)
    assert texts(desk, "today") == ["Late"]
    assert texts(desk, "later") == ["Next week"]
    assert texts(desk, "team") == ["Late", "A colleague's", "Next week"]
    assert texts(desk, "settled") == ["Kept"]
    assert texts(desk, "nonsense") == ["Late"]


def test_an_empty_tab_says_what_belongs_there(desk):
    assert "Nothing is due today" in html(desk.get(PROMISES))


def test_the_list_costs_the_same_with_one_and_with_many(desk, agent, care):
    promised(agent, "One", -1)
    one = queries(desk, PROMISES)
    for number in range(6):
        promised(agent, f"Promise {number}", -number)
    assert queries(desk, PROMISES) == one


def test_a_long_list_goes_on_where_the_page_ended(desk, agent, monkeypatch):
    monkeypatch.setattr(promises_page, "PAGE", 3)
    for number in range(7):
        promised(agent, f"{number}", number - 20)
    first = desk.get(PROMISES)
    seen = texts(desk, "today")
    cursor = first.context["older"]
    while cursor:
        page = desk.get(PROMISES, {"tab": "today", "after": cursor}, headers={"HX-Request": "true"})
        seen += [line.promise.text for line in page.context["lines"]]
        cursor = page.context["older"]
    assert seen == [str(number) for number in range(7)]


# --- who keeps it -------------------------------------------------------------------------------------------------


def logged(desk, customer, **fields):
    due = (timezone.now() + timedelta(days=1)).isoformat()
    return desk.post(
        reverse("log", args=[customer.public_id]),
        {"mode": "call", "key": uuid.uuid4(), "body": "Talked", "promise": "Send it", "due": due, **fields},
    )


def test_a_promise_is_kept_by_whoever_gave_it_unless_a_colleague_is_named(desk, agent, care, customer):
    mate = UserFactory(team=care)
    logged(desk, customer)
    logged(desk, customer, keeper=mate.pk)
    assert list(FollowUp.objects.order_by("id").values_list("owner", "team")) == [
        (agent.pk, care.pk),
        (mate.pk, care.pk),
    ]


def test_a_stranger_is_given_no_promises(desk, care, customer):
    assert logged(desk, customer, keeper=UserFactory().pk).status_code == 422
    assert not FollowUp.objects.exists()


def test_the_colleagues_are_asked_for_when_a_promise_is(desk, agent, care):
    mate = UserFactory(team=care, first_name="Mina", last_name="Okafor")
    UserFactory(team=care, first_name="Gone", is_active=False)
    page = html(desk.get(reverse("keepers")))
    assert "I do" in page
    assert f'<option value="{mate.pk}">Mina Okafor</option>' in page
    assert "Gone" not in page
    assert f'<option value="{mate.pk}" selected>' in html(desk.get(reverse("keepers"), {"keeper": mate.pk}))


# --- what we said back --------------------------------------------------------------------------------------------


def test_what_was_said_back_is_kept_and_stands_in_the_story(desk, customer):
    logged(desk, customer, verbatim="It squeaks", read_back="So it squeaks when it is cold")
    assert Interaction.objects.get().read_back == "So it squeaks when it is cold"
    page = html(desk.get(customer.get_absolute_url()))
    assert page.count("So it squeaks when it is cold") == 2  # in the story, and at its top
    assert "Our reply:" in page


# --- last time ----------------------------------------------------------------------------------------------------


@pytest.fixture
def told(profile):
    """A call of three days ago in which the customer said something, and a later order in which they said nothing."""
    ago = timezone.now() - timedelta(days=3)
    entry = InteractionFactory(
        profile=profile, call=True, occurred_at=ago, verbatim="Forty people and no hook", staff_name="Mina Okafor"
    )
    InteractionFactory(profile=profile, order=True, occurred_at=ago + timedelta(days=1))
    return entry


def block(response):
    page = html(response)
    return page.partition('id="last_time"')[2].partition("</section>")[0]


def test_a_conversation_begins_with_the_last_one(desk, agent, customer, profile, told):
    promised(agent, "A new hook", -24, profile=profile)
    promised(agent, "A voucher", -24, profile=profile, state=FollowUp.State.KEPT, closed_at=timezone.now())
    page = block(desk.get(customer.get_absolute_url()))
    assert "Last contact" in page
    assert "Forty people and no hook" in page
    assert "Call with Mina Okafor" in page
    assert f'?around={told.pk}#e{told.pk}"' in page
    assert [label for label in ("Late", "Done") if f"<b>{label}</b>" in page] == ["Late", "Done"]


def test_what_is_still_open_is_never_hidden_by_what_was_kept(desk, agent, customer, profile, told):
    promised(agent, "A new hook", -24, profile=profile)
    for number in range(3):
        promised(agent, f"Voucher {number}", -24, profile=profile, state="kept", closed_at=timezone.now())
    assert "A new hook" in block(desk.get(customer.get_absolute_url()))


def test_where_nobody_said_anything_there_is_no_last_time(desk, customer, profile):
    InteractionFactory(profile=profile, order=True)
    assert "last-time-said" not in html(desk.get(customer.get_absolute_url()))


def test_what_is_said_now_is_not_last_time_but_the_promises_are_as_they_stand(desk, agent, customer, profile, told):
    promise = promised(agent, "A new hook", 24, profile=profile)
    opened = timezone.now()
    logged(desk, customer, verbatim="Said just now", promise="", due="")
    desk.post(reverse("promise", args=[promise.pk]), {"state": "kept"})
    page = html(desk.get(reverse("last_time", args=[customer.public_id]), {"opened": opened.isoformat()}))
    assert "Said just now" not in page
    assert "Forty people and no hook" in page
    assert "<b>Done</b> <bdi>A new hook</bdi>" in page


@pytest.mark.parametrize("opened", ["", "yesterday", "2026-01-05T09:00:00", "9999-99-99T00:00:00Z"])
def test_any_time_will_do(desk, customer, told, opened):
    page = html(desk.get(reverse("last_time", args=[customer.public_id]), {"opened": opened}))
    assert "Forty people and no hook" in page


def test_a_marketer_is_not_in_the_conversation(desk_of, customer, told):
    marketer = desk_of(Role.MARKETER)
    assert "Forty people" not in html(marketer.get(customer.get_absolute_url()))
    assert "Forty people" not in html(marketer.get(reverse("last_time", args=[customer.public_id])))


def test_what_the_role_may_not_read_is_not_the_last_time(customer, profile, told):
    InteractionFactory(profile=profile, channel=Channel.ATM, occurred_at=timezone.now(), verbatim="It kept my card")
    shop = signed_in(UserFactory(role=Role.STORE))
    assert "It kept my card" not in html(shop.get(customer.get_absolute_url()))


def test_the_last_time_costs_one_question_however_long_the_story(desk, customer, profile, told):
    page = reverse("last_time", args=[customer.public_id])
    one = queries(desk, page)
    for number in range(5):
        InteractionFactory(profile=profile, verbatim=f"Words {number}", occurred_at=timezone.now())
        promised(UserFactory(), f"Promise {number}", 5, profile=profile)
    SourceProfileFactory(customer=customer)
    assert queries(desk, page) == one
    assert titles(desk.get(customer.get_absolute_url()))
