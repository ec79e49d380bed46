"""What becomes of Typeform's responses: scores, answers, the customer's own words, and whose they are."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apps.channels.contract import Refused, Unintelligible
from apps.customers.drafts import Handle, ProfileKey
from tests.channels.connectors.idle import accepted, draft, drafts, explained
from tests.channels.samples import typeform as sample


def heard(response, **settings):
    return draft("typeform", sample.call(1, "form_response", response), **settings)


def answered(answer, index=3, **settings):
    """The touch of a response with this one answer, to the field of this number."""
    response = {**sample.RESPONSE, "answers": [{"field": sample.field(index), **answer}]}
    return heard(response, **settings).touch


# who may call
def test_the_body_must_be_signed_with_our_secret():
    call = sample.calls("")[0]
    signature = call.headers["Typeform-Signature"]
    assert accepted("typeform", call)
    assert not accepted("typeform", call, secrets=("another-secret",))
    assert not accepted("typeform", replace(call, body=call.body + b" "))
    for wrong in ("", signature.removeprefix("sha256="), signature.replace("sha256", "sha1"), signature[:-2]):
        assert not accepted("typeform", replace(call, headers={"Typeform-Signature": wrong}))


# what is told
def test_a_response_is_told_with_its_score_its_answers_and_the_customers_own_words():
    touch = heard(sample.RESPONSE).touch
    assert (touch.external_id, touch.occurred_at) == ("response:response-1", datetime(2026, 4, 1, 10, 4, tzinfo=UTC))
    assert (touch.channel, touch.kind, touch.title, touch.sentiment) == ("survey", "survey", "NPS: 3 of 10", "negative")
    assert touch.verbatim == "One saucer was chipped.\nAgain."
    assert touch.body == (
        "Would you recommend us? 3\nHow was the delivery? 2\nWhat did you buy? Cups, Saucers, Spoons\n"
        "Will you come again? yes"
    )
    assert (touch.touchpoint, touch.reference) == ("After your order", "1043")


@pytest.mark.parametrize(
    ("answer", "index", "typed", "title", "sentiment"),
    [
        ({"type": "number", "number": 9}, 0, {}, "NPS: 9 of 10", "positive"),
        ({"type": "number", "number": 9}, 0, {"nps": ""}, "After your order: 9 of 10", "positive"),
        ({"type": "number", "number": 4}, 1, {}, "After your order: 4 of 5", "positive"),
        ({"type": "number", "number": 3}, 1, {"csat": "delivery, other"}, "CSAT: 3 of 5", "neutral"),
        ({"type": "number", "number": 2}, 1, {"ces": "fStars"}, "CES: 2 of 5", "negative"),
        ({"type": "number", "number": 1e300}, 0, {}, "After your order", ""),
        ({"type": "number", "number": "many"}, 0, {}, "After your order", ""),
        ({"type": "number", "number": 1987}, 3, {}, "After your order", ""),
    ],
    ids=["nps", "scale", "stars", "csat", "ces", "huge", "word", "a plain number"],
)
def test_scores(answer, index, typed, title, sentiment):
    touch = answered(answer, index, **typed)
    assert (touch.title, touch.sentiment) == (title, sentiment)


@pytest.mark.parametrize(
    ("properties", "best"),
    [({"steps": 11}, 10), ({"steps": 8}, 7), ({"steps": 5, "start_at_one": True}, 5), ({}, 10), ({"steps": "x"}, 10)],
)
def test_the_best_score_of_a_scale_is_in_its_form(properties, best):
    fields = [{**sample.FIELDS[0], "properties": properties}]
    response = {
        **sample.RESPONSE,
        "definition": {"title": "T", "fields": fields},
        "answers": sample.RESPONSE["answers"][:1],
    }
    assert heard(response).touch.title == f"NPS: 3 of {best}"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"type": "choice", "choice": {"label": "Cups"}}, "What did you buy? Cups"),
        ({"type": "choice", "choice": {"other": "Spoons"}}, "What did you buy? Spoons"),
        ({"type": "choices", "choices": {"labels": None}}, ""),
        ({"type": "date", "date": "2026-04-01"}, "What did you buy? 2026-04-01"),
        ({"type": "boolean", "boolean": False}, "What did you buy? no"),
        (
            {"type": "file_url", "file_url": "https://files.example/a?token=x"},
            "What did you buy? https://files.example/a",
        ),
        ({"type": "file_url", "file_url": "javascript:alert(1)"}, ""),
        ({"type": "payment", "payment": {"amount": "12.00", "last4": "4242"}}, "What did you buy? 12.00"),
        ({"type": "unheard_of", "unheard_of": {"a": 1}}, ""),
        ({"type": None}, ""),
    ],
)
def test_answers_in_words(answer, body):
    assert answered(answer).body == body


def test_several_texts_are_told_under_their_questions():
    texts = [{"type": "text", "text": text, "field": sample.field(index)} for text, index in (("One.", 2), ("Two.", 3))]
    touch = heard({**sample.RESPONSE, "answers": texts}).touch
    assert touch.verbatim == "Why?\nOne.\n\nWhat did you buy?\nTwo."


# who
def test_hidden_fields_find_a_customer_and_prove_nothing():
    claim = heard(sample.RESPONSE).claim
    assert claim.key == ProfileKey("typeform", "user_id:u-4711")
    assert claim.handles == ()
    assert claim.unverified == (Handle("user_id", "u-4711", "website"), Handle("email", "anna@shop.example"))


def test_an_address_somebody_enters_finds_them_too():
    assert heard(sample.TYPED).claim.unverified == (Handle("email", "ben@shop.example"),)


@pytest.mark.parametrize(
    "hidden", [{"Email": "a@shop.example"}, {"e-mail": "a@shop.example"}, {"email": " A@Shop.example "}]
)
def test_hidden_fields_in_other_spellings(hidden):
    assert heard({**sample.RESPONSE, "hidden": hidden}).claim.unverified == (Handle("email", "a@shop.example"),)


@pytest.mark.parametrize("hidden", [{}, None, {"email": "xxxxx"}, {"user_id": ""}, {"utm_source": "mail"}, []])
def test_an_anonymous_response_is_not_kept(hidden):
    assert drafts("typeform", sample.call(1, "form_response", {**sample.RESPONSE, "hidden": hidden})) == []


def test_an_unfinished_response_is_not_kept():
    assert drafts("typeform", sample.call(1, "form_response_partial", sample.RESPONSE)) == []


# broken
@pytest.mark.parametrize(
    "payload", [[], {}, {"form_response": []}, {"form_response": {"hidden": {"email": "a@b.example"}}}]
)
def test_what_is_no_response_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        explained("typeform", payload)


def test_broken_answers_leave_the_rest():
    for wrong in (None, 7, [None, 1, "a", [], {}], {"a": 1}, [{"type": {}, "field": []}]):
        assert heard({**sample.RESPONSE, "answers": wrong}).touch.title == "After your order"


def test_what_is_no_object_is_refused():
    call = sample.call(1, "form_response", sample.RESPONSE)
    with pytest.raises(Refused) as refusal:
        drafts("typeform", replace(call, body=b"[]", headers={"Typeform-Signature": sample.signature(b"[]")}))
    assert refusal.value.status == 400
