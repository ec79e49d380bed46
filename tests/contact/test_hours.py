"""When customers may be contacted, by the clock where they are."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.contact.models import ContactPolicy
from apps.contact.permission import Code, quiet_until
from apps.customers.models import Customer
from tests.contact.questions import NOW, asked, codes
from tests.factories.customers import ConsentFactory, PreferenceFactory, SourceProfileFactory
from tests.factories.permission import ContactPolicyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_policies(db):
    ContactPolicy.objects.all().delete()


@pytest.fixture
def profile():
    """Somebody who agreed to marketing e-mails, SMS and calls."""
    profile = SourceProfileFactory(customer__timezone="Europe/London")
    for channel in ("email", "sms", "voice"):
        ConsentFactory(profile=profile, channel=channel)
    return profile


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", None),
        ("Asia/Tokyo", datetime(2026, 6, 10, 23, 0, tzinfo=UTC)),  # 21:00 there
        ("America/Los_Angeles", datetime(2026, 6, 10, 15, 0, tzinfo=UTC)),  # 05:00 there
        ("", None),  # the company's own: UTC
        ("Not/AZone", None),
        ("../etc/passwd", None),
    ],
)
def test_nights_are_quiet_where_the_customer_is(profile, zone, expected):
    ContactPolicyFactory(channel="voice", quiet_from=time(21), quiet_to=time(8))
    Customer.objects.update(timezone=zone)
    answer = asked(profile, "voice")
    assert (answer.allowed, [one.until for one in answer.reasons]) == (expected is None, [expected] if expected else [])
    assert asked(profile, "email").allowed


def test_the_reason_says_until_when_in_their_time(profile):
    ContactPolicyFactory(quiet_from=time(21), quiet_to=time(8))
    Customer.objects.update(timezone="Asia/Tokyo")
    (reason,) = asked(profile).reasons
    assert reason.words == "It is a quiet hour where they are, until 08:00 their time."


def test_preferred_hours_are_kept_by_what_rings_and_by_nothing_else(profile):
    PreferenceFactory(profile=profile, hours_from=time(14), hours_to=time(18))
    answer = asked(profile, "voice")
    assert [(one.code, one.until) for one in answer.reasons] == [(Code.HOURS, NOW + timedelta(hours=1))]
    assert codes(profile, "email") == []
    assert codes(profile, "voice", "service") == ["preferred_hours"]
    newer = SourceProfileFactory(customer=profile.customer)
    PreferenceFactory(profile=newer, hours_from=time(9), hours_to=time(18))
    assert codes(profile, "voice") == []


London = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "start", "end", "expected"),
    [
        # 29 March 2026: the clock goes from 01:00 to 02:00, and 01:30 is not there
        ("2026-03-29T00:30", time(21), time(8), "2026-03-29T07:00"),
        ("2026-03-28T23:00", time(21), time(1, 30), "2026-03-29T01:30"),
        # 25 October: from 02:00 back to 01:00, and 01:30 comes twice
        ("2026-10-25T00:10", time(21), time(8), "2026-10-25T08:00"),
        ("2026-10-25T00:10", time(1), time(1, 30), "2026-10-25T00:30"),
        ("2026-10-25T01:10", time(1), time(1, 30), "2026-10-25T01:30"),
        ("2026-06-10T07:00", time(21), time(8), None),
        ("2026-06-10T06:59", time(21), time(8), "2026-06-10T07:00"),
        ("2026-06-10T20:00", time(21), time(8), "2026-06-11T07:00"),
    ],
)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(at, start, end, expected):
    over = quiet_until(datetime.fromisoformat(f"{at}Z"), London, start, end)
    assert over == (datetime.fromisoformat(f"{expected}Z") if expected else None)


hours = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@settings(max_examples=1000, deadline=None)
@given(
    at=st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    zone=st.sampled_from(
        ("Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")
    ),
    start=hours,
    end=hours,
)
def test_quiet_hours_are_over_when_they_are_said_to_be(at, zone, start, end):
    if start == end:
        return
    there = ZoneInfo(zone)
    clock = at.astimezone(there).time()
    inside = start <= clock < end if start < end else not end <= clock < start
    over = quiet_until(at, there, start, end)
    assert (over is not None) is inside
    if over:
        assert at < over <= at + timedelta(hours=25)
