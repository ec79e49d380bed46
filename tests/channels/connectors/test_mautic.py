"""What becomes of what Mautic tells: recorded shapes after its documentation and its source."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apps.channels.contract import Refused, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.contact.models import Consent
from apps.customers.drafts import Handle, ProfileKey
from apps.interactions.drafts import ConsentLine
from tests.channels import vendors
from tests.channels.connectors.idle import accepted, draft, drafts, explained, told
from tests.channels.samples import mautic as sample

SENT, OPENED, HIT = "mautic.email_on_send", "mautic.email_on_open", "mautic.page_on_hit"
SUBSCRIPTION = "mautic.lead_channel_subscription_changed"


def heard(kind, event, **settings):
    return draft("mautic", sample.call({kind: [event]}), **settings)


# who may call
def test_the_signature_is_over_the_body_as_it_was_sent():
    call = sample.calls("")[0]
    assert accepted("mautic", call)
    assert not accepted("mautic", replace(call, body=call.body + b" "))
    assert not accepted("mautic", sample.call({SENT: []}, "another secret"))
    assert not accepted("mautic", replace(call, headers={}))
    assert accepted("mautic", call, secrets=("a new one", sample.SOURCE.secret))


# what is told
def test_an_email_that_is_sent_counts_as_a_contact():
    touch = heard(SENT, sample.sent(sample.LETTER, "77ab")).touch
    assert (touch.external_id, touch.thread) == ("sent:77ab", "mautic:77ab")
    assert (touch.channel, touch.kind, touch.direction) == ("campaign", "email_sent", "outbound")
    assert touch.title == "Campaign e-mail sent: Spring is here"
    assert touch.occurred_at == datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
    assert touch.payload == {"email_id": 30, "email": "Spring letter"}


def test_an_email_for_a_moment_is_the_contact_that_was_noted_when_it_was_handed_over():
    assert heard(SENT, sample.sent()).touch.thread == sample.KEY
    assert heard(SENT, sample.sent(contact=sample.CONTACT)).touch.thread == sample.KEY
    assert heard(SENT, sample.sent(sample.LETTER)).touch.thread == "mautic:5c1f0a77e1b2c", "others count by themselves"
    assert heard(SENT, sample.sent(), for_moments="").touch.thread == "mautic:5c1f0a77e1b2c"
    assert heard(SENT, sample.sent(), key_field="").touch.thread == "mautic:5c1f0a77e1b2c"
    forged = {**sample.FLAT, "klatsch_key": "somebody's own words"}
    assert heard(SENT, sample.sent(contact=forged)).touch.thread == "mautic:5c1f0a77e1b2c"


def test_an_email_is_opened_once_however_often_it_is():
    found = drafts(
        "mautic", sample.call({OPENED: [sample.opened(), sample.opened(read="2026-04-09T08:00:00Z", count=9)]})
    )
    assert {one.touch.external_id for one in found} == {"opened:5c1f0a77e1b2c"}
    assert told(found[:1]) == [
        ("campaign", "email_opened", "Opened a campaign e-mail: Thank you, {contactfield=firstname}")
    ]
    assert found[0].touch.direction == "inbound"


def test_a_click_is_told_and_a_visit_is_browsing():
    click = heard(HIT, sample.hit(source="email")).touch
    assert (click.kind, click.title) == ("email_clicked", "Followed a link in a campaign e-mail: New cups")
    assert (click.link, click.page) == ("https://cups.example/new", None)
    visit = heard(HIT, sample.hit()).touch
    assert (visit.page.title, visit.page.url, visit.touchpoint) == (
        "New cups", "https://cups.example/new", "cups.example"
    )  # fmt: skip
    assert visit.occurred_at == datetime(2026, 4, 2, 11, 31, tzinfo=UTC)


@pytest.mark.parametrize("status", ["unsubscribed", "manual"])
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_who_unsubscribed_has_withdrawn(status, channel):
    found = heard(SUBSCRIPTION, sample.subscription(status, channel))
    assert found.consents == (ConsentLine(channel, Consent.Status.WITHDRAWN, "Mautic"),)
    assert (found.touch.kind, found.touch.direction) == ("unsubscribed", "inbound")
    assert found.claim.seen_at == datetime(2026, 4, 3, 9, 0, tzinfo=UTC)


def test_being_contactable_again_is_nobodys_consent():
    found = heard(SUBSCRIPTION, sample.subscription("contactable", old="manual"))
    assert (found.touch, found.consents) == (None, ())


@pytest.mark.parametrize(("channel", "kind"), [("email", "email_bounced"), ("sms", "message_failed")])
def test_what_bounced_reached_nobody_and_withdraws_nothing(channel, kind):
    found = heard(SUBSCRIPTION, sample.subscription("bounced", channel))
    assert (found.touch.kind, found.touch.direction, found.consents) == (kind, "outbound", ())


def test_a_channel_of_mautics_own_says_nothing():
    found = heard(SUBSCRIPTION, sample.subscription(channel="notification"))
    assert (found.touch, found.consents) == (None, ())


# who
def test_a_contact_is_known_by_mautics_id_and_its_address_and_a_number_joins_nobody():
    found = heard("mautic.lead_post_save_update", sample.contact())
    assert found.touch is None
    assert found.claim.key == ProfileKey("mautic", "user:47")
    assert found.claim.handles == (Handle("user_id", "47", "mautic"), Handle("email", "anna@shop.example"))
    assert found.claim.unverified == (Handle("phone", "+442079460018"),)
    assert found.claim.traits == {"name": "Anna Weber", "city": "Leeds", "language": "en"}


@pytest.mark.parametrize(
    "person",
    [
        sample.FLAT,
        {"id": 47, "fields": {"all": {"email": "anna@shop.example"}}},
        {"id": "47", "fields": {"core": {"email": {"value": "anna@shop.example"}}}},
    ],
)
def test_a_contact_is_read_in_each_of_its_shapes(person):
    claim = heard(SENT, sample.sent(contact=person)).claim
    assert (claim.key.external_id, claim.handles[1].value) == ("user:47", "anna@shop.example")


def test_the_address_of_an_opened_email_is_enough():
    event = sample.opened()
    event["stat"]["lead"] = None
    claim = heard(OPENED, event).claim
    assert claim.key == ProfileKey("mautic", "email:anna@shop.example")


# what is not kept
def test_visitors_others_kinds_and_test_payloads_leave_no_trace():
    calls = sample.calls("")
    assert [len(drafts("mautic", call)) for call in calls] == [1, 2, 4, 1, 0]
    assert drafts("mautic", sample.call({HIT: [sample.hit(contact=sample.VISITOR)]})) == []
    assert drafts("mautic", sample.call({"mautic.form_on_submit": [{"submission": {}}], "x": 1})) == []


def test_the_mail_itself_is_not_kept():
    push = vendors.pushed(sample.call({SENT: [sample.sent()]}), "http://testserver/in/mautic/")
    (event,) = CONNECTORS["mautic"].split(push, vendors.facts("mautic"))
    assert not {"content", "tokens", "headers"} & set(event.content)
    assert not {"customHtml", "plainText"} & set(event.content["email"])


# broken
@pytest.mark.parametrize("payload", [[], {}, {"event": "mautic.email_on_send"}, {"event": "x", "contact": sample.FLAT}])
def test_what_names_nobody_or_nothing_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("mautic", payload)


def test_broken_parts_leave_the_rest():
    for wrong in (None, 7, [], "a"):
        touch = heard(
            SENT, {**sample.sent(), "email": wrong, "source": wrong, "timestamp": wrong, "idHash": wrong}
        ).touch
        assert touch.title.startswith("Campaign e-mail sent")


@pytest.mark.parametrize("body", [[], "a", 7])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(Refused) as refusal:
        drafts("mautic", sample.call(body))
    assert refusal.value.status == 400
