"""How many keys the work of a call takes, besides the words, and how long. A key held with another counts as one more.

python3 manage.py test tests/browser/test_keystrokes.py -q -s
"""

import re
import time

import pytest
from playwright.sync_api import expect

from apps.interactions.models import Disposition, FollowUp, Interaction
from tests.browser.furnished import a_customer, composer, entries
from tests.factories.accounts import UserFactory
from tests.factories.interactions import DispositionFactory

NUMBER = "02079460018"
WORDS = "Parcel is lost, we look for it and ring back"
PACE = 60  # milliseconds from key to key: a quick hand, and no scanner


class Hand:
    """Types, and counts the keys, but not those of the words. `seconds` since it began."""

    def __init__(self, page):
        self.page, self.keys, self.began = page, 0, time.perf_counter()

    def press(self, *keys):
        for key in keys:
            self.keys += len(key.split("+"))
            self.page.keyboard.press(key, delay=PACE)

    def type(self, letters):
        self.keys += len(letters)
        self.page.keyboard.type(letters, delay=PACE)

    def say(self, words):
        self.page.keyboard.type(words, delay=PACE)

    @property
    def seconds(self):
        return round(time.perf_counter() - self.began, 1)

    def report(self, what, most):
        print(f"\n{what}: {self.keys} keys (at most {most}), {self.seconds} s")  # noqa: T201 - this is the measurement
        assert self.keys <= most


@pytest.fixture
def page(desktop, sign_in, server):
    Disposition.objects.all().delete()  # those that an installation begins with
    for label in ("Resolved", "Delivery", "Complaint"):
        DispositionFactory(label=label)
    sign_in(desktop, UserFactory(username="agent"))
    return desktop


@pytest.fixture
def caller(server):
    return a_customer(name="Known Caller")


def opened(page, caller):
    page.goto(caller.get_absolute_url())
    expect(page.locator("#aside .identifiers")).to_be_attached()
    return Hand(page)


def look_up(hand, page, caller):
    hand.press("/")
    hand.type(NUMBER)
    hand.press("Enter")
    expect(page).to_have_url(re.compile(f"{caller.get_absolute_url()}$"))
    expect(page.locator("#aside .identifiers")).to_be_attached()


def wrap_up(hand, *commands):
    hand.press("c")
    for command in commands:
        hand.type(command)
        hand.press("Enter")
    hand.say(WORDS)
    hand.press("Control+Enter")


def logged(page):
    expect(entries(page)).to_have_count(1)
    expect(composer(page)).to_have_value("")
    return Interaction.objects.get()


def test_a_known_number_to_the_full_page_takes_at_most_14_keys(page, caller):
    page.goto(a_customer("+442079460099").get_absolute_url())
    hand = Hand(page)
    look_up(hand, page, caller)
    hand.report("known number to full page", 14)


def test_a_call_with_its_wrap_up_takes_at_most_6_keys(page, caller):
    hand = opened(page, caller)
    wrap_up(hand, "/d")
    assert logged(page).disposition.label == "Delivery"
    hand.report("log with wrap-up", 6)


def test_a_call_with_wrap_up_and_promise_takes_at_most_12_keys(page, caller):
    hand = opened(page, caller)
    wrap_up(hand, "/d", "@tom")
    entry, promise = logged(page), FollowUp.objects.get()
    assert (entry.disposition.label, promise.text, promise.interaction) == ("Delivery", WORDS, entry)
    hand.report("log with wrap-up and promise", 12)


def test_the_whole_call_takes_at_most_25_keys(page, caller):
    page.goto("/desk/")
    page.locator("#main").focus()
    hand = Hand(page)
    look_up(hand, page, caller)
    wrap_up(hand, "/d", "@tom")
    entry, promise = logged(page), FollowUp.objects.get()
    assert (entry.profile.customer, entry.body, promise.text) == (caller, WORDS, WORDS)
    hand.report("known caller to a logged call with wrap-up and promise", 25)
