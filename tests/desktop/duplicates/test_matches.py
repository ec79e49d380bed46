"""Suggestions, one after the other: the list, the two side by side, deciding, taking it back, many at once."""

import re

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.customers.identity.actions import merge_customers
from apps.customers.models import MatchCandidate, MergeRecord, Verdict
from apps.desktop.duplicates.comparison import rows
from apps.desktop.duplicates.page import PAGE, cursor_of
from apps.desktop.models import OpenTab
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries, triggers
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    MatchCandidateFactory,
    SourceProfileFactory,
)
from tests.factories.interactions import FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db
MATCHES = "/desk/matches/"
AGREEING = {"given": {"level": "same", "weight": 6.5}, "family": {"level": "close", "weight": 4.0}}
BESIDE = {"HX-Request": "true", "HX-Target": "match"}
Status = MatchCandidate.Status


def suggested(one, other, score=0.97, **fields):
    return MatchCandidateFactory(a__name=one, b__name=other, score=score, **fields)


def lines(response):
    """The pairs in the list, as they stand."""
    found = re.findall(r'<span class="match-names"><bdi>(.*?)</bdi><bdi>(.*?)</bdi>', html(response))
    return [f"{one}, {other}" for one, other in found]


def shown(response):
    """The two who are side by side, or None where there is nobody."""
    two = r'<h2 id="match-title" tabindex="-1"><bdi>(.*?)</bdi>.*?<bdi>(.*?)</bdi></h2>'
    found = re.search(two, html(response), re.DOTALL)
    return f"{found[1]}, {found[2]}" if found else None


def decide(desk, candidate, status, tab="open"):
    """From a page that shows the suggestion as `candidate` has it."""
    address, seen = reverse("decide", args=[candidate.pk]), candidate.status
    return desk.post(address, {"status": status, "tab": tab, "seen": seen}, headers=BESIDE)


def undo(desk, response):
    """Press the toast's button."""
    said = triggers(response)["toast"]
    return desk.post(said["undo"], said["values"], headers={"HX-Request": "true"})


# the list


def test_the_likeliest_comes_first_and_is_opened(desk):
    suggested("Anna", "Anne", 0.9)
    suggested("Ben", "Benn", 0.99)
    response = desk.get(MATCHES)
    assert lines(response) == ["Ben, Benn", "Anna, Anne"]
    assert shown(response) == "Ben, Benn"
    assert inline(response) == []


def test_each_tab_has_its_own(desk):
    suggested("Anna", "Anne")
    suggested("Ben", "Benn", status="later")
    suggested("Cleo", "Clea", status="different", reviewed_at="2026-02-01T10:00Z")
    suggested("Dan", "Dann", status="matched", reviewed_at="2026-02-02T10:00Z")
    found = {tab: lines(desk.get(MATCHES, {"tab": tab})) for tab in ("open", "later", "decided", "nonsense")}
    assert found == {
        "open": ["Anna, Anne"],
        "later": ["Ben, Benn"],
        "decided": ["Dan, Dann", "Cleo, Clea"],
        "nonsense": ["Anna, Anne"],
    }


def test_those_who_are_one_already_are_not_asked_about(desk, agent):
    candidate = suggested("Anna", "Anne")
    merge_customers(actor=agent, survivor=CustomerFactory(), absorbed=candidate.a, reason="x")
    MatchCandidate.objects.filter(pk=candidate.pk).update(status="open")
    assert "Anna, Anne" not in lines(desk.get(MATCHES))


@pytest.mark.parametrize(
    ("tab", "words"),
    [("open", "Nothing to decide"), ("later", "Nothing was put off"), ("decided", "Nothing is decided yet")],
)
def test_an_empty_tab_says_so(desk, tab, words):
    response = html(desk.get(MATCHES, {"tab": tab}))
    assert words in response
    assert "Nobody to compare" in response


def test_the_list_goes_on_page_by_page_without_losing_anybody(desk):
    for number in range(PAGE + 3):
        suggested(f"One {number}", "Other", 0.9 if number % 2 else 0.8, profiles=False)
    first = desk.get(MATCHES)
    older = re.search(r'class="older-matches" hx-get="([^"]+)"', html(first))[1].replace("&amp;", "&")
    second = desk.get(older, headers={"HX-Request": "true"})
    assert "<html" not in html(second)
    assert (len(lines(first)), len(lines(second))) == (PAGE, 3)
    assert len({*lines(first), *lines(second)}) == PAGE + 3
    assert "older-matches" not in html(second)


def test_the_decided_go_on_page_by_page_too(desk):
    for number in range(PAGE + 1):
        when = f"2026-02-01T10:{number:02}Z"
        suggested(f"One {number}", "Other", status="different", reviewed_at=when, profiles=False)
    first = desk.get(MATCHES, {"tab": "decided"})
    older = re.search(r'class="older-matches" hx-get="([^"]+)"', html(first))[1].replace("&amp;", "&")
    assert lines(first)[0] == f"One {PAGE}, Other"
    assert lines(desk.get(older)) == ["One 0, Other"]


@pytest.mark.parametrize("text", ["", "x", "0.9", "0.9/", "x/1", "0.9/-1", "0.9/99999999999999999999"])
def test_a_cursor_nobody_wrote_is_none(text):
    assert cursor_of("open", text) is None


def test_a_time_without_its_zone_is_no_cursor():
    assert cursor_of("decided", "2026-02-01T10:00:00/1") is None


@pytest.mark.parametrize("role", Role)
def test_everybody_who_meets_customers_reviews_and_marketers_do_not(role):
    candidate = suggested("Anna", "Anne")
    desk = signed_in(UserFactory(role=role))
    refused = role == Role.MARKETER
    pages = [MATCHES, reverse("match", args=[candidate.pk]), reverse("match_quality")]
    assert {desk.get(page).status_code for page in pages} == {403 if refused else 200}
    assert ("This page is not open to you" in html(desk.get(MATCHES))) == refused
    assert decide(desk, candidate, "later").status_code == (403 if refused else 200)
    assert (f'href="{MATCHES}"' in html(desk.get("/desk/"))) != refused


# side by side


def test_what_agrees_and_what_does_not_stands_field_by_field(desk):
    features = {**AGREEING, "born": {"level": "differs", "weight": -3.2}, "phones": {"level": "unknown", "weight": 0.0}}
    born = {"a__born": "1984-03-01", "b__born": "1984-03-02"}
    candidate = suggested("Anna Lind", "Anna Lindt", features=features, **born)
    response = html(desk.get(reverse("match", args=[candidate.pk]), headers=BESIDE))
    assert "<html" not in response
    found = re.findall(
        r'<tr class="(\w+)[^"]*">\s*<th scope="row">(.*?)</th>\s*<td><bdi>(.*?)</bdi></td>\s*<td><bdi>(.*?)</bdi></td>',
        response,
    )
    assert found == [
        ("differs", "Date of birth", "1 March 1984", "2 March 1984"),
        ("near", "Name", "Anna Lind", "Anna Lindt"),
        ("unknown", "Phone", "-", "-"),
    ]
    assert "first name: the same, family name: nearly the same" in response
    assert 'aria-label="speaks against it"' in response


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"born": {"level": "same", "weight": 12}}, ("same", "the same", "speaks strongly for it", "48", "48")),
        ({"born": {"level": "same", "weight": 99}}, ("same", "the same", "speaks strongly for it", "48", "48")),
        ({"born": {"level": "differs", "weight": -3}}, ("differs", "different", "speaks against it", "36", "12")),
        ({"born": {"level": "unknown"}}, ("unknown", "missing on one side", "counts for nothing", "48", "0")),
        ({"address": {"level": "city", "weight": 1}}, ("near", "the same town", "speaks for it", "48", "4")),
        (
            {"household": {"level": "likely", "weight": -6}},
            ("differs", "people who live together agree like this too", "speaks strongly against it", "24", "24"),
        ),
        ({"born": {"level": "of tomorrow", "weight": 1}}, ("near", "nearly the same", "speaks for it", "48", "4")),
        (
            {"given": {"level": "differs", "weight": -5}, "family": {"level": "same", "weight": 2}},
            ("differs", "first name: different, family name: the same", "speaks against it", "36", "12"),
        ),
    ],
)
def test_a_bar_shows_how_much_a_thing_counts(features, expected):
    (row,) = rows(features, [""] * 10, [""] * 10)
    assert (row.tone, row.words, row.counts, row.bar_x, row.bar_width) == expected


def test_the_newest_of_both_stories_and_what_both_have(desk):
    candidate = suggested("Anna", "Anne")
    identifier = IdentifierFactory()
    for customer in (candidate.a, candidate.b):
        profile = customer.profiles.get()
        EvidenceFactory(profile=profile, identifier=identifier)
        for number in range(7):
            InteractionFactory(profile=profile, title=f"{customer} {number}")
    response = html(desk.get(reverse("match", args=[candidate.pk])))
    stories = re.findall(r'<span class="brief-title"><bdi>(.*?)</bdi>', response)
    assert stories == [f"{name} {number}" for name in ("Anna", "Anne") for number in range(6, 1, -1)]
    assert response.count('<li class="in-common">') == 2


def test_a_role_does_not_read_here_what_it_does_not_read_elsewhere(desk_of):
    candidate = suggested("Anna", "Anne")
    InteractionFactory(profile=candidate.a.profiles.get(), channel="atm", title="Took out cash")
    address = reverse("match", args=[candidate.pk])
    assert "Took out cash" in html(desk_of(Role.AGENT).get(address))
    assert "Took out cash" not in html(desk_of(Role.STORE).get(address))


def test_attributes_that_differ_are_counted_and_the_preview_is_offered(desk):
    candidate = suggested("Anna", "Anne", profiles=False)
    for customer, city in ((candidate.a, "Lyon"), (candidate.b, "Paris")):
        SourceProfileFactory(customer=customer, traits={"city": city})
    response = html(desk.get(reverse("match", args=[candidate.pk])))
    assert "1 attribute differs" in response
    where = reverse("merge", args=[candidate.a.public_id])
    assert f"{where}?with={candidate.b.public_id}&amp;candidate={candidate.pk}" in response


def test_reading_the_two_is_audited(desk):
    candidate = suggested("Anna", "Anne")
    desk.get(reverse("match", args=[candidate.pk]), headers=BESIDE)
    read = AuditEntry.objects.filter(action="customer.view", purpose="identity")
    assert set(read.values_list("subject", flat=True)) == {candidate.a.public_id, candidate.b.public_id}


def test_the_page_costs_the_same_with_one_and_with_many(desk):
    def furnish(customer):
        profile = customer.profiles.order_by("id").first()
        InteractionFactory(profile=profile)
        FollowUpFactory(profile=profile, interaction=InteractionFactory(profile=profile))
        EvidenceFactory(profile=profile)
        SourceProfileFactory(customer=customer, source="mail")

    candidate = suggested("Anna", "Anne", 0.999)
    for customer in (candidate.a, candidate.b):
        furnish(customer)
    desk.get(MATCHES)
    one = queries(desk, MATCHES)
    for number in range(5):
        suggested(f"One {number}", "Other", 0.9)
        furnish(candidate.a)
        furnish(candidate.b)
    assert queries(desk, MATCHES) == one


# deciding


def test_not_the_same_is_kept_and_the_next_comes_by_itself(desk, agent):
    first, second = suggested("Anna", "Anne", 0.99), suggested("Ben", "Benn", 0.98)
    response = decide(desk, first, "different")
    assert shown(response) == "Ben, Benn"
    assert f'<div hx-swap-oob="delete" id="line-{first.pk}">' in html(response)
    assert response["HX-Push-Url"] == f"/desk/matches/{second.pk}/?tab=open"
    first.refresh_from_db()
    assert (first.status, first.reviewer) == ("different", agent)
    assert Verdict.objects.get().same is False
    assert triggers(response)["toast"]["text"] == "Anna and Anne are two people."


def test_match_makes_the_younger_part_of_the_elder(desk, agent):
    candidate = suggested("Anna", "Anne", 0.97)
    response = decide(desk, candidate, "matched")
    record = MergeRecord.objects.get()
    assert (record.survivor, record.absorbed, record.actor) == (candidate.a, candidate.b, agent)
    assert record.reason == "Suggested with 97\xa0%, and confirmed"
    assert shown(response) is None
    assert "That was the last one" in html(response)
    assert response["HX-Push-Url"] == "/desk/matches/?tab=open"


def test_after_the_last_comes_what_was_passed_over(desk):
    passed, last = suggested("Anna", "Anne", 0.99), suggested("Ben", "Benn", 0.98)
    assert shown(decide(desk, last, "later")) == "Anna, Anne"
    assert shown(decide(desk, passed, "later")) is None


def test_equal_scores_follow_each_other(desk):
    first, second, _third = (suggested(name, "Other", 0.9) for name in ("One", "Two", "Three"))
    assert shown(decide(desk, first, "later")) == "Two, Other"
    assert shown(decide(desk, second, "later")) == "Three, Other"


@pytest.mark.parametrize("status", ["different", "later"])
def test_undo_brings_a_decision_back(desk, status):
    candidate = suggested("Anna", "Anne")
    response = undo(desk, decide(desk, candidate, status))
    candidate.refresh_from_db()
    assert (candidate.status, candidate.reviewer) == ("open", None)
    assert triggers(response)["undone"] == {"url": f"/desk/matches/{candidate.pk}/?tab=open"}
    assert not Verdict.objects.filter(withdrawn_at=None).exists()


def test_undo_of_what_had_been_put_off_puts_it_off_again(desk):
    candidate = suggested("Anna", "Anne", status="later")
    undo(desk, decide(desk, candidate, "different", tab="later"))
    candidate.refresh_from_db()
    assert candidate.status == "later"


def test_undo_parts_those_who_were_matched(desk):
    candidate = suggested("Anna", "Anne")
    undo(desk, decide(desk, candidate, "matched"))
    candidate.refresh_from_db()
    candidate.b.refresh_from_db()
    assert (candidate.status, candidate.b.merged_into) == ("open", None)
    assert not Verdict.objects.filter(withdrawn_at=None).exists()


def test_nobody_undoes_a_match_of_somebody_else(desk, desk_of):
    candidate = suggested("Anna", "Anne")
    said = triggers(decide(desk_of(Role.AGENT), candidate, "matched"))["toast"]
    assert desk.post(said["undo"], said["values"]).status_code == 404


def test_what_a_colleague_merged_first_is_told_and_passed_over(desk):
    candidate, following = suggested("Anna", "Anne", 0.99), suggested("Ben", "Benn", 0.9)
    merge_customers(actor=UserFactory(), survivor=candidate.a, absorbed=candidate.b, reason="x")
    response = decide(desk, candidate, "matched")
    assert "A colleague has decided on these two already" in triggers(response)["toast"]["text"]
    assert "undo" not in triggers(response)["toast"]
    assert shown(response) == f"{following.a}, {following.b}"


@pytest.mark.parametrize("status", ["different", "later"])
def test_those_whom_a_colleague_merged_are_not_two_again_by_a_page_that_was_open(desk, status):
    candidate = suggested("Anna", "Anne")
    merge_customers(actor=UserFactory(), survivor=candidate.a, absorbed=candidate.b, reason="x")
    MatchCandidate.objects.filter(pk=candidate.pk).update(status="open")  # as it may be between two looks
    said = triggers(decide(desk, candidate, status))["toast"]
    assert "has just been merged by somebody else" in said["text"]
    assert "undo" not in said


@pytest.mark.parametrize("status", ["matched", "later"])
def test_a_page_that_was_open_does_not_overrule_what_a_colleague_said_meanwhile(desk, desk_of, status):
    candidate = suggested("Anna", "Anne")
    decide(desk_of(Role.AGENT), candidate, "different")
    assert "A colleague has decided" in triggers(decide(desk, candidate, status))["toast"]["text"]
    assert MatchCandidate.objects.get().status == "different"
    assert Verdict.objects.filter(withdrawn_at=None, same=False).exists()
    assert not MergeRecord.objects.exists()


def test_undo_leaves_what_a_colleague_said_since(desk, desk_of):
    candidate = suggested("Anna", "Anne")
    mine = decide(desk, candidate, "later")
    candidate.refresh_from_db()
    decide(desk_of(Role.AGENT), candidate, "different")
    assert "A colleague has decided" in triggers(undo(desk, mine))["toast"]["text"]
    assert MatchCandidate.objects.get().status == "different"


def test_what_a_rule_joined_names_no_person(desk):
    suggested("Anna", "Anne", status="matched", reviewed_at="2026-02-01T10:00Z")
    assert "The same: by a rule, 1 Feb 2026" in html(desk.get(MATCHES, {"tab": "decided"}))


def test_a_decision_nobody_knows_is_refused(desk):
    candidate = suggested("Anna", "Anne")
    assert decide(desk, candidate, "perhaps").status_code == 400


def test_what_was_decided_can_be_opened_again(desk):
    candidate = suggested("Anna", "Anne")
    decide(desk, candidate, "different")
    candidate.refresh_from_db()
    page = html(desk.get(reverse("match", args=[candidate.pk]), {"tab": "decided"}))
    assert "Not the same: agent, " in page
    assert "Open again" in page
    decide(desk, candidate, "open", tab="decided")
    candidate.refresh_from_db()
    assert candidate.status == "open"


def test_those_who_are_one_by_now_cannot_be_decided_on(desk):
    candidate = suggested("Anna", "Anne")
    decide(desk, candidate, "matched")
    page = html(desk.get(reverse("match", args=[candidate.pk]), {"tab": "decided"}))
    assert reverse("decide", args=[candidate.pk]) not in page
    assert reverse("identity", args=[candidate.a.public_id]) in page


def test_both_can_be_opened_at_once(desk, agent):
    candidate = suggested("Anna", "Anne")
    response = desk.post(reverse("open_match", args=[candidate.pk]))
    assert response["Location"] == candidate.a.get_absolute_url()
    assert set(OpenTab.objects.filter(user=agent).values_list("customer", flat=True)) == {
        candidate.a_id,
        candidate.b_id,
    }
