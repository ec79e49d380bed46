"""A customer's own page: reached by a link, without a login."""

import re
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.contact.actions import AGREED_PER_HOUR
from apps.contact.models import Consent
from apps.contact.preference_link import LASTS, SALT, preferences_link, unsubscribe_headers
from apps.customers.models import SourceProfile
from tests.factories.customers import ConsentFactory, CustomerFactory, EvidenceFactory, SourceProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile():
    """Known by an address and a number; agreed to e-mails, refused SMS."""
    evidence = EvidenceFactory(identifier__type="email", identifier__value="anna@lindwell.example")
    EvidenceFactory(profile=evidence.profile, identifier__value="+442079460018")
    ConsentFactory(profile=evidence.profile, channel="email", status="granted")
    ConsentFactory(profile=evidence.profile, channel="sms", status="denied")
    return evidence.profile


@pytest.fixture
def link(profile):
    return preferences_link(profile)


@pytest.fixture
def stranger():
    """A browser without a session, that insists on tokens as a real one would."""
    return Client(enforce_csrf_checks=True)


def ledger():
    return sorted(Consent.objects.filter(origin="Preference page").values_list("channel", "purpose", "status"))


def ticked(page):
    return re.findall(r'name="agreed" value="([^"]+)" checked', page.text)


def test_the_page_shows_what_holds_and_masks_who_it_is(stranger, link):
    page = stranger.get(link)
    assert ticked(page) == ["email:marketing"]
    assert "a•••@l•••.example" in page.text
    assert "•••• 18" in page.text
    for secret in ("anna", "lindwell", "7946", "Customer"):
        assert secret not in page.text
    assert not page.cookies
    assert Consent.objects.count() == 2


def test_the_address_says_nothing_about_the_person(profile, link):
    assert signing.loads(link.split("/")[-2], salt=SALT) == [profile.pk, "email"]


def test_choices_are_kept_with_their_origin_and_an_audit_row(stranger, link, profile):
    page = stranger.post(link, {"agreed": ["email:survey", "post:marketing"]}, REMOTE_ADDR="192.0.2.7")
    assert "This holds from now on" in page.text
    assert ledger() == [
        ("email", "marketing", "withdrawn"),
        ("email", "survey", "granted"),
        ("post", "marketing", "granted"),
    ]
    line = Consent.objects.filter(origin="Preference page").first()
    assert (line.notice, line.actor, line.profile) == ("preferences-1", None, profile)
    entries = AuditEntry.objects.filter(subject=profile.customer.public_id)
    assert {(one.action, one.actor_label, one.address) for one in entries} == {
        ("consent.note", "Preference page", "192.0.2.7")
    }
    assert sorted(ticked(page)) == ["email:survey", "post:marketing"]


def test_keeping_the_same_choices_writes_nothing(stranger, link):
    stranger.post(link, {"agreed": ["email:marketing"]})
    assert ledger() == []


def test_everything_is_refused_at_once(stranger, link):
    assert ticked(stranger.post(link, {"nothing": "yes", "agreed": ["email:marketing"]})) == []
    assert ("email", "marketing", "withdrawn") in ledger()
    assert {status for _channel, _purpose, status in ledger()} == {"denied", "withdrawn"}
    assert len(ledger()) == 9  # five channels, two purposes; SMS was refused already


def test_one_click_in_a_mail_program_unsubscribes(stranger, profile):
    headers = unsubscribe_headers(profile, base="https://klatsch.example")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://klatsch.example/preferences/")
    path = address.removeprefix("https://klatsch.example")
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ledger() == [("email", "marketing", "withdrawn"), ("email", "survey", "denied")]
    stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert len(ledger()) == 2


def test_looking_changes_nothing(stranger, link):
    for ask in (stranger.get, stranger.head):
        ask(link, {"List-Unsubscribe": "One-Click", "nothing": "yes"})
    assert stranger.put(link).status_code == 405
    assert ledger() == []


def test_a_link_follows_its_person_through_a_merge(stranger, link, profile):
    SourceProfile.objects.update(customer=CustomerFactory())
    ConsentFactory(
        profile=SourceProfileFactory(customer=SourceProfile.objects.get(pk=profile.pk).customer),
        status="withdrawn",
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert ticked(stranger.get(link)) == []


def test_a_link_that_was_tampered_with_opens_nothing(stranger, profile, link):
    forged = signing.dumps([profile.pk, "email"], salt="another")
    for token in (forged, link.split("/")[-2][:-1], "x", "a:b:c"):
        page = stranger.get(reverse("contact_choices", args=[token]))
        assert (page.status_code, "not complete" in page.text, "<form" in page.text) == (404, True, False)
        assert stranger.post(reverse("contact_choices", args=[token]), {"nothing": "yes"}).status_code == 404
    assert ledger() == []


def test_a_link_of_a_profile_that_is_gone_opens_nothing(stranger):
    page = stranger.get(preferences_link(SourceProfileFactory.build(pk=2**40)))
    assert page.status_code == 404


def test_a_link_lasts_for_years_and_not_for_ever(stranger, link):
    issued = link.split("/")[-2]
    for days, status in ((LASTS.days - 1, 200), (LASTS.days + 1, 410)):
        when = datetime.now(UTC) + timedelta(days=days)
        with mock.patch("django.core.signing.time.time", return_value=when.timestamp()):
            assert stranger.get(reverse("contact_choices", args=[issued])).status_code == status


def test_changing_without_end_is_held_up_and_refusing_never_is(stranger, link):
    for _time in range(AGREED_PER_HOUR):
        assert stranger.post(link, {"agreed": ["app:marketing"]}).status_code == 200
        assert stranger.post(link, {}).status_code == 200
    held_up = stranger.post(link, {"agreed": ["app:marketing"]})
    assert (held_up.status_code, held_up["Retry-After"]) == (429, "3600")
    assert stranger.post(link, {"nothing": "yes"}).status_code == 200


def test_the_page_keeps_the_strict_policy_and_tells_nobody_its_address(stranger, link):
    page = stranger.get(link)
    assert "unsafe" not in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "<script" not in page.text


def test_the_page_speaks_the_language_of_the_browser(stranger, link):
    page = stranger.get(link, headers={"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "Accept-Language" in page["Vary"]


def test_purposes_of_the_company_s_own_are_offered_once_somebody_was_asked(stranger, link, profile):
    ConsentFactory(profile=profile, channel="post", purpose="magazine")
    ConsentFactory(profile=profile, channel="post", purpose="service", status="denied")
    assert ticked(stranger.get(link)) == ["email:marketing", "post:magazine"]
    stranger.post(link, {"nothing": "yes"})
    assert ("post", "magazine", "withdrawn") in ledger()
    assert not [line for line in ledger() if line[1] == "service"]


def test_the_page_costs_the_same_for_much_or_little(stranger, link, profile, django_assert_num_queries):
    with django_assert_num_queries(3):
        stranger.get(link)
    for number in range(5):
        ConsentFactory(profile=profile, purpose=f"purpose-{number}")
        EvidenceFactory(profile=profile)
    with django_assert_num_queries(3):
        stranger.get(link)
