"""Making two customers one by hand: the preview, doing it, taking it back, and pages that were open meanwhile."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.customers.identity.actions import merge_customers, review
from apps.customers.models import (
    AttributeChange,
    Customer,
    MatchCandidate,
    MergeRecord,
    SourceProfile,
    Verdict,
)
from apps.interactions.models import Channel
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, kept_toast, queries
from tests.factories.accounts import UserFactory
from tests.factories.channels import SourceFactory
from tests.factories.customers import (
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    MatchCandidateFactory,
    OpenTabFactory,
    SourceProfileFactory,
)
from tests.factories.interactions import DAWN, FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def address(customer):
    return reverse("merge", args=[customer.public_id])


def side_by_side(desk, address, other, **more):
    return desk.get(f"{address}?{urlencode({'with': other.public_id, **more})}")


def names(response):
    """Who stays, and who becomes part of them."""
    return re.findall(r'<h2 id="side-\d"><bdi>(.*?)</bdi>', html(response))


def warnings(response):
    found = re.search(r'<ul class="warnings">(.*?)</ul>', html(response))
    return re.findall(r"<bdi>(.*?)</bdi>", found[1]) if found else []


def story(response):
    return re.findall(r'<span class="brief-title"><bdi>(.*?)</bdi>', html(response))


@pytest.fixture
def do(desk, customer, other, address):
    def post(**fields):
        given = {"with": other.public_id, "keep": customer.public_id, "reason": "Told me so", **fields}
        return desk.post(address, given)

    return post


# choosing the other


def test_the_other_is_looked_for_as_anybody_is(desk, customer, other, address):
    response = desk.get(reverse("merge_find", args=[customer.public_id]), {"q": "customer"})
    assert re.findall(r'class="found-name"><bdi>(.*?)</bdi>', html(response)) == ["Second Customer"]
    assert f'href="{address}?with={other.public_id}"' in html(response)
    assert AuditEntry.objects.get(action="customer.lookup").detail == {"shown": [str(other.public_id)]}


def test_nobody_is_made_new_while_looking_for_the_other(desk, customer):
    response = html(desk.get(reverse("merge_find", args=[customer.public_id]), {"q": "Nobody at all"}))
    assert "Nobody else is known by “Nobody at all”." in response
    assert reverse("create") not in response


def test_those_who_may_be_the_same_are_offered(desk, customer, other, address):
    MatchCandidateFactory(a=customer, b=other, score=0.9731)
    response = " ".join(html(desk.get(address)).split())
    assert f'{address}?with={other.public_id}"><bdi>Second Customer</bdi> <span class="badge">97 %</span>' in response


def test_a_customer_is_not_merged_with_themselves(desk, customer, address):
    response = side_by_side(desk, address, CustomerFactory(merged_into=customer))
    assert "That is the same customer by now. Choose another one." in html(response)


@pytest.mark.parametrize("given", ["nonsense", "5c7c1a7e-6f0b-4f0e-9a53-0f7c3f3f6c11"])
def test_a_link_that_leads_to_nobody(desk, address, given):
    assert desk.get(address, {"with": given}).status_code == 404


# the preview


def test_both_stories_are_side_by_side_as_the_role_sees_them(desk, customer, other, profile, address):
    for number in range(12):
        InteractionFactory(profile=profile, title=f"Chat {number}")
    InteractionFactory(profile=other.profiles.get(), call=True)
    InteractionFactory(profile=other.profiles.get(), channel=Channel.ATM, title="Took out cash")
    response = side_by_side(desk, address, other)
    assert story(response) == [*(f"Chat {number}" for number in range(11, 1, -1)), "Took out cash", "Call"]
    assert inline(response) == []
    store = side_by_side(signed_in(UserFactory(role=Role.STORE)), address, other)
    assert story(store)[-1] == "Call"
    assert "1 entry of this time is not shown to your role." in html(store)
    read = AuditEntry.objects.filter(action="customer.view", purpose="merge").values_list("subject", flat=True)
    assert set(read) == {customer.public_id, other.public_id}


def test_the_elder_stays_until_they_are_swapped(desk, customer, other, address):
    assert names(side_by_side(desk, address, other)) == ["Known Customer", "Second Customer"]
    swapped = side_by_side(desk, address, other, keep=other.public_id, reason="half a re")
    assert names(swapped) == ["Second Customer", "Known Customer"]
    assert 'value="half a re"' in html(swapped)
    assert f'name="keep" value="{other.public_id}"' in html(swapped)


def test_what_moves_is_named(desk, other, address):
    SourceFactory(slug="mail", name="Mailbox")
    profile = SourceProfileFactory(customer=other, source="mail")
    EvidenceFactory(profile=profile, identifier__value="+442079460018")
    FollowUpFactory(profile=profile, text="Send the seal")
    FollowUpFactory(profile=profile, text="Kept long ago", state="kept")
    response = html(side_by_side(desk, address, other))
    assert "2 profiles: Mailbox (2)" in response
    assert "Known by: +44 20 7946 0018" in response
    assert ("Send the seal" in response, "Kept long ago" in response) == (True, False)


def test_what_both_are_known_by_is_marked(desk, profile, other, address):
    identifier = IdentifierFactory()
    for one in (profile, other.profiles.get()):
        EvidenceFactory(profile=one, identifier=identifier)
        EvidenceFactory(profile=one)
    assert html(side_by_side(desk, address, other)).count('<li class="in-common">') == 2


def test_whatever_speaks_against_it_is_said(desk, agent, profile, customer, other, address):
    SourceFactory(slug="shop", name="Web shop")
    profile.traits = {"name": "Anna Weber", "born": "1950-02-14"}
    profile.save()
    theirs = other.profiles.get()
    theirs.traits = {"name": "Ben Weber", "born": "1984-07-30"}
    theirs.save()
    for one, value in ((profile, "1"), (theirs, "2")):
        EvidenceFactory(profile=one, identifier__type="user_id", identifier__scope="shop", identifier__value=value)
    OpenTabFactory(customer=other, draft={"body": "x"}, user=UserFactory(first_name="Mina"))
    review(actor=agent, candidate=MatchCandidateFactory(a=customer, b=other), status="different")
    today = timezone.localdate().day
    said = warnings(side_by_side(desk, address, other))
    assert said[0].startswith(f"agent said on {today} ")
    assert said[1:] == [
        "Their first names differ.",
        "Their dates of birth differ.",
        "Each has a user id of their own at Web shop.",
        "Mina is writing about one of them just now.",
    ]


def test_nothing_is_said_where_nothing_speaks_against_it(desk, other, address):
    assert warnings(side_by_side(desk, address, other)) == []


def test_each_attribute_that_differs_is_decided(desk, profile, other, address):
    profile.traits, profile.last_seen = {"city": "Lyon", "newsletter": True}, timezone.now()
    profile.save()
    SourceProfile.objects.filter(customer=other).update(traits={"city": "Paris", "newsletter": True})
    SourceProfile.objects.filter(customer=other).update(last_seen=profile.last_seen.replace(year=2020))
    response = html(side_by_side(desk, address, other))
    assert re.findall(r'name="keep-(\w+)" value="(\w+)"(?: (checked))?', response) == [
        ("city", "survivor", "checked"),
        ("city", "absorbed", ""),
    ]


def test_the_preview_costs_the_same_with_one_and_with_many(desk, profile, other, address):
    def furnish(number):
        for one in (profile, other.profiles.order_by("id").first()):
            entry = InteractionFactory(profile=one)
            InteractionFactory(profile=one, channel=Channel.ATM)
            FollowUpFactory(profile=one, interaction=entry)
            EvidenceFactory(profile=one)
            more = SourceProfileFactory(customer=one.customer, traits={f"t{number}": str(one.pk)})
            EvidenceFactory(profile=more)
            OpenTabFactory(customer=one.customer, draft={"body": "x"})

    where = f"{address}?with={other.public_id}"
    furnish(0)
    side_by_side(desk, address, other)
    one = queries(desk, where)
    for number in range(1, 5):
        furnish(number)
    assert queries(desk, where) == one
    assert one < 30


# doing it


def test_the_two_are_one_and_the_page_goes_to_who_stays(do, desk, agent, customer, other):
    response = do()
    assert (response.status_code, response["Location"]) == (302, customer.get_absolute_url())
    other.refresh_from_db()
    record = MergeRecord.objects.get()
    assert (other.merged_into, record.reason, record.actor) == (customer, "Told me so", agent)
    undo = reverse("undo_merge", args=[record.pk])
    assert kept_toast(desk) == {
        "text": "Merged. Known Customer has both stories now.",
        "undo": undo,
        "values": {"undo": "1"},
    }
    page = unescape(html(desk.get(customer.get_absolute_url())))
    assert f'"undo": "{undo}"' in page
    assert 'data-toast=""' in html(desk.get(customer.get_absolute_url()))


def test_whoever_was_swapped_in_stays(do, customer, other):
    assert do(keep=other.public_id)["Location"] == other.get_absolute_url()
    customer.refresh_from_db()
    assert customer.merged_into == other


def test_without_a_reason_nothing_happens(do, other):
    response = do(reason="  ")
    assert response.status_code == 422
    assert "Say why in a few words" in html(response)
    other.refresh_from_db()
    assert other.merged_into is None


def test_somebody_merged_meanwhile_is_looked_at_again_first(do, agent, customer, other):
    third = SourceProfileFactory(customer__name="Third Customer").customer
    merge_customers(actor=agent, survivor=third, absorbed=other, reason="x")
    response = do()
    assert response.status_code == 422
    assert "One of them has just been merged by somebody else. Look again." in html(response)
    assert names(response) == ["Known Customer", "Third Customer"]
    third.refresh_from_db()
    assert third.merged_into is None


def test_a_page_of_somebody_merged_away_merges_nobody(do, agent, customer, other):
    third = SourceProfileFactory().customer
    merge_customers(actor=agent, survivor=third, absorbed=customer, reason="x")
    assert do()["Location"] == third.get_absolute_url()
    other.refresh_from_db()
    assert other.merged_into is None


def test_from_a_suggestion_it_goes_back_to_the_suggestions(do, customer, other):
    candidate = MatchCandidateFactory(a=customer, b=other)
    assert do(candidate=candidate.pk)["Location"] == reverse("matches")
    candidate.refresh_from_db()
    assert candidate.status == MatchCandidate.Status.MATCHED


@pytest.mark.parametrize("role", Role)
def test_everybody_who_meets_customers_may_merge_and_marketers_may_not(role, customer, other, address):
    desk = signed_in(UserFactory(role=role))
    expected = (403, 403) if role == Role.MARKETER else (200, 302)
    given = {"with": other.public_id, "reason": "x"}
    looked = desk.get(address)
    assert (looked.status_code, desk.post(address, given).status_code) == expected
    assert ("This page is not open to you" in html(looked)) == (role == Role.MARKETER)


@pytest.fixture
def towns(profile, other):
    """The younger was heard from later: their town would be shown."""
    for one, city, day in ((profile, "Lyon", 1), (other.profiles.get(), "Paris", 2)):
        heard = {"first_seen": DAWN, "last_seen": DAWN + timedelta(days=day)}
        SourceProfile.objects.filter(pk=one.pk).update(traits={"city": city}, **heard)


def test_a_value_that_was_chosen_is_kept(do, agent, customer, towns):
    do(**{"keep-city": "survivor"})
    customer.refresh_from_db()
    assert customer.city == "Lyon"
    assert AttributeChange.objects.get(key="city", actor=agent).value == "Lyon"


@pytest.mark.parametrize(
    "posted", [{"keep-city": "absorbed"}, {}, {"keep-city": "nonsense"}, {"keep-tier": "survivor"}]
)
def test_what_would_be_kept_anyway_is_not_written_by_hand(do, customer, towns, posted):
    do(**posted)
    customer.refresh_from_db()
    assert customer.city == "Paris"
    assert not AttributeChange.objects.exists()


# taking it back


def test_undo_right_away_leaves_no_trace_between_them(desk, customer, other, merged):
    response = desk.post(reverse("undo_merge", args=[merged.pk]), headers=FRAGMENT)
    assert response["HX-Redirect"] == customer.get_absolute_url()
    other.refresh_from_db()
    assert other.merged_into is None
    assert SourceProfile.objects.get(source="mail").customer == other
    assert not Verdict.objects.filter(same=False).exists()
    assert kept_toast(desk) == {"text": "Undone: it is as it was before."}


def test_nobody_undoes_with_one_click_what_a_colleague_did(desk_of, merged):
    assert desk_of(Role.AGENT).post(reverse("undo_merge", args=[merged.pk])).status_code == 404


def test_what_was_undone_is_not_undone_again(desk, merged):
    address = reverse("undo_merge", args=[merged.pk])
    desk.post(address)
    assert desk.post(address).status_code == 404


def test_what_taking_it_back_would_move_is_shown_first(desk, other, merged):
    profile = SourceProfile.objects.get(source="mail")
    EvidenceFactory(profile=profile, identifier__value="+442079460018")
    InteractionFactory(profile=profile, title="Where is my parcel?")
    response = desk.get(reverse("unmerge", args=[merged.pk]), headers=FRAGMENT)
    assert "<html" not in html(response)
    assert "goes back to Second Customer" in html(response)
    assert "+44 20 7946 0018" in html(response)
    assert story(response) == ["Where is my parcel?"]


def test_a_link_to_it_leads_to_the_page_it_belongs_to(desk, customer, merged):
    response = desk.get(reverse("unmerge", args=[merged.pk]))
    assert response["Location"] == reverse("identity", args=[customer.public_id])


def test_unmerging_needs_a_reason(desk, merged):
    response = desk.post(reverse("unmerge", args=[merged.pk]), {"reason": ""}, headers=FRAGMENT)
    assert response.status_code == 422
    assert "Say why in a few words" in html(response)
    assert MergeRecord.objects.count() == 1


def test_unmerging_parts_them_for_good_and_can_be_undone(desk, customer, other, merged):
    before = dict(SourceProfile.objects.values_list("pk", "customer"))
    address = reverse("unmerge", args=[merged.pk])
    response = desk.post(address, {"reason": "Father and son"}, headers=FRAGMENT)
    assert response["HX-Redirect"] == reverse("identity", args=[customer.public_id])
    assert Verdict.objects.get(same=False, withdrawn_at=None).reason == "Father and son"
    assert kept_toast(desk)["text"] == "Second Customer is a customer of their own again."
    desk.post(kept_toast(desk)["undo"], headers=FRAGMENT)
    assert dict(SourceProfile.objects.values_list("pk", "customer")) == before
    assert not Verdict.objects.filter(same=False, withdrawn_at=None).exists()
    assert desk.get(address, headers=FRAGMENT).status_code == 404


def test_what_was_chosen_comes_back_with_the_merge(desk, agent, customer, other):
    record = merge_customers(
        actor=agent, survivor=customer, absorbed=other, reason="Told me so", chosen={"city": "Bath"}
    )
    desk.post(reverse("unmerge", args=[record.pk]), {"reason": "Father and son"}, headers=FRAGMENT)
    customer.refresh_from_db()
    assert customer.city != "Bath"
    desk.post(kept_toast(desk)["undo"], headers=FRAGMENT)
    customer.refresh_from_db()
    assert customer.city == "Bath"


def test_what_cannot_be_taken_back_is_told(desk, agent, customer, other, merged):
    SourceProfile.objects.filter(pk__in=merged.profiles).update(customer=SourceProfileFactory().customer)
    response = desk.post(reverse("unmerge", args=[merged.pk]), {"reason": "x"}, headers=FRAGMENT)
    assert response.status_code == 422
    assert "Nothing of what was merged then is left with this customer." in html(response)
    desk.post(reverse("undo_merge", args=[merged.pk]))
    assert "Nothing of what was merged" in kept_toast(desk)["text"]


@pytest.mark.parametrize("name", ["unmerge", "undo_merge"])
def test_marketers_take_nothing_back(desk_of, merged, name):
    desk = desk_of(Role.MARKETER)
    assert desk.post(reverse(name, args=[merged.pk]), {"reason": "x"}, headers=FRAGMENT).status_code == 403
    assert Customer.objects.exclude(merged_into=None).exists()
