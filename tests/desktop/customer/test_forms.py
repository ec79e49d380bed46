"""What people type at the desk, checked."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from apps.desktop.customer.forms import CreateForm, FilterForm, LogForm, PopForm, meant
from apps.interactions.timeline import Filters
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def filters(query):
    return FilterForm(QueryDict(query)).filters()


def test_no_filter_is_everything():
    assert filters("") == Filters()
    assert not filters("").any()


def test_each_filter_is_read():
    query = "channel=voice&channel=email&direction=inbound&since=2026-01-05&until=2026-01-06&staff=One&place=Two&q=leak"
    assert filters(f"{query}&browsing=hide") == Filters(
        channels=("voice", "email"),
        direction="inbound",
        since=datetime(2026, 1, 5, tzinfo=UTC),
        until=datetime(2026, 1, 7, tzinfo=UTC),  # the day itself belongs to it
        staff="One",
        place="Two",
        text="leak",
        browsing=False,
    )


def test_one_senseless_filter_leaves_the_others():
    assert filters("channel=pigeon&direction=inbound") == Filters(direction="inbound")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_days_like_any_other(day):
    with timezone.override("Asia/Tokyo"):
        assert filters(f"since={day}&until={day}&direction=inbound").direction == "inbound"


# --- logging ------------------------------------------------------------------------------------------------------


def touch(author=None, **fields):
    author = author or UserFactory()
    form = LogForm({"mode": "call", "key": str(uuid.uuid4()), "body": "Words", **fields}, author=author)
    assert form.is_valid(), form.errors
    return form.touch(author)


def test_a_call_lasts_from_when_its_form_was_opened():
    started = timezone.now() - timedelta(minutes=7)
    call = touch(started=started.isoformat())
    assert call.occurred_at == started
    assert timedelta() <= timezone.now() - call.ended_at < timedelta(seconds=10)


@pytest.mark.parametrize("hours", [13, -1])
def test_a_start_nobody_would_believe_is_now(hours):
    call = touch(started=(timezone.now() - timedelta(hours=hours)).isoformat())
    assert abs(timezone.now() - call.occurred_at) < timedelta(seconds=10)


@pytest.mark.parametrize("mode", ["note", "store"])
def test_only_a_call_has_a_length(mode):
    entry = touch(mode=mode, started=(timezone.now() - timedelta(minutes=7)).isoformat())
    assert entry.ended_at is None
    assert abs(timezone.now() - entry.occurred_at) < timedelta(seconds=10)


def test_an_entry_is_its_author_s():
    author = UserFactory(username="author")
    entry = touch(author)
    assert (entry.staff_id, entry.staff_name, entry.touchpoint) == (author.pk, "author", "")


def test_blank_words_are_no_words():
    form = LogForm({"mode": "call", "key": str(uuid.uuid4()), "body": "  \n ", "verbatim": " "}, author=UserFactory())
    assert form.errors == {"body": ["Write what happened, or choose a wrap-up code."]}


# --- pop and create -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("phone=+442079460018", "+442079460018"),  # a blank by the time it arrives
        ("phone=%2B442079460018", "+442079460018"),
        ("phone= 020 7946", "+020 7946"),
        ("phone=020 7946 ", "020 7946"),
        ("email=a@shop.example&loyalty=L1", "a@shop.example"),
        ("loyalty=L1&phone=", "L1"),
        ("name=Only", ""),
        ("", ""),
    ],
)
def test_the_first_thing_that_is_known_is_looked_for(query, words):
    assert PopForm(QueryDict(query)).words() == words


@pytest.mark.parametrize(
    ("words", "likely"),
    [
        ("020 7946 0018", {"phone": "020 7946 0018"}),
        ("a@shop", {"email": "a@shop"}),
        ("LOY-1002", {"loyalty": "LOY-1002"}),
        ("Rare Name", {"name": "Rare Name"}),
        ("", {"name": ""}),
    ],
)
def test_words_that_found_nobody_begin_the_form(words, likely):
    assert meant(words) == likely


def test_what_is_kept_of_a_new_customer_is_normalised():
    form = CreateForm(
        {"name": " New ", "phone": "06 12 34 56 78", "email": "A@Shop.Example", "loyalty": "l1"}, regions=["FR"]
    )
    assert form.is_valid()
    assert form.cleaned_data["name"] == "New"
    values = {(handle.type, handle.value) for handle in form.handles()}
    assert {("phone", "+33612345678"), ("email", "a@shop.example")} <= values
    assert len(values) == 3
