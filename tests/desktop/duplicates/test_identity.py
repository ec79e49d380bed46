"""The page that says how we know that a customer is one person."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.customers.identity.actions import merge_customers, unmerge
from apps.customers.identity.proof import SHOWN
from apps.customers.models import Identifier, SourceProfile, Verdict
from apps.desktop.duplicates.picture import END, ISOLATE, MOST, picture
from tests.desktop.conftest import signed_in
from tests.desktop.html import html, inline, queries
from tests.factories.accounts import UserFactory
from tests.factories.channels import SourceFactory
from tests.factories.customers import (
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    SourceProfileFactory,
    VerdictFactory,
)

pytestmark = pytest.mark.django_db


def page(desk, customer):
    return desk.get(reverse("identity", args=[customer.public_id]))


def rows(response):
    """The table of evidence: what, who says so, and its state."""
    found = re.findall(
        r'<tr class="(\w+)">.*?<th scope="row">.*?<bdi>(.*?)</bdi>.*?<td><bdi>(.*?)</bdi>', html(response), re.DOTALL
    )
    return [(shown, source, state) for state, shown, source in found]


def others(response):
    """Who has something in common with them, and why that does not make them one."""
    found = re.findall(
        r'class="other-link" href="[^"]*"><bdi>(.*?)</bdi></a>(?:<span class="other-why[^"]*"><bdi>(.*?)</bdi>)?',
        html(response),
    )
    return dict(found)


def both_have(profile, name, **fields):
    """Somebody of this name who has an identifier in common with the profile's customer."""
    identifier = IdentifierFactory(**fields)
    EvidenceFactory(profile=profile, identifier=identifier)
    other = SourceProfileFactory(customer__name=name, traits={"name": name})
    EvidenceFactory(profile=other, identifier=identifier)
    return other.customer


def test_every_piece_of_evidence_is_in_the_table(desk, profile, customer):
    SourceFactory(slug="shop", name="Web shop")
    EvidenceFactory(profile=profile, identifier__value="+442079460018")
    EvidenceFactory(profile=profile, identifier__type="email", identifier__value="a@shop.example", verified=False)
    status = Identifier.Status.SHARED
    EvidenceFactory(
        profile=SourceProfileFactory(customer=customer, source="till"),
        identifier__type="loyalty",
        identifier__value="TILL1",
        identifier__status=status,
    )
    assert sorted(rows(page(desk, customer))) == [
        ("+44 20 7946 0018", "Web shop", "verified"),
        ("TILL1", "till", "shared"),
        ("a@shop.example", "Web shop", "claimed"),
    ]


def test_the_picture_says_in_words_what_it_draws_and_needs_no_inline_style(desk, profile, customer):
    EvidenceFactory.create_batch(2, profile=profile)
    response = page(desk, customer)
    assert 'role="img" aria-label="Known by 2 identifiers to 1 source profile. The table below says which."' in html(
        response
    )
    assert html(response).count('<path class="verified"') == 3  # two lines, and the legend's
    assert inline(response) == []


def test_who_has_the_same_is_named_with_the_reason(desk, profile, customer):
    profile.traits = {"name": "Anna Weber"}
    profile.save()
    ben = both_have(profile, "Ben Weber")
    response = page(desk, customer)
    assert others(response) == {"Ben Weber": "the first names differ"}
    assert f"{reverse('merge', args=[customer.public_id])}?with={ben.public_id}" in html(response)


def test_what_a_colleague_decided_is_told_with_their_name(desk, profile, customer):
    other = both_have(profile, "Anna Weber")
    mina = UserFactory(first_name="Mina", last_name="Sommer")
    said = {"actor": mina, "at": timezone.now().replace(month=5, day=3), "reason": "Mother and daughter"}
    VerdictFactory(a=profile, b=other.profiles.get(), **said)
    words = others(page(desk, customer))["Anna Weber"]
    assert words.startswith("Mina Sommer said on 3 May")
    assert words.endswith("that they are not the same: Mother and daughter")


def test_two_user_ids_of_a_shop_are_two_people(desk, profile, customer):
    SourceFactory(slug="shop", name="Web shop")
    other = both_have(profile, "Somebody")
    for one, value in ((profile, "1"), (other.profiles.get(), "2")):
        EvidenceFactory(profile=one, identifier__type="user_id", identifier__scope="shop", identifier__value=value)
    said = "two user ids of Web shop are two people until somebody says otherwise"
    assert others(page(desk, customer)) == {"Somebody": said}


def test_a_number_that_may_have_passed_on(desk, profile, customer):
    other = both_have(profile, "Somebody")
    long_ago = timezone.now() - timedelta(days=5 * 366)
    other.profiles.get().evidence.update(first_seen=long_ago, last_seen=long_ago)
    said = "nobody was seen with it for 5\xa0years: it may have passed from one to the other"
    assert others(page(desk, customer)) == {"Somebody": said}


def test_a_till_is_counted_and_joins_nobody(desk, profile, customer):
    till = IdentifierFactory(type="loyalty", status=Identifier.Status.SHARED)
    EvidenceFactory(profile=profile, identifier=till)
    EvidenceFactory.create_batch(13, identifier=till)
    assert "14 customers have it, so it joins nobody." in html(page(desk, customer))


def test_where_nothing_keeps_them_apart_that_is_said(desk, profile, customer):
    both_have(profile, "")
    assert "nothing keeps them apart" in others(page(desk, customer)).popitem()[1]


def test_what_has_no_room_is_said_to_be_there(desk, profile, customer):
    EvidenceFactory.create_batch(SHOWN + 1, profile=profile)
    response = page(desk, customer)
    assert len(rows(response)) == SHOWN
    assert f"There is more: the {SHOWN} pieces that say most are shown." in html(response)
    assert f"{SHOWN - MOST} more have no room in the picture." in html(response)


def test_somebody_nobody_knows_by_anything_is_told_what_to_ask_for(desk):
    response = page(desk, CustomerFactory())
    assert "Ask for a phone number or a card" in html(response)
    assert "Nobody was ever merged into them." in html(response)


# merged and un-merged


def titles(response):
    return re.findall(r'<div class="merge-words">\s*<b><bdi>(.*?)</bdi>', html(response))


def test_history_tells_who_came_and_went_and_who_said_so(desk, agent, profile, customer):
    SourceProfile.objects.filter(pk=profile.pk).update(traits={"name": "Known Customer"})
    other = SourceProfileFactory(customer__name="Second Customer", traits={"name": "Second Customer"}).customer
    record = merge_customers(actor=agent, survivor=customer, absorbed=other, reason="Told me so")
    response = page(desk, customer)
    assert titles(response) == ["Second Customer came in, with 1 profile"]
    assert "agent, by hand" in html(response)
    assert "Told me so" in html(response)
    assert reverse("unmerge", args=[record.pk]) in html(response)
    unmerge(actor=agent, record=record, reason="Two people")
    response = page(desk, customer)
    assert titles(response) == [
        "Second Customer left again, with 1 profile",
        "Second Customer came in, with 1 profile",
    ]
    assert "taken back on" in html(response)
    assert reverse("unmerge", args=[record.pk]) not in html(response)
    other.refresh_from_db()
    assert titles(page(desk, other)) == [
        "Un-merged from Known Customer again, with 1 profile",
        "Merged into Known Customer, with 1 profile",
    ]


def test_a_marketer_reads_it_and_can_do_nothing(desk_of, agent, profile, customer):
    both_have(profile, "Somebody")
    other = SourceProfileFactory().customer
    record = merge_customers(actor=agent, survivor=customer, absorbed=other, reason="x")
    response = page(desk_of(Role.MARKETER), customer)
    assert "Somebody" in html(response)
    for address in (
        reverse("unmerge", args=[record.pk]),
        reverse("merge", args=[customer.public_id]),
        "/desk/matches/",
    ):
        assert address not in html(response)


def test_whom_the_page_names_is_audited(desk, profile, customer):
    other = both_have(profile, "Somebody")
    page(desk, customer)
    entry = AuditEntry.objects.get(action="customer.identity")
    assert (entry.subject, entry.detail) == (customer.public_id, {"shown": [str(other.public_id)]})


def test_an_old_link_leads_to_who_the_customer_is_now(desk, customer):
    response = page(desk, CustomerFactory(merged_into=customer))
    assert (response.status_code, response["Location"]) == (302, customer.get_absolute_url())


@pytest.mark.parametrize("role", [Role.AGENT, Role.MARKETER])
def test_the_page_costs_the_same_with_one_and_with_many(role, profile, customer):
    reader = UserFactory(role=role)
    desk = signed_in(reader)

    def furnish():
        other = both_have(profile, "Somebody")
        VerdictFactory(a=profile, b=other.profiles.get())
        SourceProfileFactory(customer=customer, source=f"source-{other.pk}")
        absorbed = SourceProfileFactory().customer
        record = merge_customers(actor=UserFactory(), survivor=customer, absorbed=absorbed, reason="x")
        unmerge(actor=UserFactory(), record=record, reason="x")
        merge_customers(actor=UserFactory(), survivor=customer, absorbed=absorbed, reason="x")

    furnish()
    page(desk, customer)
    address = reverse("identity", args=[customer.public_id])
    one = queries(desk, address)
    for _ in range(4):
        furnish()
    assert queries(desk, address) == one
    assert Verdict.objects.filter(withdrawn_at=None).count() > 5


# the picture


def drawn(mirrored=False, **sides):
    left = [(n, f"Source {n}", f"profile-{n}") for n in range(sides.get("left", 2))]
    right = [(n, "phone", "Phone", str(n)) for n in range(sides.get("right", 2))]
    return picture(left=left, right=right, lines=sides.get("lines", [(0, 0, "", "verified")]), mirrored=mirrored)


def test_the_right_side_is_in_the_order_of_what_it_hangs_on():
    shown = drawn(lines=[(0, 1, "", "verified"), (1, 0, "", "claimed")])
    assert [box.words.strip(f"{ISOLATE}{END}") for box in shown.right] == ["1", "0"]


def test_what_one_source_has_verified_is_not_drawn_as_a_claim_of_another():
    shown = drawn(lines=[(0, 0, "", "verified"), (1, 0, "", "claimed"), (1, 1, "", "claimed")])
    assert [box.classes for box in shown.right] == ["verified", "claimed"]


def test_from_right_to_left_the_picture_is_mirrored():
    plain, mirrored = drawn(), drawn(mirrored=True)
    assert (plain.left[0].x, mirrored.left[0].x) == ("0", "590")
    assert (plain.direction, mirrored.direction) == ("ltr", "rtl")
    assert mirrored.lines[0].path.startswith("M590 ")


def test_a_line_whose_end_has_no_room_is_not_drawn():
    shown = drawn(left=MOST + 1, lines=[(MOST, 0, "", "verified"), (0, 1, "", "verified")])
    assert (len(shown.left), len(shown.lines), shown.hidden) == (MOST, 1, 1)


def test_long_names_are_cut():
    shown = picture(left=[(0, "S" * 80, "p" * 80)], right=[], lines=[], mirrored=False)
    assert shown.left[0].title.endswith(f"…{END}")
    assert len(shown.left[0].title) < 40
