"""Shadowing a team: its day as it is logged, without whose it is; who does is written down, and the team sees it."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.insights.models import ShadowedDay
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, queries
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import DispositionFactory, InteractionFactory

pytestmark = pytest.mark.django_db
TODAY = "%Y-%m-%d"
NEXT = re.compile(r'class="shadow-next" hx-get="([^"]+)"')
WORDS = re.compile(r"<blockquote[^>]*>(.*?)</blockquote>")


@pytest.fixture
def desk(sofia):
    return signed_in(sofia)


def begin(desk, team, day=None):
    day = (day or timezone.now()).strftime(TODAY)
    return desk.post(reverse("shadow_begin"), {"team": team.pk, "day": day}, follow=True)


def logged(mina, **fields):
    now = timezone.now()
    told = {"verbatim": "It leaks", "occurred_at": now, "ended_at": now + timedelta(minutes=4), "call": True, **fields}
    return InteractionFactory(staff=mina, **told)


def test_the_day_is_shown_once_somebody_has_said_that_they_shadow_it(mina, care, desk):
    logged(mina, disposition=DispositionFactory(label="Repair"), sentiment="negative")
    url = f"{reverse('shadow')}?team={care.pk}&day={timezone.now():%Y-%m-%d}"
    assert "It leaks" not in html(desk.get(url))
    assert desk.get(f"{reverse('shadow_more')}?team={care.pk}&day={timezone.now():%Y-%m-%d}").status_code == 403
    page = html(begin(desk, care))
    assert [words for words in ("It leaks", "Repair", "4 min", "Negative", "Mina") if words not in page] == []
    assert 'hx-trigger="every 15s"' in page


def test_it_is_in_the_audit_trail_and_the_team_sees_it(mina, care, sofia, desk):
    one = logged(mina)
    begin(desk, care)
    begun, read = (AuditEntry.objects.get(action=f"listening.{verb}") for verb in ("shadow", "follow"))
    assert (begun.actor, begun.detail["name"], begun.detail["day"]) == (sofia, "Care", f"{timezone.now():%Y-%m-%d}")
    assert read.detail["shown"] == [one.pk]
    assert "Sofia Lindgren (Marketing) is shadowing your team today." in html(signed_in(mina).get(reverse("unread")))
    assert "is shadowing" not in html(signed_in(UserFactory(team=TeamFactory())).get(reverse("unread")))


def test_a_team_sees_who_goes_through_a_day_gone_by_too(mina, care, sofia, desk):
    gone = timezone.now() - timedelta(days=3)
    assert "The team sees that you are here" in html(begin(desk, care, gone))
    told = (
        f"Sofia Lindgren (Marketing) is going through your team\N{RIGHT SINGLE QUOTATION MARK}s {gone.day} {gone:%B}."
    )
    assert told in html(signed_in(mina).get(reverse("unread")))
    ShadowedDay.objects.update(began_at=gone)
    assert "Sofia" not in html(signed_in(mina).get(reverse("unread")))
    begin(desk, care, gone)
    assert told in html(signed_in(mina).get(reverse("unread")))


def test_only_what_the_team_logged_that_day_by_its_own_clock(mina, care, desk):
    care.timezone = "Asia/Tokyo"
    care.save()
    zone = ZoneInfo("Asia/Tokyo")
    midnight = datetime.combine(timezone.now().astimezone(zone).date(), datetime.min.time(), zone)
    logged(mina, verbatim="Just before", occurred_at=midnight - timedelta(seconds=1))
    logged(mina, verbatim="Just after", occurred_at=midnight)
    logged(UserFactory(), verbatim="Another team")
    logged(mina, verbatim="A note of ours", direction="internal")
    page = html(begin(desk, care, midnight))
    assert [w for w in ("Just before", "Just after", "Another team", "A note of ours") if w in page] == ["Just after"]


def test_what_is_logged_next_is_added_and_nothing_twice(mina, care, desk, monkeypatch):
    monkeypatch.setattr("apps.desktop.listening.shadowing.PAGE", 2)
    for number in range(3):
        logged(mina, verbatim=f"Words {number}.")
    pages = [html(begin(desk, care))]
    for words in ("", "Words 3."):
        if words:
            logged(mina, verbatim=words)
        pages.append(html(desk.get(unescape(NEXT.search(pages[-1])[1]))))
    assert [WORDS.findall(page) for page in pages] == [["Words 0.", "Words 1."], ["Words 2."], ["Words 3."]]
    assert ["intersect once" in page for page in pages] == [True, False, False]


def test_health_stays_with_service_here_too(mina, care, desk):
    logged(mina, profile=SourceProfileFactory(traits={"tags": ["health"]}), verbatim="My operation")
    page = html(begin(desk, care))
    assert "My operation" not in page
    assert "1 more stays with service." in page


@pytest.mark.parametrize("days", [-29, 1])
def test_neither_the_future_nor_long_ago_can_be_followed(care, sofia, desk, days):
    day = timezone.now() + timedelta(days=days)
    assert "Only today and the last 28 days" in html(begin(desk, care, day))
    assert not ShadowedDay.objects.exists()
    ShadowedDay.objects.create(person=sofia, team=care, day=day.date())  # begun when it could be
    assert "Shadowing Care" not in html(desk.get(f"{reverse('shadow')}?team={care.pk}&day={day:%Y-%m-%d}"))
    assert desk.get(f"{reverse('shadow_more')}?team={care.pk}&day={day:%Y-%m-%d}").status_code == 403


def test_where_no_team_talks_to_customers_yet_that_is_said(desk):
    page = html(desk.get(reverse("shadow")))
    assert "No team talks to customers yet" in page
    assert "<select" not in page


def test_agents_do_not_shadow_and_departments_are_not_shadowed(mina, sofia, desk):
    assert signed_in(mina).get(reverse("shadow")).status_code == 403
    begin(desk, sofia.team)
    assert not ShadowedDay.objects.exists()


def test_a_day_asks_as_often_for_many_as_for_one(mina, care, desk):
    def one_more():
        logged(mina, disposition=DispositionFactory())

    one_more()
    begin(desk, care)
    url = f"{reverse('shadow')}?team={care.pk}&day={timezone.now():%Y-%m-%d}"
    desk.get(url)
    once = queries(desk, url)
    for _number in range(4):
        one_more()
    assert queries(desk, url) == once
