"""Timeline entries as they are shown."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.timezone import localtime

from apps.desktop.customer.entries import LEAD, entries, money
from apps.desktop.promises.line import promise_line
from apps.desktop.shell.dates import clock, day_heading
from apps.interactions.models import Channel, Direction, FollowUp, Interaction
from tests.factories.interactions import DAWN, DispositionFactory, FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db


def sprite(icon):
    """The name of an icon in the sprite, from its address."""
    return icon.rpartition("#")[2]


def shown(**fields):
    row = InteractionFactory(**fields)
    row.refresh_from_db()
    [entry] = entries([row])
    return entry


@pytest.mark.parametrize(
    ("fields", "shape", "icon"),
    [
        ({"call": True}, "card", "phone"),
        ({"order": True}, "order", "shopping-bag"),
        ({"channel": Channel.PAYMENT}, "order", "credit-card"),
        ({"visit": True}, "visit", "globe"),
        ({"channel": Channel.ORDER, "kind": "return"}, "order", "rotate-ccw"),
        ({"channel": Channel.VOICE, "kind": "voicemail"}, "card", "voicemail"),
    ],
)
def test_every_kind_has_its_shape(fields, shape, icon):
    entry = shown(**fields)
    assert f"is-{shape}" in entry.classes.split()
    assert sprite(entry.icon) == icon


@pytest.mark.parametrize("channel", Channel.values)
def test_every_channel_has_an_icon_in_the_sprite(channel, settings):
    drawn = (settings.BASE_DIR / "static" / "desktop" / "icons.svg").read_text()
    assert f'id="{sprite(shown(channel=channel, kind="other").icon)}"' in drawn


@pytest.mark.parametrize(
    ("body", "lead", "rest", "cut"),
    [
        ("", "", "", False),
        ("Short.", "Short.", "", False),
        ("One\ntwo", "One\ntwo", "", False),
        ("One\ntwo\nthree", "One two three", "One\ntwo\nthree", False),
        ("word " * 60, " ".join(["word"] * 43), " ".join(["word"] * 60), True),
        ("x" * 300, "x" * LEAD, "x" * 300, True),
    ],
    ids=["nothing", "a line", "two lines", "three lines", "many words", "one long word"],
)
def test_a_long_text_shows_how_it_begins(body, lead, rest, cut):
    entry = shown(body=body)
    assert (entry.lead, entry.rest, entry.cut) == (lead, rest, cut)


def test_a_visit_is_a_line_with_its_pages_eldest_first():
    pages = [{"title": "Basket", "url": "", "at": ""}, {"title": "Start", "url": "", "at": ""}]
    entry = shown(visit=True, title="Basket", body="ignored", payload={"count": 7, "pages": pages})
    assert (entry.title, entry.lead) == ("Browsed 7 pages: Basket", "")
    assert [page["title"] for page in entry.pages] == ["Start", "Basket"]


def test_a_visit_of_the_app_is_told_in_screens():
    assert shown(visit=True, channel=Channel.APP, title="", payload={"count": 1}).title == "1 screen in the app"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        (Decimal("1234.50"), "EUR", "en", "1,234.50\xa0EUR"),
        (Decimal("1234.50"), "EUR", "de", "1.234,50\xa0EUR"),
        (Decimal("-3"), "", "en", "-3.00"),
        (None, "EUR", "en", ""),
    ],
)
def test_money_is_written_as_the_language_does(amount, currency, language, words):
    with translation.override(language):
        assert money(Interaction(amount=amount, currency=currency)) == words


def test_facts_say_how_it_ended_how_long_where_and_who():
    fields = {"touchpoint": "Queue billing", "staff_name": "Colleague", "ended_at": DAWN + timedelta(minutes=12)}
    entry = shown(call=True, occurred_at=DAWN, disposition=DispositionFactory(label="Refund given"), **fields)
    assert entry.facts == ["Refund given", "12 min", "Queue billing", "Colleague"]


def test_a_wrap_up_code_that_is_the_title_is_not_said_twice():
    assert shown(title="Refund given", disposition=DispositionFactory(label="Refund given")).facts == []


def test_direction_is_said_where_there_is_one():
    assert shown(direction=Direction.OUTBOUND).direction_label == "From us"
    assert shown(direction=Direction.INTERNAL).direction_icon == ""


def test_mood_is_a_word_and_an_icon():
    entry = shown(sentiment="negative")
    assert (entry.sentiment_label, sprite(entry.sentiment_icon)) == ("Negative", "frown")


def test_what_answers_what_names_how_the_thread_began():
    first = InteractionFactory(thread="t", title="Question", occurred_at=DAWN)
    second = InteractionFactory(thread="t", title="Answer", occurred_at=DAWN + timedelta(hours=1))
    other = InteractionFactory(title="Chat", occurred_at=DAWN - timedelta(hours=1))
    told = entries([second, first, other])
    assert [(entry.answers, entry.answers_title) for entry in told] == [(str(first.pk), "Question"), ("", ""), ("", "")]


def test_what_was_recorded_since_is_new():
    now = timezone.now()
    rows = [InteractionFactory(recorded_at=now - timedelta(minutes=minutes)) for minutes in (1, 10)]
    assert [entry.new for entry in entries(rows, read_before=now - timedelta(minutes=5))] == [True, False]
    assert [entry.new for entry in entries(rows)] == [False, False]


def test_days_and_places_go_on_where_the_page_before_ended():
    rows = [InteractionFactory(occurred_at=DAWN - timedelta(hours=hours)) for hours in (0, 1, 24)]
    told = entries(rows, after=DAWN.date(), start=51)
    assert [(entry.place, entry.day) for entry in told] == [("51", ""), ("52", ""), ("53", "Sunday 4 January")]


def test_what_came_late_says_when_we_learned_of_it():
    fields = {"occurred_at": DAWN, "recorded_at": DAWN + timedelta(days=3)}
    assert shown(payload={"late": True}, **fields).late == "Thursday 8 January, 09:00"
    assert shown(**fields).late == ""  # a backfill is not late


@pytest.mark.parametrize(("distance", "heading"), [(0, "Today"), (1, "Yesterday"), (-1, "Tomorrow")])
def test_days_near_now_have_names(distance, heading):
    assert day_heading(timezone.localdate() - timedelta(days=distance)) == heading


def test_days_of_other_years_name_the_year():
    assert day_heading(date(2001, 1, 5)) == "Friday 5 January 2001"


def test_the_clock_is_written_as_the_language_does():
    assert clock(14, 5, "en") == "14:05"


@pytest.mark.parametrize(
    ("state", "hours", "tone", "label"),
    [
        ("open", -1, "late", "Late"),
        ("open", 72, "open", "Promised"),
        ("kept", -1, "kept", "Done"),
        ("broken", -1, "broken", "Missed"),
    ],
)
def test_a_promise_says_how_it_stands(state, hours, tone, label):
    promise = FollowUpFactory(state=state, due_at=timezone.now() + timedelta(hours=hours))
    line = promise_line(promise)
    assert (line.tone, line.label, line.open) == (tone, label, state == FollowUp.State.OPEN)


def test_a_promise_due_in_a_minute_is_due_today():
    due = timezone.now() + timedelta(minutes=1)
    wanted = "today" if localtime(due).date() == timezone.localdate() else "open"  # a minute before midnight
    assert promise_line(FollowUpFactory(due_at=due)).tone == wanted
