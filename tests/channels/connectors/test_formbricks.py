"""What becomes of Formbricks' responses. The library of the Standard Webhooks specification signs and accepts them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from apps.channels.contract import Refused, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle, ProfileKey
from tests.channels import vendors
from tests.channels.connectors.idle import accepted, draft, drafts, explained
from tests.channels.samples import formbricks as sample

OTHER = "whsec_b3RoZXIgc2VjcmV0"


def heard(response, **settings):
    return draft("formbricks", sample.call(1, "responseFinished", response), **settings)


def answers(given, **settings):
    return heard({**sample.RESPONSE, "data": given}, **settings).touch


def accepted_by_the_library(call, secret=sample.SOURCE.secret):
    try:
        Webhook(secret).verify(call.body, call.headers)
    except WebhookVerificationError:
        return False
    return True


# who may call
def test_the_library_accepts_what_we_accept():
    for call in sample.calls(""):
        assert accepted_by_the_library(call)
        assert accepted("formbricks", call)


@pytest.mark.parametrize(
    "broken",
    [
        lambda call: replace(call, body=call.body + b" "),
        lambda call: replace(call, headers={**call.headers, "webhook-id": "message-2"}),
        lambda call: replace(call, headers={**call.headers, "webhook-timestamp": "1"}),
        lambda call: replace(call, headers={**call.headers, "webhook-signature": "v1,AAAA"}),
        lambda call: sample.call(1, "responseFinished", sample.RESPONSE, OTHER),
        lambda call: sample.call(1, "responseFinished", sample.RESPONSE, at=datetime.now(UTC) - timedelta(minutes=10)),
    ],
    ids=["longer", "other id", "other time", "other signature", "other secret", "ten minutes old"],
)
def test_both_refuse_what_was_tampered_with(broken):
    call = broken(sample.calls("")[0])
    assert not accepted_by_the_library(call)
    assert not accepted("formbricks", call)


def test_while_a_secret_is_replaced_one_of_two_is_enough():
    call = sample.call(1, "responseFinished", sample.RESPONSE)
    assert accepted("formbricks", call, secrets=(OTHER, sample.SOURCE.secret))
    both = {**call.headers, "webhook-signature": f"v1a,abc v1,AAAA {call.headers['webhook-signature']}"}
    assert accepted("formbricks", replace(call, headers=both))
    assert not accepted("formbricks", call, secrets=(OTHER,))


def test_every_attempt_and_every_webhook_brings_the_same_event():
    def split(number, body=lambda raw: raw):
        call = sample.call(number, "responseFinished", sample.RESPONSE)
        push = vendors.pushed(replace(call, body=body(call.body)), "http://testserver/in/formbricks/")
        return CONNECTORS["formbricks"].split(push, vendors.facts("formbricks"))[0]

    first, again = split(1), split(2, lambda raw: raw.replace(b"cmwebhook", b"cmanother"))
    assert (first.key, first.content) == (again.key, again.content) == ("cmresponseone", first.content)


# what is told
def test_a_response_is_told_with_its_score_its_answers_and_the_customers_own_words():
    touch = heard(sample.RESPONSE).touch
    assert (touch.external_id, touch.occurred_at) == ("response:cmresponseone", datetime(2026, 4, 1, 10, 2, tzinfo=UTC))
    assert (touch.channel, touch.title, touch.sentiment) == ("survey", "NPS: 9 of 10", "positive")
    assert touch.verbatim == "Ship to Ireland, please."
    assert touch.body.splitlines() == [
        "Cta: clicked", "Effort: 2", "Nps score: 9", "What you bought: Cups, Saucers"
    ]  # fmt: skip
    assert (touch.touchpoint, touch.reference) == ("Checkout survey", "1043")
    assert touch.payload["page"] == "https://cups.example/thanks"


@pytest.mark.parametrize(
    ("given", "typed", "title", "sentiment"),
    [
        ({"nps": 10}, {}, "NPS: 10 of 10", "positive"),
        ({"csat_delivery": 2}, {}, "CSAT: 2 of 5", "negative"),
        ({"q1": 6}, {"nps": "q1"}, "NPS: 6 of 10", "negative"),
        ({"effort": 6}, {}, "CES: 6 of 7", "positive"),
        ({"rating": 3}, {}, "Checkout survey: 3 of 5", "neutral"),
        ({"nps": "10"}, {}, "NPS: 10 of 10", "positive"),
        ({"nps": "very likely"}, {}, "Checkout survey", ""),
        ({"nps": 10**18}, {}, "Checkout survey", ""),
        ({"snaps": 7}, {}, "Checkout survey", ""),
        ({}, {}, "Checkout survey", ""),
    ],
    ids=["nps", "csat", "by settings", "by settings too", "rating", "text", "words", "huge", "another word", "nothing"],
)
def test_scores(given, typed, title, sentiment):
    touch = answers(given, **typed)
    assert (touch.title, touch.sentiment) == (title, sentiment)


def test_questions_are_named_by_the_settings():
    given = {"cmf5homcz0p1kww010hzezjjp": ["Red", "Blue"]}
    assert answers(given).body == "What would make it better? Red, Blue"
    assert answers(given, questions="").body == "Red, Blue", "an id that nobody chose says nothing"


@pytest.mark.parametrize(
    ("value", "body", "verbatim"),
    [
        ("Fine", "", "Fine"),
        ("dismissed", "Why: skipped", ""),
        ("https://files.example/a.png", "Why: https://files.example/a.png", ""),
        ({"Speed": "good", "Price": None}, "Why: Price: , Speed: good", ""),
        (["a", None, {"b": 1}, "c"], "Why: a, c", ""),
        (None, "", ""),
        (True, "", ""),
    ],
)
def test_answers_in_words(value, body, verbatim):
    touch = answers({"why": value})
    assert (touch.body, touch.verbatim) == (body, verbatim)


# who
def test_the_contact_is_vouched_for_and_what_was_typed_is_not():
    claim = heard(sample.RESPONSE).claim
    assert claim.key == ProfileKey("formbricks", "user:cmcontactanna")
    assert claim.handles == (
        Handle("user_id", "cmcontactanna", "formbricks"),
        Handle("user_id", "u-4711", "formbricks"),
    )
    assert claim.unverified == (Handle("email", "anna@shop.example"),)
    assert claim.traits == {"name": "Anna"}
    assert Handle("user_id", "u-4711", "website") in heard(sample.RESPONSE, user_scope="website").claim.handles


def test_an_address_in_a_hidden_field_finds_somebody():
    claim = heard(sample.TYPED).claim
    assert (claim.handles, claim.unverified) == ((), (Handle("email", "ben@shop.example"),))
    assert claim.traits == {"language": "de"}


def test_an_anonymous_response_is_not_kept():
    assert drafts("formbricks", sample.call(1, "responseFinished", sample.ANONYMOUS)) == []


@pytest.mark.parametrize("kind", ["responseCreated", "responseUpdated", "testEndpoint", ""])
def test_an_unfinished_response_is_not_kept(kind):
    assert drafts("formbricks", sample.call(1, kind, sample.RESPONSE)) == []


# broken
@pytest.mark.parametrize("payload", [[], {}, {"data": []}, {"data": {"id": None}}, {"data": {"id": "r1"}}])
def test_what_is_no_response_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("formbricks", payload)


def test_broken_parts_leave_the_rest():
    for wrong in (None, 7, [], "a"):
        response = {**sample.RESPONSE, "data": wrong, "meta": wrong, "contactAttributes": wrong, "updatedAt": wrong}
        assert heard(response).touch.title == "Checkout survey"


def test_what_is_no_object_is_refused():
    headers = sample.call(1, "responseFinished", sample.RESPONSE).headers
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signature = Webhook(sample.SOURCE.secret).sign(headers["webhook-id"], at, "[]")
    call = replace(sample.calls("")[0], body=b"[]", headers={**headers, "webhook-signature": signature})
    with pytest.raises(Refused) as refusal:
        drafts("formbricks", call)
    assert refusal.value.status == 400
