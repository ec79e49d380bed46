"""Customers somebody has open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.customers.identity.actions import merge_customers, unmerge
from apps.desktop.apps import PRESENCE
from apps.desktop.customer.presence import colleagues, writing_about
from apps.desktop.models import WRITING_FOR, OpenTab
from apps.desktop.shell.open_tabs import SHOWN, clear_draft, close_tab, keep_draft, open_tab, tabs_of
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, OpenTabFactory, SourceProfileFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


def ago(**span):
    return timezone.now() - timedelta(**span)


def test_who_was_opened_last_comes_first_and_who_was_closed_not_at_all(agent):
    for minutes, name in ((30, "First"), (10, "Third"), (20, "Second")):
        OpenTabFactory(user=agent, customer__name=name, opened_at=ago(minutes=minutes))
    OpenTabFactory(user=agent, customer__name="Closed", closed_at=ago(minutes=1))
    OpenTabFactory(customer__name="Somebody else's")
    assert [line.name for line in tabs_of(agent)] == ["Third", "Second", "First"]


@pytest.mark.parametrize(
    ("recorded", "occurred", "unread"),
    [
        (1, 1, True),
        (10, 10, False),  # seen
        (1, 2 * 24 * 60, False),  # a late arrival of long ago is no news
    ],
)
def test_news_is_what_came_since_the_page_was_read(agent, recorded, occurred, unread):
    """Recorded and occurred so many minutes ago, on a page read five minutes ago."""
    profile = SourceProfileFactory()
    OpenTabFactory(user=agent, customer=profile.customer, read_until=ago(minutes=5))
    InteractionFactory(profile=profile, recorded_at=ago(minutes=recorded), occurred_at=ago(minutes=occurred))
    assert [line.unread for line in tabs_of(agent)] == [unread]


def test_a_draft_shows(agent):
    OpenTabFactory(user=agent, draft={"body": "Half a sen"}, opened_at=ago(minutes=1))
    OpenTabFactory(user=agent, opened_at=ago(minutes=2))
    assert [line.draft for line in tabs_of(agent)] == [True, False]


def test_a_draft_of_only_a_promise_shows_too(agent):
    OpenTabFactory(user=agent, draft={"promise": "Ring back"})
    assert [line.draft for line in tabs_of(agent)] == [True]


def test_the_customer_on_the_screen_is_marked(agent):
    tab = OpenTabFactory(user=agent)
    OpenTabFactory(user=agent)
    marked = {line.public_id: line.current for line in tabs_of(agent, tab.customer.public_id)}
    assert [public_id for public_id, current in marked.items() if current] == [tab.customer.public_id]


def test_the_list_has_an_end(agent):
    OpenTabFactory.create_batch(SHOWN + 1, user=agent)
    assert len(tabs_of(agent)) == SHOWN


# --- of customers who were found to be somebody else --------------------------------------------------------------


@pytest.fixture
def anna():
    return CustomerFactory(name="Anna")


@pytest.fixture
def annie():
    return CustomerFactory(name="Annie")


def merge(agent, survivor, absorbed):
    return merge_customers(actor=agent, survivor=survivor, absorbed=absorbed, reason="x")


def test_a_tab_follows_to_the_survivor_and_two_of_them_are_one_line(agent, anna, annie):
    OpenTabFactory(user=agent, customer=annie, draft={"body": "half a"}, opened_at=ago(minutes=1))
    OpenTabFactory(user=agent, customer__name="Ben", opened_at=ago(minutes=2))
    merge(agent, anna, annie)
    assert [(line.name, line.public_id == anna.public_id, line.draft) for line in tabs_of(agent)] == [
        ("Anna", True, True),
        ("Ben", False, False),
    ]
    OpenTabFactory(user=agent, customer=anna, opened_at=ago(minutes=3))
    assert [line.name for line in tabs_of(agent, anna.public_id)] == ["Anna", "Ben"]
    assert [line.current for line in tabs_of(agent, anna.public_id)] == [True, False]


def test_it_follows_through_several_merges(agent, anna, annie):
    anne = CustomerFactory(name="Anne")
    OpenTabFactory(user=agent, customer=anne, draft={"body": "half a"})
    merge(agent, annie, anne)
    merge(agent, anna, annie)
    assert [line.name for line in tabs_of(agent)] == ["Anna"]
    assert open_tab(user=agent, customer=anna)[0] == {"body": "half a"}


def test_news_of_the_survivor_is_news_of_who_was_open(agent, anna, annie):
    OpenTabFactory(user=agent, customer=annie, read_until=ago(minutes=5))
    profile = SourceProfileFactory(customer=anna)
    InteractionFactory(profile=profile, recorded_at=ago(minutes=10), occurred_at=ago(minutes=10))
    merge(agent, anna, annie)
    assert [line.unread for line in tabs_of(agent)] == [False]
    InteractionFactory(profile=profile, recorded_at=ago(minutes=1), occurred_at=ago(minutes=1))
    assert [line.unread for line in tabs_of(agent)] == [True]
    OpenTabFactory(user=agent, customer=anna, read_until=ago(minutes=0))  # read since, there
    assert [line.unread for line in tabs_of(agent)] == [False]


def test_an_unfinished_note_goes_along_and_overwrites_none(agent, anna, annie):
    colleague, read = UserFactory(), ago(hours=1)
    OpenTabFactory(user=agent, customer=annie, draft={"body": "half a"}, read_until=read)
    OpenTabFactory(user=colleague, customer=annie, draft={"body": "lost?"})
    OpenTabFactory(user=colleague, customer=anna, draft={"body": "mine"})
    merge(agent, anna, annie)
    assert open_tab(user=agent, customer=anna) == ({"body": "half a"}, read)
    assert open_tab(user=colleague, customer=anna)[0] == {"body": "mine"}
    drafts = {(tab.user, tab.customer): tab.draft for tab in OpenTab.objects.select_related("user", "customer")}
    assert drafts == {
        (agent, anna): {"body": "half a"},
        (agent, annie): {},
        (colleague, anna): {"body": "mine"},
        (colleague, annie): {"body": "lost?"},
    }


def test_what_was_not_opened_since_is_there_again_once_the_merge_is_taken_back(agent, anna, annie):
    for name in ("a", "b"):
        SourceProfileFactory(customer=annie, external_id=name)
    OpenTabFactory(user=agent, customer=annie, draft={"body": "half a"})
    record = merge(agent, anna, annie)
    assert [line.name for line in tabs_of(agent)] == ["Anna"]
    unmerge(actor=agent, record=record, reason="x")
    assert [(line.name, line.draft) for line in tabs_of(agent)] == [("Annie", True)]


def test_closing_one_closes_all(agent, anna, annie):
    for customer in (anna, annie):
        OpenTabFactory(user=agent, customer=customer, alive_at=ago(minutes=0))
    other = OpenTabFactory(user=agent)
    merge(agent, anna, annie)
    close_tab(user=agent, public_id=annie.public_id)
    assert [line.public_id for line in tabs_of(agent)] == [other.customer.public_id]
    assert OpenTab.objects.filter(closed_at=None, user=agent).get() == other
    assert OpenTab.objects.exclude(alive_at=None).count() == 0


def test_a_logged_note_is_gone_wherever_it_was_begun(agent, anna, annie):
    for customer, draft in ((anna, {"body": "b"}), (annie, {"key": "k1", "body": "b"})):
        OpenTabFactory(user=agent, customer=customer, draft=draft)
    third = CustomerFactory()
    kept = OpenTabFactory(user=agent, customer=third, draft={"key": "k2", "body": "another"})
    merge(agent, anna, annie)
    merge(agent, anna, third)
    clear_draft(user=agent, customer=anna, key="k1")
    assert [tab for tab in OpenTab.objects.all() if tab.draft] == [kept]
    assert open_tab(user=agent, customer=anna)[0] == {"key": "k2", "body": "another"}


def test_a_colleague_with_who_was_absorbed_is_there_too_and_once(agent, anna, annie):
    colleague = UserFactory()
    merge(agent, anna, annie)
    now = timezone.now()
    for customer, writing_at in ((anna, None), (annie, now)):
        OpenTabFactory(user=colleague, customer=customer, writing_at=writing_at, alive_at=now)
    assert [(tab.user, tab.writing) for tab in colleagues(user=agent, customer=anna)] == [(colleague, True)]


@pytest.fixture
def rung(monkeypatch):
    """For whom the doorbell was rung, and by which page."""
    rings = []
    monkeypatch.setattr(
        "apps.desktop.shell.open_tabs.ring", lambda channel, topics, *, tab: rings.append((channel, *topics, tab))
    )
    return rings


def keep(agent, customer, **draft):
    keep_draft(user=agent, customer=customer, draft=draft, tab="mine")


def test_colleagues_hear_who_begins_to_write_but_not_of_every_word(agent, anna, rung):
    for words in ("H", "Ha", "Half a sentence"):
        keep(agent, anna, body=words)
    assert rung == [(PRESENCE, anna.public_id, "mine")]
    tab = OpenTab.objects.get()
    assert (tab.draft, tab.writing) == ({"body": "Half a sentence"}, True)


def test_they_hear_who_has_emptied_the_note_and_who_goes_on_after_a_pause(agent, anna, rung):
    keep(agent, anna, body="H")
    keep(agent, anna)
    keep(agent, anna)
    assert (len(rung), OpenTab.objects.get().writing) == (2, False)
    keep(agent, anna, body="H")
    OpenTab.objects.update(writing_at=timezone.now() - WRITING_FOR)
    assert OpenTab.objects.get().writing is False
    keep(agent, anna, body="Ha")
    assert len(rung) == 4


def test_what_is_typed_costs_one_statement(agent, anna, django_assert_num_queries):
    OpenTabFactory(user=agent, customer=anna, writing_at=timezone.now())
    with django_assert_num_queries(1 + 2):  # and the savepoint of the test's transaction
        keep(agent, anna, body="Half a sentence")


def test_a_note_that_was_logged_is_written_no_longer(agent, anna):
    keep(agent, anna, body="H", key="k")
    clear_draft(user=agent, customer=anna, key="k")
    assert OpenTab.objects.get().writing_at is None


def test_colleagues_who_are_writing_are_named_but_not_oneself(agent):
    one, other, colleague = CustomerFactory(), CustomerFactory(), UserFactory()
    OpenTabFactory(user=colleague, customer=one, draft={"body": "half a note"})
    OpenTabFactory(user=colleague, customer=other, draft={"body": "another"})
    OpenTabFactory(user=agent, customer=other, draft={"body": "mine"})
    OpenTabFactory(customer=other)
    assert writing_about([one, other], but=agent) == [colleague]


def test_it_costs_what_it_did_while_nobody_was_merged(agent, anna, django_assert_num_queries):
    OpenTabFactory.create_batch(3, user=agent)
    with django_assert_num_queries(1):
        tabs_of(agent)
    with django_assert_num_queries(1):
        open_tab(user=agent, customer=anna)
    with django_assert_num_queries(1):
        close_tab(user=agent, public_id=anna.public_id)
    with django_assert_num_queries(1):
        colleagues(user=agent, customer=anna)
