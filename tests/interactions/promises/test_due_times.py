"""Until when something may be promised: nothing that has passed, nothing outside the hours that are known."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.accounts.models import Team
from apps.interactions.promises.due_times import BusinessHours, due_time, due_times

OFFICE = BusinessHours((1, 2, 3, 4, 5), time(9), time(17, 30))
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(autouse=True)
def in_london():
    with timezone.override(LONDON):
        yield


def at(day, clock):
    """On a day of December 2026, of which the first is a Tuesday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 12, day, hour, minute, tzinfo=LONDON)


def offered(now, hours=None):
    return [(due.label, f"{due.at:%a %H:%M}") for due in due_times(now, hours)]


def test_in_the_morning_everything_is_offered_and_noon_of_tomorrow_first():
    assert offered(at(1, "09:07")) == [
        ("Tomorrow noon", "Wed 12:00"),
        ("In an hour", "Tue 10:15"),
        ("Today 18:00", "Tue 18:00"),
        ("Tomorrow 18:00", "Wed 18:00"),
        ("In a week", "Tue 12:00"),
    ]


def test_what_has_passed_is_not_offered():
    assert offered(at(1, "17:45"))[1:3] == [("In an hour", "Tue 18:45"), ("Tomorrow 18:00", "Wed 18:00")]
    assert offered(at(1, "23:30"))[1] == ("Tomorrow 18:00", "Wed 18:00")


def test_nothing_lies_outside_the_hours_of_business():
    assert offered(at(4, "16:50"), OFFICE) == [
        ("Monday noon", "Mon 12:00"),
        ("Today 17:30", "Fri 17:30"),
        ("Monday 17:30", "Mon 17:30"),
        ("In a week", "Fri 12:00"),
    ]
    assert offered(at(5, "11:00"), OFFICE) == [
        ("Monday noon", "Mon 12:00"),
        ("Monday 17:30", "Mon 17:30"),
        ("Mon 14 Dec noon", "Mon 12:00"),
    ]
    assert offered(at(1, "06:00"), OFFICE)[1] == ("Today 17:30", "Tue 17:30")


def test_noon_is_moved_into_short_hours():
    short = BusinessHours((), time(14), time(20))
    assert offered(at(1, "15:00"), short)[0] == ("Tomorrow 14:00", "Wed 14:00")


@pytest.mark.parametrize("minute", range(0, 24 * 60, 35))
@pytest.mark.parametrize("hours", [BusinessHours(), OFFICE, BusinessHours((6,), time(22), time(23))])
def test_whenever_one_asks_nothing_is_past_or_twice(minute, hours):
    for day in range(1, 9):
        now = at(day, f"{minute // 60}:{minute % 60:02}")
        found = due_times(now, hours)
        assert len({due.at for due in found}) == len(found)
        for due in found:
            assert due.at > now
            assert hours.on(due.at.date())
            assert hours.within(due.at.time()) == due.at.time()


def test_a_code_is_a_time_only_while_it_is_valid():
    assert due_time("tomorrow", at(1, "10:00")) == at(2, "12:00")
    assert due_time("today", at(1, "10:00")) == at(1, "18:00")
    assert due_time("today", at(1, "17:40")) is None
    assert due_time("nonsense", at(1, "10:00")) is None


def test_a_team_says_its_hours():
    team = Team(business_days=[1, 2], opens=time(8), closes=time(16))
    assert BusinessHours.of(team) == BusinessHours((1, 2), time(8), time(16))
    assert BusinessHours.of(None) == BusinessHours()


def test_in_the_night_the_clock_changes_an_hour_is_an_hour():
    before = datetime(2026, 10, 25, 0, 40, tzinfo=LONDON)
    assert {due.code: due.at.utcoffset() for due in due_times(before)}["today"] == at(1, "1:00").utcoffset()
    assert due_time("hour", before) == datetime(2026, 10, 25, 1, 45, tzinfo=LONDON)
