"""Pages of somebody who was merged away while they were open, and what a customer's page says of others."""

from uuid import uuid4

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.contact.models import Consent
from apps.customers.identity.actions import merge_customers
from apps.desktop.models import OpenTab
from apps.interactions.models import Interaction
from tests.desktop.html import html, kept_toast
from tests.factories.customers import MatchCandidateFactory, OpenTabFactory

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}
PARTS = ["timeline", "news", "aside", "presence"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_page_whose_customer_was_merged_away_leads_on(desk, customer, other, merged, part):
    response = desk.get(reverse(part, args=[other.public_id]), headers=FRAGMENT)
    assert (response.status_code, response["HX-Redirect"]) == (200, customer.get_absolute_url())
    assert kept_toast(desk) == {"text": "They are Known Customer now: somebody has merged the two."}


def test_the_feed_leads_on_instead_of_showing_somebody_elses_story(desk, customer, other, merged):
    headers = {**FRAGMENT, "HX-Target": "timeline"}
    assert desk.get(other.get_absolute_url(), headers=headers)["HX-Redirect"] == customer.get_absolute_url()


@pytest.mark.parametrize("part", PARTS)
def test_somebody_who_never_was_is_still_not_found(desk, part):
    assert desk.get(reverse(part, args=[uuid4()]), headers=FRAGMENT).status_code == 404


def test_what_is_logged_meanwhile_is_logged_with_who_they_are_now(desk, customer, other, merged):
    fields = {"mode": "note", "key": uuid4(), "body": "Wants a new seal"}
    response = desk.post(reverse("log", args=[other.public_id]), fields, headers=FRAGMENT)
    assert response["HX-Redirect"] == customer.get_absolute_url()
    assert Interaction.objects.get().profile.customer == customer


def test_what_is_typed_meanwhile_is_a_draft_of_who_they_are_now(desk, agent, customer, other, merged):
    response = desk.post(reverse("draft", args=[other.public_id]), {"body": "half a no"}, headers=FRAGMENT)
    assert response["HX-Redirect"] == customer.get_absolute_url()
    assert OpenTab.objects.get(user=agent).customer == customer
    assert "half a no" in html(desk.get(customer.get_absolute_url()))


def test_a_draft_moves_with_the_merge(desk, agent, customer, other):
    OpenTabFactory(user=agent, customer=other, draft={"body": "half a note"})
    merge_customers(actor=agent, survivor=customer, absorbed=other, reason="x")
    assert "half a note" in html(desk.get(customer.get_absolute_url()))


def test_a_consent_noted_meanwhile_holds_for_who_they_are_now(desk, customer, other, merged):
    fields = {"channel": "email", "status": "denied"}
    desk.post(reverse("consent", args=[other.public_id]), fields, headers=FRAGMENT)
    assert Consent.objects.get().profile.customer == customer


# from the customer's page


def test_the_panel_says_who_a_customer_may_be(desk, customer, other):
    candidate = MatchCandidateFactory(a=customer, b=other)
    for status in ("later", "different"):
        MatchCandidateFactory(a=customer, b__name=f"Said {status}", status=status)
    panel = html(desk.get(reverse("aside", args=[customer.public_id])))
    assert "May be the same as <bdi>Second Customer</bdi>" in panel
    assert reverse("match", args=[candidate.pk]) in panel
    assert "Said " not in panel
    assert "May be the same as <bdi>Known Customer</bdi>" in html(desk.get(reverse("aside", args=[other.public_id])))


def test_the_page_leads_to_how_we_know_and_to_merging(desk, customer):
    page = html(desk.get(customer.get_absolute_url()))
    assert reverse("merge", args=[customer.public_id]) in page
    assert reverse("identity", args=[customer.public_id]) in page
    assert reverse("matches") in page


def test_a_marketer_finds_no_way_to_merge(desk_of, customer, other):
    MatchCandidateFactory(a=customer, b=other)
    desk = desk_of(Role.MARKETER)
    page = html(desk.get(customer.get_absolute_url())) + html(desk.get(reverse("aside", args=[customer.public_id])))
    assert reverse("identity", args=[customer.public_id]) in page
    address = reverse("merge", args=[customer.public_id])
    assert (address in page, reverse("matches") in page, "May be the same" in page) == (False, False, False)
