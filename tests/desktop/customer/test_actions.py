"""What is done on a customer's page: consent, pins, promises, files, and the panel that shows them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.contact.models import Consent
from apps.interactions.attachments import attach
from apps.interactions.models import Channel, FollowUp, Pin
from tests.desktop.html import html, triggers
from tests.factories.accounts import UserFactory
from tests.factories.customers import ConsentFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory, PinFactory

pytestmark = pytest.mark.django_db


def audited():
    return list(AuditEntry.objects.exclude(action="customer.view").order_by("pk").values_list("action", "detail"))


# --- consent ------------------------------------------------------------------------------------------------------


@pytest.fixture
def say(desk, customer):
    def post(**fields):
        return desk.post(reverse("consent", args=[customer.public_id]), fields)

    return post


def test_what_the_customer_says_holds_at_once_and_is_kept_for_good(say, agent, customer):
    granted = say(channel="email", status="granted")
    assert 'class="consents"' in html(granted)
    assert "Opted in" in html(granted)
    assert "At the desk, " in html(granted)
    withdrawn = html(say(channel="email", status="withdrawn"))
    assert ("Opted in" in withdrawn, "Withdrawn" in withdrawn) == (False, True)
    ledger = Consent.objects.order_by("pk").values_list("profile__customer", "channel", "status", "actor")
    assert list(ledger) == [(customer.pk, "email", "granted", agent.pk), (customer.pk, "email", "withdrawn", agent.pk)]
    assert audited() == [
        ("consent.note", {"channel": "email", "meant_for": "marketing", "status": "granted"}),
        ("consent.note", {"channel": "email", "meant_for": "marketing", "status": "withdrawn"}),
    ]


@pytest.mark.parametrize(
    "fields", [{}, {"channel": "pigeon", "status": "granted"}, {"channel": "email", "status": "perhaps"}]
)
def test_a_consent_nobody_knows_is_refused(say, fields):
    assert say(**fields).status_code == 400
    assert Consent.objects.count() == 0


def test_nobody_having_asked_is_said_in_words(desk, customer, profile):
    ConsentFactory(profile=profile, channel="sms", status="denied", origin="web form")
    panel = html(desk.get(reverse("aside", args=[customer.public_id])))
    assert panel.count("Not asked") == 4
    assert "Opted out" in panel
    assert "web form, 5 Jan 2026" in panel


# --- pins ---------------------------------------------------------------------------------------------------------


def test_an_entry_is_pinned_for_everybody_and_let_go_again(desk, desk_of, customer, story):
    call = story[0]
    address = reverse("pin", args=[call.pk])
    pinned = desk.post(address)
    assert 'aria-pressed="true"' in html(pinned)
    assert pinned["HX-Trigger"] == "pinned"
    assert Pin.objects.get().interaction == call
    page = html(desk_of(Role.AGENT).get(customer.get_absolute_url())).partition("pinned-list")[2].partition("</ul>")[0]
    assert "<b>Call</b>" in page
    assert "A broken espresso machine" in page
    assert 'aria-pressed="false"' in html(desk.post(address))
    assert Pin.objects.count() == 0
    assert audited() == [("interaction.pin", {"interaction": call.pk}), ("interaction.unpin", {"interaction": call.pk})]


def test_what_a_role_does_not_see_it_does_not_pin(desk_of, profile):
    payment = InteractionFactory(profile=profile, channel=Channel.PAYMENT)
    assert desk_of(Role.STORE).post(reverse("pin", args=[payment.pk])).status_code == 404
    assert Pin.objects.count() == 0


def test_pins_a_role_does_not_see_are_not_above_its_story(desk_of, profile, customer):
    PinFactory(interaction=InteractionFactory(profile=profile, channel=Channel.PAYMENT, title="Refund"))
    pages = [html(desk_of(role).get(customer.get_absolute_url())) for role in (Role.AGENT, Role.STORE)]
    assert ["pinned-list" in page for page in pages] == [True, False]


# --- promises -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["kept", "broken", "cancelled"])
def test_what_became_of_a_promise_is_said(desk, profile, state):
    promise = FollowUpFactory(profile=profile)
    response = desk.post(reverse("promise", args=[promise.pk]), {"state": state})
    assert (response.status_code, "story" in triggers(response)) == (204, True)
    promise.refresh_from_db()
    assert promise.state == state
    assert promise.closed_at is not None
    assert audited() == [(f"follow_up.{state}", {"follow_up": promise.pk})]


def test_a_promise_that_was_kept_leaves_the_panel(desk, customer, profile):
    FollowUpFactory(profile=profile, text="Ring on Monday")
    kept = FollowUpFactory(profile=profile, text="Send the invoice")
    desk.post(reverse("promise", args=[kept.pk]), {"state": "kept"})
    panel = html(desk.get(reverse("aside", args=[customer.public_id])))
    assert ("Ring on Monday" in panel, "Send the invoice" in panel) == (True, False)


def test_a_promise_is_open_again_when_it_was_closed_by_mistake(desk, profile):
    promise = FollowUpFactory(profile=profile, state=FollowUp.State.KEPT)
    desk.post(reverse("promise", args=[promise.pk]), {"state": "open"})
    promise.refresh_from_db()
    assert (promise.state, promise.closed_at) == ("open", None)


def test_a_promise_is_nothing_else(desk, profile):
    promise = FollowUpFactory(profile=profile)
    assert desk.post(reverse("promise", args=[promise.pk]), {"state": "forgotten"}).status_code == 400
    promise.refresh_from_db()
    assert promise.state == "open"


# --- files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(profile):
    """A file with a name and a content its sender chose with care."""

    def of(channel=Channel.EMAIL, content=b"<script>alert(1)</script>", name="../../invoice.html"):
        sent = SimpleUploadedFile(name, content, content_type="text/html")
        return attach(InteractionFactory(profile=profile, channel=channel), sent)

    return of


def test_a_file_is_downloaded_never_opened(desk, customer, file):
    one = file()
    response = desk.get(reverse("attachment", args=[one.pk]))
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == 'attachment; filename="invoice.html"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == (
        "attachment.view",
        customer.public_id,
        {"attachment": one.pk},
    )


def test_a_file_of_an_entry_a_role_does_not_see_is_not_there(desk_of, file):
    address = reverse("attachment", args=[file(channel=Channel.PAYMENT).pk])
    assert desk_of(Role.STORE).get(address).status_code == 404
    assert AuditEntry.objects.count() == 0


def test_files_stand_with_their_entry(desk, url, file):
    one = file(content=b"%PDF-1.7", name="invoice.pdf")
    assert f'<a href="{reverse("attachment", args=[one.pk])}">' in html(desk.get(url))
    assert one.content_type == "application/pdf"


def test_the_owner_of_a_promise_is_named(desk, customer, profile):
    FollowUpFactory(profile=profile, owner=UserFactory(username="colleague"))
    assert "· colleague</small>" in html(desk.get(reverse("aside", args=[customer.public_id])))
