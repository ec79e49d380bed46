import json
import random

import phonenumbers
import pytest

from apps.customers import normalisation
from apps.customers.models import IdentifierType, Normaliser
from apps.customers.normalisation import normalise, phone_candidates, respell
from apps.foundation.db.rows import recordset
from apps.foundation.text.phones import pretty_phone


@pytest.mark.parametrize(
    ("raw", "region", "kept"),
    [
        ("+33 6 12 34 56 78", "", "+33612345678"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("(020) 7946-0018", "GB", "+442079460018"),
        ("tel:+44 20 7946 0018", "", "+442079460018"),
        ("\u202a+44 20 7946 0018\u202c", "", "+442079460018"),  # as copied from a phone's contact list
        ("٠٦١٢٣٤٥٦٧٨", "FR", "+33612345678"),  # Arabic digits
        ("02 1234 5678", "IT", "+390212345678"),  # Italy keeps its zero
        (442079460018, "GB", "+442079460018"),
        ("06 12 34 56 78", "", None),
        ("12", "FR", None),
        ("call me", "FR", None),
        ("000000000", "FR", None),
    ],
)
def test_phones_are_kept_in_e164(raw, region, kept):
    assert normalise(IdentifierType.PHONE, raw, region) == kept


@pytest.mark.parametrize(
    ("region", "spellings", "kept"),
    [
        ("MX", ["+5215512345678", "5215512345678", "+52 55 1234 5678", "55 1234 5678", "044 55 1234 5678",
                "525512345678", "+52 1 55 1234 5678", "+52 (044) 55 1234-5678"], "+525512345678"),
        ("MX", ["5218112345678", "81 1234 5678"], "+528112345678"),
        ("BR", ["+551187654321", "551187654321", "(11) 98765-4321", "(11) 8765-4321", "+55 11 98765-4321",
                "5511987654321"], "+5511987654321"),
        ("BR", ["+55 21 3456-7890", "(21) 3456-7890", "552134567890"], "+552134567890"),  # a house's has eight digits
        ("AR", ["+5491123456789", "5491123456789", "011 15-2345-6789", "11 2345-6789", "+54 11 2345 6789",
                "+54 11 15 2345 6789", "541123456789"], "+541123456789"),
        ("AR", ["+54 9 351 234 5678", "0351 15 234 5678", "5493512345678"], "+543512345678"),
        ("BJ", ["+22997123456", "+229 01 97 12 34 56", "0197123456", "22997123456"], "+2290197123456"),
        ("GB", ["+44 (0)20 7946 0018", "0044 20 7946 0018", "020 7946 0018 ext. 12", "020\u20137946\u20130018 x12",
                "tel:+44-20-7946-0018;ext=12", "442079460018"], "+442079460018"),
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_networks_and_people_write_it(region, spellings, kept):
    assert {normalise(IdentifierType.PHONE, spelling, region) for spelling in spellings} == {kept}
    abroad = [kept, *(spelling for spelling in spellings if spelling.startswith("+"))]
    assert {normalise(IdentifierType.PHONE, spelling, "US") for spelling in abroad} == {kept}


@pytest.mark.parametrize(
    ("digits", "region", "kept"),
    [
        ("5215512345678", "GB", "+525512345678"),
        ("4915112345678", "GB", "+4915112345678"),
        ("34612345678", "GB", "+34612345678"),
        ("12025550123", "US", "+12025550123"),
        ("2025550123", "US", "+12025550123"),  # ten digits are a number of the region, never Egypt's
        ("07700900123", "US", None),
    ],
)
def test_a_number_without_its_plus_is_read_where_its_region_makes_none(digits, region, kept):
    assert normalise(IdentifierType.PHONE, digits, region) == kept


@pytest.mark.parametrize(
    ("spellings", "kept"),
    [
        (["anna@bücher.example", "Anna@BÜCHER.example", "anna@bu\u0308cher.example", "anna@xn--bcher-kva.example"],
         "anna@xn--bcher-kva.example"),
        (["josé@x.org", "jose\u0301@x.org", "JOSÉ@X.org"], "josé@x.org"),
        (["用户@例子。广告", "用户@例子.广告"], "用户@xn--fsqu00a.xn--4rr70v"),
        (["a@faß.de"], "a@xn--fa-hia.de"),
        (["иван@почта.рф", "ИВАН@ПОЧТА.РФ"], "иван@xn--80a1acny.xn--p1ai"),
        (['"anna b"@x.org'], '"anna b"@x.org'),
        (["'anna@x.org", "*anna@x.org"], "anna@x.org"),
    ],
)  # fmt: skip
def test_an_address_is_the_same_in_every_script(spellings, kept):
    assert {normalise(IdentifierType.EMAIL, spelling) for spelling in spellings} == {kept}
    assert normalise(IdentifierType.EMAIL, kept) == kept


@pytest.mark.parametrize(
    "raw", ["a@x@y.org", "a..b@x.org", ".a@x.org", "a b@x.org", "a@-x.org", "a@x..org", "a@" + "ü" * 300 + ".org",
            "ü" * 65 + "@x.org", "a@b\u202e.org@", "@x.org", '"a"b"@x.org'],
)  # fmt: skip
def test_what_is_no_address_in_any_script(raw):
    assert normalise(IdentifierType.EMAIL, raw) is None


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
def test_what_looks_quick_is_what_the_long_way_gives(code, monkeypatch):
    chance = random.Random(code)
    numbers = [f"+{code}{chance.randrange(10**length)}" for length in range(4, 13) for _ in range(12)]
    quick = [normalise(IdentifierType.PHONE, number) for number in numbers]
    monkeypatch.setattr(normalisation, "_is_plainly_e164", lambda _value: False)
    assert quick == [normalise(IdentifierType.PHONE, number) for number in numbers]


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        (IdentifierType.EMAIL, " Anna.Schmidt@Example.ORG ", "anna.schmidt@example.org"),
        (IdentifierType.EMAIL, "anna@", None),
        (IdentifierType.EMAIL, "anna example.org", None),
        (IdentifierType.EMAIL, "noreply@shop.example", None),
        (IdentifierType.LOYALTY, "9000 0000-12.b", "9000000012B"),
        (IdentifierType.SOCIAL, "@AnnaS", "annas"),
        (IdentifierType.USER_ID, "User-7", "User-7"),
        (IdentifierType.USER_ID, 7, "7"),
        (IdentifierType.USER_ID, "x" * 300, "x" * 200),
    ],
)
def test_every_type_has_one_spelling(kind, raw, kept):
    assert normalise(kind, raw) == kept


@pytest.mark.parametrize("kind", IdentifierType.values)
@pytest.mark.parametrize(
    "raw",
    ["", " ", "null", "NULL", "None", "0", "-1", "000000", "0-0-0", "anonymous", "Guest", "undefined",
     "[object Object]",
     "00000000-0000-0000-0000-000000000000", "\u200b", None, True, 1.5, [], {"id": 1}],
)  # fmt: skip
def test_placeholders_name_nobody(kind, raw):
    assert normalise(kind, raw, "GB") is None


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (IdentifierType.PHONE, "+1 000 000 0000"),
        (IdentifierType.PHONE, "+44 0000 000000"),
        (IdentifierType.EMAIL, "null@null.example"),
        (IdentifierType.EMAIL, "undefined@shop.example"),
        (IdentifierType.LOYALTY, "n.a."),
        (IdentifierType.SOCIAL, "@guest"),
        (IdentifierType.USER_ID, "(null)"),
    ],
)
def test_placeholders_are_seen_through_their_spelling(kind, raw):
    assert normalise(kind, raw, "GB") is None


@pytest.mark.parametrize(
    ("normaliser", "value", "kept"),
    [
        (Normaliser.DIGITS, "C-0017", "0017"),
        (Normaliser.DIGITS, "C-0000", ""),
        (Normaliser.LETTERS_AND_DIGITS, "#guest", ""),
        (Normaliser.NO_LEADING_ZEROS, "00null", ""),
        (Normaliser.NO_PLUS, "anna+shop@example.org", "anna@example.org"),
        (Normaliser.NO_PLUS, "+shop@example.org", ""),
    ],
)
def test_what_names_nobody_once_it_is_spelt_as_its_rule_wants_it_is_left_out(normaliser, value, kept):
    assert respell(value, normaliser) == kept


def test_a_local_number_may_mean_several_the_likeliest_first():
    found = phone_candidates("0612345678", ["FR", "NL", "FR"])

    assert found == ["+33612345678", "+31612345678"]


def test_a_number_with_its_country_code_means_one():
    assert phone_candidates("+33 612345678", ["GB", "FR"]) == ["+33612345678"]
    assert phone_candidates("0033612345678", ["GB", "US"]) == ["+33612345678"]


def test_phones_are_shown_as_people_read_them_out():
    assert pretty_phone("+33612345678") == "+33 6 12 34 56 78"
    assert pretty_phone("extension 7") == "extension 7"


def test_rows_lose_only_the_character_that_cannot_be_stored():
    rows = [{"a": "x\0y", "b": "\\u0000", "c": "\\\0", "d": ["\0\0", 'é\n"']}]

    assert json.loads(recordset(rows)) == [{"a": "xy", "b": "\\u0000", "c": "\\", "d": ["", 'é\n"']}]
