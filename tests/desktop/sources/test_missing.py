"""What an agent is told above a story that may not be whole, and the links that lead out of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.channels.models import SOURCES, Health, Source, SyncState
from apps.channels.sync.circuit_breaker import pause
from apps.desktop.sources import page as sources
from apps.foundation.cache import clear
from apps.interactions.models import Channel
from tests.desktop.html import html, queries
from tests.factories.channels import SourceFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db
FEED = {"HX-Request": "true", "HX-Target": "timeline"}


@pytest.fixture
def atm(customer):
    """A feed that told of this customer, and has been silent for over three hours."""
    source = SourceFactory(slug="atm", name="ATM feed", silent_after=60)
    Health.objects.create(source=source, heard_at=timezone.now() - timedelta(hours=3, minutes=5))
    SourceProfileFactory(customer=customer, source="atm")
    return source


def told(desk, url):
    """What is said above the story."""
    page = html(desk.get(url))
    return page.partition('<ul class="stale"')[2].partition("</ul>")[0]


def test_a_source_that_went_silent_is_named_with_since_when(desk, url, atm):
    since = timezone.localtime(Health.objects.get().heard_at)
    line = told(desk, url)
    assert "<b><bdi>ATM feed</bdi>:</b> nothing since" in line
    assert "(3 h behind)" in line
    assert f"{since.hour:02}:{since.minute:02}" in line or str(since.day) in line


def test_a_source_that_never_told_of_this_customer_is_not_named(desk, url, profile):
    SourceFactory(slug="other", silent_after=1)
    Source.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert told(desk, url) == ""


def test_the_customers_story_is_whole_again_once_the_source_is_heard(desk, url, atm):
    assert told(desk, url)
    Health.objects.update(heard_at=timezone.now())
    clear(SOURCES)
    assert told(desk, url) == ""


def test_paused_and_refused_sources_are_named_and_retired_ones_are_not(desk, url, customer):
    for slug in ("paused", "refused", "off"):
        SourceProfileFactory(customer=customer, source=slug)
    pause(actor=None, source=SourceFactory(slug="paused"), reason="Moving house")
    refused = SourceFactory(slug="refused", kind="imap")
    SyncState.objects.create(source=refused, stream="INBOX", denied=True, error="Invalid credentials")
    SourceFactory(slug="off", active=False, silent_after=1)
    line = told(desk, url)
    assert ("Paused" in line, "Refused" in line, "Off" in line) == (True, True, False)
    assert "nothing has come yet" in line
    assert "Invalid credentials" not in line, "that is for whoever looks after sources"


def test_three_are_named_and_the_others_counted(desk, url, customer):
    for number in range(5):
        pause(actor=None, source=SourceFactory(slug=f"s{number}"))
        SourceProfileFactory(customer=customer, source=f"s{number}")
    line = told(desk, url)
    assert (line.count("nothing since"), "and 2 other sources" in line) == (sources.STALE_SHOWN, True)


def test_a_day_before_today_is_said_with_its_date(monkeypatch, atm):
    now = datetime(2026, 3, 3, 9, 0, tzinfo=ZoneInfo("Europe/London"))
    monkeypatch.setattr(timezone, "now", lambda: now)
    Health.objects.update(heard_at=now - timedelta(hours=11))
    assert "2026" in sources.missing(frozenset({"atm"})).lines[0][1]


def test_saying_so_costs_no_query(desk, url, customer):
    desk.get(url)
    before = queries(desk, url), queries(desk, url, **FEED)
    for number in range(3):
        SourceFactory(slug=f"s{number}", paused_at=timezone.now())
        SourceProfileFactory(customer=customer, source=f"s{number}")
    assert told(desk, url) == "", "what was asked a moment ago is remembered"
    clear(SOURCES)
    assert told(desk, url)
    assert (queries(desk, url), queries(desk, url, **FEED)) == before


def test_a_refreshed_feed_brings_it_along_and_older_entries_do_not(desk, url, atm, profile):
    InteractionFactory(profile=profile)
    assert 'id="missing" hx-swap-oob="true"><ul class="stale"' in html(desk.get(url, headers=FEED))
    older = html(desk.get(f"{url}timeline/?before=MjAyNi0wMS0wMVQwMDowMDowMCswMDowMC8x", headers=FEED))
    assert "missing" not in older


@pytest.mark.parametrize(
    ("channel", "label"),
    [(Channel.VOICE, "Open recording"), (Channel.SOCIAL, "Open post"), (Channel.NOTE, "Open where it happened")],
)
def test_an_entry_leads_to_where_it_can_be_seen_or_heard(desk, url, profile, channel, label):
    InteractionFactory(profile=profile, channel=channel, link="https://calls.example/7?a=1&b=2")
    page = html(desk.get(url))
    assert 'href="https://calls.example/7?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"' in page
    assert label in page


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "//elsewhere.example", "ftp://x.example"])
def test_anything_but_a_web_address_leads_nowhere(desk, url, profile, link):
    InteractionFactory(profile=profile, link=link)
    assert "elsewhere" not in html(desk.get(url))
