"""Placeholders name nobody, from whichever source they come; what only looks like one does."""

import uuid

import pytest

from apps.customers.models import IdentifierType
from apps.customers.normalisation import normalise
from apps.customers.placeholders import is_nobodys, names_nobody


@pytest.mark.parametrize(
    "value",
    ["guest", "Guest User", "GUEST_CHECKOUT", "anonymous", "AnonymousUser", "distinctid", "distinct_id", "email", "id",
     "not_authenticated", "Not Authenticated", "[object Object]", "[object Undefined]", "undefined", "NaN", "None",
     "n/a", "N.A.", "#N/A", "#REF!", "(not set)", "not-set", "<null>", "'null'", "00000000-0000-0000-0000-000000000000",
     "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "-1", "-999", "0", "0.0", "000", "--", "?", "unbekannt", "k.A.", "Invité",
     "{{user_id}}", "${user.id}", "%USER_ID%", "*|EMAIL|*", "<user id>", "[[customer]]", "{email}", "string", "xxx",
     "d41d8cd98f00b204e9800998ecf8427e", "02:00:00:00:00:00", "9774d56d682e549c", "deleted", "tbd"],
)  # fmt: skip
def test_placeholders(value):
    assert names_nobody(value)
    assert normalise(IdentifierType.USER_ID, value) is None
    assert normalise(IdentifierType.ANONYMOUS_ID, f" {value} ") is None


@pytest.mark.parametrize(
    "value",
    ["guest-7", "user-1", "anon_4f2", "1", "-7", "007", "ann", "nadia", "na-17", "test-pilot-2041", "null-9",
     "{39221417-7625-418a-aafc-fb864cd4d5c0}", str(uuid.UUID(int=7)), "f" * 32, "<abc-17>", "id:44", "emailer",
     "customer 12", "%", "0x1f", "c4ca4238a0b923820dcc509a6f75849b"],
)  # fmt: skip
def test_what_only_looks_like_one(value):
    assert not names_nobody(value)
    assert normalise(IdentifierType.USER_ID, value) == value


@pytest.mark.parametrize(
    "address",
    ["noreply@shop.example", "no-reply@shop.example", "No_Reply+orders@shop.example", "do-not-reply@x.org",
     "ne-pas-repondre@x.org", "test@x.org", "test12@gmail.example", "guest@x.org", "null@x.org", "undefined@x.org",
     "anonymous@x.org", "no-email@x.org", "keine@x.org", "a@null.com", "a@shop.invalid", "not.provided@x.org",
     "x@localhost", "noreply-orders@x.org", "xxx@x.org"],
)  # fmt: skip
def test_addresses_of_nobody(address):
    assert is_nobodys(address)
    assert normalise(IdentifierType.EMAIL, address) is None


@pytest.mark.parametrize(
    "address",
    ["mail@weber.example", "na@x.org", "no@x.org", "testa@x.org", "ann.on@x.org", "guesthouse@x.org", "nullmeier@x.org",
     "info@x.org", "a@nulls.example", "name@x.org", "noemi@x.org", "client@x.org"],
)  # fmt: skip
def test_addresses_of_somebody(address):
    assert not is_nobodys(address)
    assert normalise(IdentifierType.EMAIL, address) == address


@pytest.mark.parametrize("number", ["+1 111 111 1111", "(999) 999-9999", "+49 3333333333", "0000000000"])
def test_numbers_of_nobody(number):
    assert normalise(IdentifierType.PHONE, number, "US") is None
