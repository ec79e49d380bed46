"""One customer's page: what is on it, what the reader's role leaves out, and what it costs."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.desktop.models import OpenTab
from apps.interactions.models import Channel
from tests.desktop.conftest import CALL, LETTER, ORDER, VISIT
from tests.desktop.html import days, html, notice, older, places, titles
from tests.factories.accounts import TeamFactory
from tests.factories.customers import CustomerFactory, OpenTabFactory, SourceProfileFactory
from tests.factories.interactions import DAWN, InteractionFactory

pytestmark = pytest.mark.django_db
FEED = {"HX-Request": "true", "HX-Target": "timeline"}


def test_the_story_is_told_newest_first(desk, url, story):
    response = desk.get(url)
    assert titles(response) == [VISIT, ORDER, LETTER, CALL]
    assert places(response) == [1, 2, 3, 4]
    assert days(response) == ["Thursday 8 January", "Wednesday 7 January", "Tuesday 6 January", "Monday 5 January"]
    assert "Start of history." in html(response)


def test_a_customer_without_a_story_is_welcomed(desk, url):
    assert "This is the first time we meet." in html(desk.get(url))


def test_the_feed_comes_alone_when_it_is_what_is_replaced(desk, url, story):
    response = desk.get(url, headers=FEED)
    assert titles(response) == [VISIT, ORDER, LETTER, CALL]
    assert "<html" not in html(response)
    assert '<div id="tail" class="tail" hx-swap-oob="true">' in html(response)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "elsewhere"}])
def test_the_whole_page_comes_otherwise(desk, url, headers):
    response = desk.get(url, headers=headers)
    assert html(response).startswith("<!doctype html>")
    assert "hx-swap-oob" not in html(response)


def test_caches_know_that_page_and_feed_differ(desk, url):
    assert {"HX-Request", "HX-Target"} <= set(desk.get(url)["Vary"].split(", "))


def test_an_old_link_leads_to_who_the_customer_is_now(desk, customer, url):
    between = CustomerFactory(merged_into=customer)
    first = CustomerFactory(merged_into=between)
    response = desk.get(first.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, url)


def test_opening_a_customer_is_in_the_audit_trail(desk, agent, customer, url):
    desk.get(url)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject, entry.purpose) == (
        agent,
        "customer.view",
        customer.public_id,
        "service",
    )


def test_reading_on_is_in_the_audit_trail(desk, customer):
    desk.get(reverse("timeline", args=[customer.public_id]))
    assert AuditEntry.objects.get().detail == {"older": True}


# --- filters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("channel=voice", [CALL]),
        ("channel=voice&channel=order", [ORDER, CALL]),
        ("direction=outbound", [LETTER]),
        ("since=2026-01-07", [VISIT, ORDER]),
        ("until=2026-01-06", [LETTER, CALL]),
        ("since=2026-01-06&until=2026-01-07", [ORDER, LETTER]),
        ("staff=colleague", [CALL]),
        ("place=store", [LETTER]),
        ("q=espresso", [CALL]),
        ("q=ORD-1", [ORDER]),
        ("browsing=hide", [ORDER, LETTER, CALL]),
        ("browsing=hide&direction=inbound&until=2026-01-06", [CALL]),
    ],
)
def test_filters_stand_in_the_address(desk, url, story, query, shown):
    response = desk.get(f"{url}?{query}")
    assert titles(response) == shown
    assert "Nothing older matches." in html(response)
    assert titles(desk.get(f"{url}?{query}", headers=FEED)) == shown


@pytest.mark.parametrize(
    "query",
    [
        {"channel": "pigeon"},
        {"direction": "sideways"},
        {"since": "yesterday", "until": "2026-02-31"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"staff": "x" * 81, "place": "x" * 81, "q": "x" * 201},
        {"q": "\0", "staff": "\0"},
        {"browsing": "show"},
        {"before": "nonsense", "from": "x"},
        {"before": "", "from": "-7"},
        {"before": "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMC8x"},  # 0001-01-01T00:00:00+14:00, before time began
        {"from": "9" * 5000},
        {"unknown": "1"},
    ],
    ids=" ".join,
)
def test_filters_that_make_no_sense_are_ignored(desk, url, story, query):
    assert titles(desk.get(url, query)) == [VISIT, ORDER, LETTER, CALL]


def test_filters_that_match_nothing_can_be_cleared(desk, url, story):
    response = desk.get(f"{url}?q=unheard")
    assert titles(response) == []
    assert "Nothing in this story matches" in html(response)
    assert f'<a class="button" href="{url}">Clear all filters</a>' in html(response)


def test_a_day_begins_where_the_reader_is(desk, agent, url, profile):
    agent.team = TeamFactory(timezone="Asia/Tokyo")
    agent.save()
    InteractionFactory(profile=profile, occurred_at=DAWN.replace(hour=20))  # five in the morning of the 6th over there
    assert days(desk.get(url)) == ["Tuesday 6 January"]
    assert len(titles(desk.get(f"{url}?since=2026-01-06"))) == 1
    assert len(titles(desk.get(f"{url}?until=2026-01-05"))) == 0


# --- older pages --------------------------------------------------------------------------------------------------


def test_older_entries_continue_the_days_and_the_count(desk, url, profile):
    for number in range(60):
        InteractionFactory(profile=profile, title=f"Chat {number}", occurred_at=DAWN + timedelta(hours=number))
    first = desk.get(url)
    assert (titles(first)[0], titles(first)[-1], places(first)) == ("Chat 59", "Chat 10", list(range(1, 51)))
    assert days(first) == ["Wednesday 7 January", "Tuesday 6 January", "Monday 5 January"]
    second = desk.get(older(first), headers=FEED)
    assert (titles(second)[0], titles(second)[-1], places(second)) == ("Chat 9", "Chat 0", list(range(51, 61)))
    assert days(second) == []  # all of Monday, whose heading was said
    assert older(second) is None
    assert "Start of history." in html(second)


def test_a_new_day_on_an_older_page_has_its_heading(desk, url, profile):
    InteractionFactory(profile=profile, occurred_at=DAWN - timedelta(days=1))
    for number in range(50):
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(minutes=number))
    assert days(desk.get(older(desk.get(url)), headers=FEED)) == ["Sunday 4 January"]


def test_older_entries_keep_to_the_filters(desk, url, profile):
    for number in range(55):
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(minutes=number), call=True)
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(minutes=number), visit=True)
    link = older(desk.get(f"{url}?channel=voice"))
    assert "channel=voice&before=" in link
    assert titles(desk.get(link, headers=FEED)) == [CALL] * 5


def test_entries_of_all_profiles_are_one_story(desk, customer, url, profile):
    other = SourceProfileFactory(customer=customer, source="desk")
    for number in range(4):
        InteractionFactory(
            profile=(profile, other)[number % 2], title=f"{number}", occurred_at=DAWN + timedelta(hours=number)
        )
    assert titles(desk.get(url)) == ["3", "2", "1", "0"]


# --- what a role does not see -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "shown", "said"),
    [
        (Role.AGENT, ["Payment", VISIT, ORDER, LETTER, CALL], None),
        (Role.SUPERVISOR, ["Payment", VISIT, ORDER, LETTER, CALL], None),
        (Role.STORE, [VISIT, ORDER, LETTER, CALL], "1 entry of this time is not shown to your role."),
        (Role.MARKETER, [VISIT, ORDER], "3 entries of this time are not shown to your role."),
    ],
)
def test_what_a_role_does_not_see_is_counted(desk_of, url, story, role, shown, said):
    InteractionFactory(
        profile=story[0].profile, channel=Channel.PAYMENT, title="Payment", occurred_at=DAWN + timedelta(days=4)
    )
    response = desk_of(role).get(url)
    assert titles(response) == shown
    assert notice(response) == said


def test_each_page_counts_the_hidden_entries_of_its_own_time(desk_of, url, profile):
    for number in range(60):
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(hours=number))
    for number in (1, 30, 40):
        payment = {"channel": Channel.PAYMENT, "occurred_at": DAWN + timedelta(hours=number, minutes=30)}
        InteractionFactory(profile=profile, **payment)
    shop = desk_of(Role.STORE)
    first = shop.get(url)
    assert notice(first) == "2 entries of this time are not shown to your role."
    assert notice(shop.get(older(first), headers=FEED)) == "1 entry of this time is not shown to your role."


def test_more_hidden_entries_than_are_counted_are_said_to_be_more(desk_of, url, profile, monkeypatch):
    monkeypatch.setattr("apps.interactions.timeline.HIDDEN_COUNTED", 2)
    for number in range(3):
        InteractionFactory(profile=profile, channel=Channel.ATM, occurred_at=DAWN + timedelta(hours=number))
    assert notice(desk_of(Role.STORE).get(url)) == "2 or more entries of this time are not shown to your role."


# --- new since last time ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)  # in one transaction there is only one now
def test_what_came_since_the_last_visit_is_marked_once(desk, url, story):
    assert "is-new" not in html(desk.get(url))
    InteractionFactory(profile=story[0].profile, title="Since then", occurred_at=timezone.now())
    again = desk.get(url)
    assert html(again).count("is-new") == 1
    assert "1 entry is new since your last visit" in html(again)
    assert "is-new" not in html(desk.get(url))


def test_what_is_new_to_one_is_not_new_to_another(desk, desk_of, url, story):
    desk.get(url)
    InteractionFactory(profile=story[0].profile, occurred_at=timezone.now())
    assert "is-new" not in html(desk_of(Role.AGENT).get(url))


def test_opening_a_customer_puts_them_on_the_rail_and_closing_takes_them_off(desk, agent, customer, url):
    desk.get(url)
    assert OpenTab.objects.get().closed_at is None
    desk.post(reverse("close", args=[customer.public_id]))
    tab = OpenTab.objects.get(user=agent, customer=customer)
    assert tab.closed_at is not None
    desk.get(url)
    tab.refresh_from_db()
    assert tab.closed_at is None


def test_closing_the_page_that_is_open_leads_to_the_desk(desk, customer, url):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{url}"}
    response = desk.post(reverse("close", args=[customer.public_id]), headers=headers)
    assert (response.status_code, response["HX-Redirect"]) == (204, "/desk/")


def test_closing_somebody_else_leaves_the_page_where_it_is(desk, customer):
    reading = f"http://testserver{CustomerFactory().get_absolute_url()}"
    headers = {"HX-Request": "true", "HX-Current-URL": reading}
    response = desk.post(reverse("close", args=[customer.public_id]), headers=headers)
    assert (response.status_code, response["HX-Trigger"], "HX-Redirect" in response) == (204, "open-tabs", False)


def test_a_colleague_who_is_here_is_named_and_one_who_left_is_not(desk, customer, url):
    now = timezone.now()
    OpenTabFactory(customer=customer, user__username="reader", alive_at=now)
    OpenTabFactory(customer=customer, user__username="writer", alive_at=now, writing_at=now)
    OpenTabFactory(customer=customer, user__username="drafter", alive_at=now, draft={"body": "She said"})
    OpenTabFactory(customer=customer, user__username="gone", alive_at=now - timedelta(seconds=51))
    OpenTabFactory(customer=customer, user__username="never", alive_at=None)
    OpenTabFactory(user__username="elsewhere", alive_at=now)
    said = html(desk.get(reverse("presence", args=[customer.public_id])))
    assert ("reader is here too" in said, "writer is writing" in said) == (True, True)
    assert "drafter is here too" in said  # a note that only lies there
    assert [name for name in ("gone", "never", "elsewhere", "agent") if f"{name} is" in said] == []


def test_somebody_else_s_unfinished_words_are_not_shown(desk, customer, url):
    OpenTabFactory(customer=customer, alive_at=timezone.now(), draft={"body": "Only mine"})
    assert "Only mine" not in html(desk.get(url))


# --- the pill -----------------------------------------------------------------------------------------------------


@pytest.fixture
def pill(desk, customer):
    """What the pill says to a page that knows entries up to this one."""

    def ask(seen, **query):
        address = reverse("news", args=[customer.public_id])
        words = html(desk.get(f"{address}?{urlencode({'seen': seen, **query})}"))
        return words.split("</svg>")[1].split("<")[0] if words.strip() else ""

    return ask


def test_the_pill_counts_what_the_page_does_not_have(pill, story):
    seen = story[-1].pk
    assert pill(seen) == ""
    InteractionFactory(profile=story[0].profile)
    assert pill(seen) == "1 new"
    InteractionFactory(profile=story[0].profile, call=True)
    assert pill(seen) == "2 new"
    assert pill(seen, channel="voice") == "1 new"
    assert pill(seen, since="2030-01-01") == ""


@pytest.mark.parametrize("seen", ["", "x", "²", "-1", "9" * 5000])
def test_a_page_that_does_not_say_what_it_has_is_told_nothing(pill, story, seen):
    assert pill(seen) == ""


def test_the_page_says_up_to_where_it_knows_the_story(desk, url, story):
    assert f'<input type="hidden" id="seen" name="seen" value="{story[-1].pk}">' in html(desk.get(url))


def test_older_entries_do_not_make_known_ones_new(desk, url, profile):
    for number in range(60):
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(hours=number))
    assert 'id="seen"' in html(desk.get(url, headers=FEED))
    assert 'id="seen"' not in html(desk.get(older(desk.get(url)), headers=FEED))
