"""Whoever changes a signed request, however little, is not believed; and nothing that anybody sends gets further than
being refused. Six kinds of source, each with the requests of its sample."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.channels.contract import Refused, Unintelligible
from apps.channels.registry import CONNECTORS
from tests.channels import vendors
from tests.channels.connectors.idle import explained

KINDS = ("formbricks", "shopify", "square", "stripe", "typeform", "woocommerce")
SIGNED = {  # the headers that prove something, by what proves it
    "formbricks": ("webhook-signature", "webhook-id", "webhook-timestamp"),
    "shopify": ("x-shopify-hmac-sha256",),
    "square": ("x-square-hmacsha256-signature",),
    "stripe": ("stripe-signature",),
    "typeform": ("typeform-signature",),
    "woocommerce": ("x-wc-webhook-signature",),
}
TIMED = ("formbricks", "stripe")
TRIES = 400

kinds = st.sampled_from(KINDS)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
latin = st.text(st.characters(max_codepoint=255), max_size=120)  # what a header may hold


def pushed(kind, number=0):
    address = vendors.address_of(kind)
    calls = vendors.calls_of(kind, address)
    return vendors.pushed(calls[number % len(calls)], address)


def believed(kind, push):
    """Whether a request passes; raises whatever is not a refusal."""
    try:
        CONNECTORS[kind].verify(push, vendors.facts(kind))
    except Refused as refusal:
        if refusal.status != 401:
            raise
        return False
    return True


def with_body(push, raw):
    return replace(push, raw=raw, body=raw)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_vendor_signed_is_believed(kind):
    assert all(believed(kind, pushed(kind, number)) for number in range(len(vendors.calls_of(kind, ""))))


@settings(max_examples=TRIES, deadline=None)
@given(kinds, st.integers(0, 30), st.integers(0), st.integers(1, 255))
def test_a_body_with_one_byte_changed_is_not_believed(kind, number, place, change):
    push = pushed(kind, number)
    raw = bytearray(push.raw)
    raw[place % len(raw)] ^= change
    assert not believed(kind, with_body(push, bytes(raw)))


@settings(max_examples=TRIES, deadline=None)
@given(kinds, st.integers(0, 30), st.integers(0), st.binary(min_size=1, max_size=40))
def test_a_body_with_something_put_in_or_cut_off_is_not_believed(kind, number, place, more):
    push = pushed(kind, number)
    cut = place % len(push.raw)
    assert not believed(kind, with_body(push, push.raw[:cut] + more + push.raw[cut:]))
    assert not believed(kind, with_body(push, push.raw[:cut]))


@settings(max_examples=TRIES, deadline=None)
@given(kinds, st.integers(0, 30), st.integers(0), st.integers(0), st.characters(min_codepoint=33, max_codepoint=255))
def test_a_proof_with_one_character_changed_is_not_believed(kind, number, which, place, other):
    push = pushed(kind, number)
    name = SIGNED[kind][which % len(SIGNED[kind])]
    proof = push.headers[name]
    at = place % len(proof)
    changed = proof[:at] + other + proof[at + 1 :]
    if changed.lower() == proof.lower() and kind == "stripe":
        return  # hexadecimal digits mean the same in capitals
    assert (changed == proof) == believed(kind, replace(push, headers={**push.headers, name: changed}))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "stripe"])
def test_a_proof_in_another_spelling_of_the_same_bytes_is_not_believed(kind):
    """The last digit of base64 has bits that mean nothing."""
    push = pushed(kind)
    name = SIGNED[kind][0]
    proof = push.headers[name]
    assert proof.endswith("=")
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spellings = {f"{proof[:-2]}{digit}=" for digit in digits} | {f"{proof}=", f" {proof}", f"{proof}\n"}
    for other in spellings - {proof}:
        if kind != "formbricks" or other.strip() == other:  # there, spaces separate one signature from the next
            assert not believed(kind, replace(push, headers={**push.headers, name: other})), other


@settings(max_examples=TRIES, deadline=None)
@given(kinds, st.integers(0, 30), st.integers(0), st.one_of(latin, st.text(max_size=120)))
@example("stripe", 0, 0, "t=1,v1=")
@example("stripe", 0, 0, "t=9" + "9" * 400 + ",v1=00")
@example("stripe", 0, 0, "t=nan,v1=00")
@example("formbricks", 0, 2, "nan")
@example("formbricks", 0, 2, "1e400")
@example("formbricks", 0, 0, "v1, v1, v1,")
@example("typeform", 0, 0, "sha256=\u0663\u0663")
@example("shopify", 0, 0, "====")
@example("square", 0, 0, "\x00\x00")
def test_any_other_proof_is_not_believed(kind, number, which, proof):
    push = pushed(kind, number)
    name = SIGNED[kind][which % len(SIGNED[kind])]
    assert not believed(kind, replace(push, headers={**push.headers, name: proof}))
    assert not believed(kind, replace(push, headers={}))


@settings(max_examples=100, deadline=None)
@given(kinds, st.integers(0, 30), st.integers(1, 30))
def test_the_proof_of_another_request_is_not_believed(kind, number, further):
    push, other = pushed(kind, number), pushed(kind, number + further)
    if push.raw != other.raw:
        assert not believed(kind, replace(push, headers=other.headers))


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_square_signs_the_address_too(more):
    push = pushed("square")
    assert not believed("square", replace(push, url=push.url + more))


@pytest.mark.parametrize("kind", TIMED)
@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24 * 365], ids=["early", "late", "next year"])
def test_a_recorded_request_is_not_believed_later(kind, minutes):
    push = pushed(kind)
    assert not believed(kind, replace(push, at=datetime.now(UTC) + timedelta(minutes=minutes)))
    assert not believed(kind, replace(push, at=None))


@settings(max_examples=TRIES, deadline=None)
@given(kinds, st.integers(0, 30), st.one_of(anything.map(orjson.dumps), st.binary(max_size=200)))
def test_a_body_that_makes_no_sense_is_refused_or_let_go(kind, number, raw):
    push = with_body(pushed(kind, number), raw)
    try:
        CONNECTORS[kind].split(push, vendors.facts(kind))
    except Refused as refusal:
        if refusal.status != 400:
            raise


@settings(max_examples=TRIES, deadline=None)
@given(kinds, anything)
def test_an_envelope_that_makes_no_sense_is_unintelligible(kind, payload):
    with pytest.raises(Unintelligible):
        explained(kind, payload)
