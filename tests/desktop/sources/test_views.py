"""Sources at the desk: who may look, what stands there, and that it costs the same for one and for many."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.channels.ingest.process import process_due
from apps.channels.models import Envelope, Health, HourlyTally, Source, SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync.circuit_breaker import pause
from apps.desktop.sources import events
from apps.desktop.sources.chart import hourly
from apps.desktop.sources.page import span
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries
from tests.desktop.sources.rows import Lighthouse, furnished, nobody, tracked
from tests.factories.accounts import OwnerFactory, SupervisorFactory
from tests.factories.channels import EnvelopeFactory, SourceFactory

pytestmark = pytest.mark.django_db
PAGES = ["sources", "kinds", "connect", "source", "events", "event", "source_settings", "mapping"]
ACTS = [
    "try_new", "try_source", "sync_now", "pause_source", "resume_source", "switch_source", "backfill", "replay",
    "rotate", "revoke", "remove_source", "mapping_preview", "mapping_sample", "mapping_guess",
]  # fmt: skip


@pytest.fixture(autouse=True)
def lighthouse(monkeypatch):
    connector = Lighthouse()
    monkeypatch.setitem(CONNECTORS, "lighthouse", connector)
    return connector


@pytest.fixture
def supervisor():
    return SupervisorFactory(username="supervisor")


@pytest.fixture
def desk(supervisor):
    return signed_in(supervisor)


@pytest.fixture
def address():
    """The address of a page or an act, about source `tower` with one event and one key."""
    source = SourceFactory(slug="tower", kind="webhook", name="Tower", key="tower-key")
    envelope = EnvelopeFactory(source=source)

    def of(name, slug="tower"):
        kinds = {"connect": ["webhook"], "try_new": ["lighthouse"]}
        if name in ("sources", "kinds"):
            return reverse(name)
        more = {"event": [envelope.pk], "revoke": [source.keys.get().pk]}
        return reverse(name, args=kinds.get(name) or [slug, *more.get(name, [])])

    return of


def part(desk, name, target, *args):
    return desk.get(reverse(name, args=args), headers={"HX-Request": "true", "HX-Target": target})


def field(response, name):
    """What the page carries along to look again."""
    return re.search(rf'name="{name}" value="([^"]*)"', html(response))[1]


def events_on(response):
    return [int(pk) for pk in re.findall(r'id="event-(\d+)"', html(response))]


# who may
@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_a_stranger_is_led_to_the_login(client, address, name):
    response = client.post(address(name)) if name in ACTS else client.get(address(name))
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address(name)}")


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_whoever_may_not_is_told_so(desk_of, address, role, name):
    desk = desk_of(role)
    assert (desk.post if name in ACTS else desk.get)(address(name)).status_code == 403


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OWNER])
@pytest.mark.parametrize("name", PAGES)
def test_supervisors_and_owners_may_look(desk_of, address, role, name):
    assert desk_of(role).get(address(name)).status_code == 200


@pytest.mark.parametrize("name", ACTS)
def test_what_is_done_is_done_by_post_only(desk, address, name):
    assert desk.get(address(name)).status_code == 405


@pytest.mark.parametrize(
    "name", [name for name in [*PAGES, *ACTS] if name not in ("sources", "kinds", "connect", "try_new")]
)
def test_there_is_no_source_of_another_name_and_none_that_was_removed(desk, address, name):
    Source.objects.filter(slug="tower").update(removed_at=timezone.now())
    act = desk.post if name in ACTS else desk.get
    assert [act(address(name, slug)).status_code for slug in ("tower", "elsewhere")] == [404, 404]


@pytest.mark.parametrize("name", PAGES)
def test_no_cache_keeps_a_page_and_nothing_on_it_is_inline(desk, address, name):
    response = desk.get(address(name))
    assert "no-store" in response["Cache-Control"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert inline(response) == []


@pytest.mark.parametrize(("role", "shown"), [(Role.AGENT, False), (Role.SUPERVISOR, True), (Role.OWNER, True)])
def test_the_menu_leads_there_for_those_who_may(desk_of, role, shown):
    page = html(desk_of(role).get("/desk/"))
    assert (page.count('href="/desk/sources/"') == 2) is shown  # menu and palette
    assert ('href="/desk/sources/new/"' in page) is shown


def test_an_event_of_another_source_is_not_found(desk, address):
    elsewhere = EnvelopeFactory()
    assert desk.get(reverse("event", args=["tower", elsewhere.pk])).status_code == 404


# what it costs
def test_pages_cost_the_same_for_one_source_and_for_many(desk, supervisor):
    def costs():
        eldest = Envelope.objects.earliest("pk")
        return {
            "sources": queries(desk, reverse("sources")),
            "rows": queries(desk, reverse("sources"), **{"HX-Request": "true", "HX-Target": "sources"}),
            "source": queries(desk, reverse("source", args=["first"])),
            "events": queries(desk, reverse("events", args=["first"])),
            "event": queries(desk, reverse("event", args=["first", eldest.pk])),
        }

    furnished("first", tracked("a"), nobody("b"))
    process_due()
    costs()  # what is remembered for all is read once
    with_one = costs()
    for number in range(6):
        furnished(f"more-{number}", tracked(f"x{number}", email=f"x{number}@shop.example"))
    first = Source.objects.get(slug="first")
    Envelope.objects.all().update(source=first)
    process_due()
    assert costs() == with_one
    assert with_one["rows"] < 10


def test_nothing_is_counted_over_the_history(desk, django_assert_max_num_queries):
    furnished("first", tracked("a"), nobody("b"))
    with django_assert_max_num_queries(40) as captured:
        desk.get(reverse("sources"))
        desk.get(reverse("source", args=["first"]))
    counting = [query["sql"] for query in captured.captured_queries if "count(" in query["sql"].lower()]
    assert [sql for sql in counting if "LIMIT" not in sql] == []


# the list
def test_without_a_source_the_page_leads_to_the_first(desk):
    page = html(desk.get(reverse("sources")))
    assert "Nothing is connected yet" in page
    assert f'href="{reverse("kinds")}"' in page


def test_every_source_says_how_it_is_in_words(desk):
    now = timezone.now()
    running = SourceFactory(slug="web", name="Website")
    Health.objects.create(source=running, heard_at=now)
    atm = SourceFactory(slug="atm", name="ATM feed", kind="lighthouse")
    SyncState.objects.create(source=atm, stream="atm", last_ok_at=now - timedelta(hours=3, minutes=4))
    bank = SourceFactory(slug="bank", kind="lighthouse")
    SyncState.objects.create(source=bank, stream="", denied=True, error="Invalid credentials", failures=1)
    pause(actor=None, source=SourceFactory(slug="tills"), reason="Moving house")
    SourceFactory(slug="old", active=False)
    page = html(desk.get(reverse("sources")))
    for words in ("Running", "3 h behind", "Refused", "Invalid credentials", "Paused", "Moving house", "Switched off"):
        assert words in page, words
    places = [page.index(f'id="open-{slug}"') for slug in ("bank", "atm", "tills", "web", "old")]
    assert places == sorted(places), "what is worst stands first"


def test_only_those_in_trouble_are_left_by_the_filter(desk):
    SourceFactory(slug="fine")
    EnvelopeFactory(source=SourceFactory(slug="odd"), state=Envelope.State.QUARANTINED)
    page = html(desk.get(f"{reverse('sources')}?only=trouble"))
    assert ('id="open-odd"' in page, 'id="open-fine"' in page) == (True, False)
    assert 'hx-get="/desk/sources/?only=trouble"' in page, "the page looks again for the same"


def test_where_all_is_well_the_filter_says_so(desk):
    SourceFactory()
    assert "No source is in trouble" in html(desk.get(f"{reverse('sources')}?only=trouble"))


def test_looking_again_gives_the_rows_alone_with_an_id_on_all_that_can_have_the_focus(desk):
    source = SourceFactory(slug="tower", kind="lighthouse")
    SyncState.objects.create(source=source, stream="")
    rows = html(part(desk, "sources", "sources"))
    assert "<html" not in rows
    assert rows.count("<button") + rows.count("<a ") == rows.count(' id="')


def test_a_chart_draws_each_hour_and_says_in_words_what_it_shows(desk):
    now = timezone.now()
    hours = {now.replace(minute=0, second=0, microsecond=0): (90, 10)}
    chart = hourly(hours, now, 24)
    assert [[(bar.tone, bar.x, bar.height) for bar in hour.rectangles] for hour in chart.columns] == [
        [("good", "231", "90"), ("bad", "231", "10")]
    ]
    assert chart.label == "100 events in the last 24 hours, 10 of them not understood"
    HourlyTally.objects.create(source=SourceFactory(), hour=next(iter(hours)), understood=90, refused=10)
    assert '<rect class="bad" x="231" y="0" width="8" height="10">' in html(desk.get(reverse("sources")))


def test_one_bad_event_among_thousands_is_still_seen():
    now = timezone.now()
    (hour,) = hourly({now.replace(minute=0, second=0, microsecond=0): (100_000, 1)}, now, 24).columns
    good, bad = (int(bar.height) for bar in hour.rectangles)
    assert (bad, good + bad) == (4, 100)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ({"seconds": -5}, "0 s"),
        ({"seconds": 59}, "59 s"),
        ({"minutes": 59}, "59 min"),
        ({"hours": 47}, "47 h"),
        ({"days": 2}, "2 days"),
    ],
)
def test_a_span_is_told_in_one_unit(time, words):
    assert span(timedelta(**time)) == words


# one source
def test_the_page_of_a_source_shows_what_was_understood_and_by_whom(desk):
    source = furnished("tower", tracked("e1"), nobody("e2"))
    process_due()
    page = html(desk.get(reverse("source", args=["tower"])))
    for words in (
        "Signed up",
        "Anna",
        "Understood",
        "Failed",
        "It names nobody",
        "colour",
        "tower-0",
        "key-of-t",
    ):
        assert words.lower() in page.lower(), words
    entry = AuditEntry.objects.get(action="source.events")
    assert (entry.detail["source"], len(entry.detail["shown"])) == (source.slug, 1)


def test_looking_again_answers_nothing_while_nothing_changed(desk):
    source = furnished("tower", tracked("e1"))
    url = reverse("events", args=["tower"])
    first = desk.get(url)
    same = {"mark": field(first, "mark"), "seen": field(first, "seen")}
    assert desk.get(url, same).status_code == 204
    process_due()
    again = desk.get(url, same)
    assert (again.status_code, "Understood" in html(again)) == (200, True)
    assert events.mark(events.latest(source)) == field(again, "mark")


def test_names_are_audited_once_and_not_again_while_the_page_looks(desk):
    furnished("tower", tracked("e1"))
    process_due()
    first = desk.get(reverse("source", args=["tower"]))
    desk.get(reverse("events", args=["tower"]), {"mark": "old", "seen": field(first, "seen")})
    assert AuditEntry.objects.filter(action="source.events").count() == 1
    furnished("other", tracked("o1"))
    desk.get(reverse("events", args=["tower"]), {"mark": "old", "seen": 0})
    assert AuditEntry.objects.filter(action="source.events").count() == 2


def test_older_events_follow_without_repeating_any(desk):
    source = furnished("tower", *(tracked(f"e{number}") for number in range(events.SHOWN + 5)))
    first = desk.get(reverse("source", args=["tower"]))
    eldest = min(events_on(first))
    assert f"?before={eldest}" in html(first)
    second = desk.get(reverse("events", args=["tower"]), {"before": eldest})
    shown = events_on(first) + events_on(second)
    assert shown == sorted(Envelope.objects.filter(source=source).values_list("pk", flat=True), reverse=True)
    assert "?before=" not in html(second)


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 40}, {"state": "done; drop"}, {"mark": "\x00"}])
def test_a_query_that_makes_no_sense_is_ignored(desk, query):
    furnished("tower", tracked("e1"))
    assert desk.get(reverse("events", args=["tower"]), query).status_code == 200


def test_events_can_be_narrowed_to_those_not_understood(desk):
    furnished("tower", tracked("e1"), nobody("e2"))
    process_due()
    response = desk.get(reverse("source", args=["tower"]), {"state": "quarantined"})
    assert [line.title for line in response.context["events"]] == ["e2"]


def test_whatever_a_connector_trips_over_is_shown_and_not_raised(desk, lighthouse, monkeypatch):
    furnished("tower", tracked("e1"))
    monkeypatch.setattr(lighthouse, "normalise", lambda event, source: 1 // 0)
    assert desk.get(reverse("source", args=["tower"])).status_code == 200


def test_a_kind_only_a_newer_version_knows_is_shown_and_does_no_harm(desk):
    source = SourceFactory(slug="tower", kind="from-the-future")
    EnvelopeFactory(source=source)
    page = html(desk.get(reverse("source", args=["tower"])))
    assert "does not know the kind" in page
    assert "from-the-future" in html(desk.get(reverse("sources")))
    assert desk.get(reverse("source_settings", args=["tower"])).status_code == 404


def test_the_raw_event_is_shown_as_text_and_reading_it_is_audited(desk, supervisor):
    source = furnished("tower", tracked("e1", colour="<script>alert(1)</script>"))
    process_due()
    envelope = Envelope.objects.get(source=source)
    page = html(desk.get(reverse("event", args=["tower", envelope.pk])))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    entry = AuditEntry.objects.get(action="envelope.view")
    assert (entry.actor, entry.detail["id"], entry.subject is not None) == (supervisor, envelope.pk, True)


def test_a_long_event_is_cut_and_says_so(desk):
    envelope = EnvelopeFactory(source=SourceFactory(slug="tower"), payload={"long": "x" * 90_000})
    page = html(desk.get(reverse("event", args=["tower", envelope.pk])))
    assert len(page) < 60_000
    assert "It is longer" in page


@pytest.mark.parametrize("target", ["health", "streams", "secrets"])
def test_each_part_of_the_page_looks_again_alone(desk, target):
    furnished("tower", nobody("e1"))
    process_due()
    response = html(part(desk, "source", target, "tower"))
    assert "<html" not in response
    assert {"health": "It names nobody", "streams": "tower-0", "secrets": "key-of-t"}[target] in response


def test_a_missing_secret_of_the_provider_is_asked_for(desk):
    SourceFactory(slug="tower", kind="lighthouse")
    assert "Its secret is missing" in html(desk.get(reverse("source", args=["tower"])))


def test_somebody_who_may_only_look_finds_no_buttons(monkeypatch):
    looks = frozenset({"channels.view_source", "channels.view_envelope"})
    monkeypatch.setattr("apps.accounts.backends.permissions_of", lambda user: looks)
    furnished("tower", nobody("e1"))
    process_due()
    desk = signed_in(OwnerFactory(is_superuser=False))
    page = html(desk.get(reverse("source", args=["tower"]))) + html(desk.get(reverse("sources")))
    for name in ("pause_source", "replay", "rotate", "remove_source", "sync_now", "source_settings"):
        assert reverse(name, args=["tower"]) not in page
    assert desk.post(reverse("pause_source", args=["tower"])).status_code == 403


def test_a_stream_that_is_behind_is_marked_among_the_others(desk):
    source, now = SourceFactory(slug="tower", kind="lighthouse"), timezone.now()
    for name, read in (("fine", now), ("late", now - timedelta(hours=2))):
        SyncState.objects.create(source=source, stream=name, last_ok_at=read)
    page = html(part(desk, "source", "streams", "tower"))
    assert '<span class="dot good"></span><bdi>fine' in page
    assert '<span class="dot warn"></span><bdi>late' in page
