"""What is found in a story, and what is marked of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.interactions.story_search import alternatives, marks
from apps.interactions.timeline import FOUND_COUNTED, Filters, count_found, page
from tests.factories.accounts import MarketerFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import InteractionFactory


@pytest.fixture
def profile(db):
    return SourceProfileFactory()


@pytest.fixture
def found(profile):
    """Whether an entry with these fields is found by a text, beside one that never is."""

    def is_found(text, **fields):
        entry = InteractionFactory(profile=profile, **{"title": "Entry", "staff_name": "", **fields})
        InteractionFactory(profile=profile, title="Another", body="of nothing in particular", staff_name="Somebody")
        entries = page(profile.customer, UserFactory(), Filters(text=text)).entries
        assert entries in ([], [entry])
        return entries == [entry]

    return is_found


@pytest.mark.parametrize(
    "text", ["fro", "frother", "LEAK", "leaking fro", "wätern", "water-proof", '"a leaking frother"']
)
def test_words_are_found_by_how_they_begin(found, text):
    assert found(text, body="A leaking frother, not watern water-proofed")


@pytest.mark.parametrize(
    "text", ["rother", "frothers", "leaking kettle", '"frother leaking"', '"a lea"', "frother -leak"]
)
def test_nothing_else_is_found(found, text):
    assert not found(text, body="A leaking frother")


@pytest.mark.parametrize("text", ["kettle or fro", "fro -kettle", 'fro -"kettle leaks"'])
def test_a_search_may_choose_and_leave_out(found, text):
    assert found(text, body="A leaking frother")


@pytest.mark.parametrize(
    "text", ["49,90", "49.90", "€49", "49", "€ 49.90", "49,90 EUR", "EUR 49", "49.9", "49,90 €", "shop 49,90"]
)
@pytest.mark.parametrize("amount", ["49.90", "-49.90"])
def test_an_amount_is_found_in_any_spelling(found, text, amount):
    assert found(text, title="Order in the shop", channel="order", amount=amount, currency="EUR")


@pytest.mark.parametrize("text", ["1.234,50", "1,234.50", "1234.50", "1234,5", "1'234.50", "€1234", "1.234", "1,234"])
def test_thousands_are_found_as_everybody_parts_them(found, text):
    assert found(text, channel="order", amount="1234.50", currency="EUR")


@pytest.mark.parametrize("text", ["49,91", "4", "9,90", "€5", "499", "49,9 kettle"])
def test_another_amount_is_not_found(found, text):
    assert not found(text, channel="order", amount="49.90", currency="EUR")


@pytest.mark.parametrize("body", ["paid 49,90 in cash", "paid €49.90", "paid 49.90."])
@pytest.mark.parametrize("text", ["49,90", "49.90", "€49.90"])
def test_an_amount_is_found_in_a_text(found, text, body):
    assert found(text, body=body)


@pytest.mark.parametrize(
    "text",
    [
        "ORD-000042",
        "ord000042",
        "ORD 000042",
        "000042",
        "42",
        "ord",
        "#000042",
        "ord-0000",
        "ORD/000042",
        "order ORD-000042",
    ],
)
def test_a_reference_is_found_with_and_without_what_parts_it(found, text):
    assert found(text, title="Order", reference="ORD-000042", channel="order")


@pytest.mark.parametrize("text", ["CASE/2026/0017", "case20260017", "2026 0017", "0017", "20260017", "case 2026-0017"])
def test_each_part_of_a_reference_is_found(found, text):
    assert found(text, reference="CASE/2026/0017")


@pytest.mark.parametrize("text", ["ORD-000043", "00042", "rd-000042", "ord0042"])
def test_another_reference_is_not_found(found, text):
    assert not found(text, reference="ORD-000042")


@pytest.mark.parametrize("text", ["1Z999AA10123456784", "1z 999 aa1 0123456784", "1Z-999-AA1-0123456784", "1z999"])
def test_a_tracking_code_is_found_in_a_text(found, text):
    assert found(text, title="Parcel on its way", body="UPS 1Z999AA10123456784")


@pytest.mark.parametrize("text", ["ORD-000042", "ORD000042", "000042"])
def test_a_code_with_a_hyphen_is_found_in_a_text(found, text):
    assert found(text, body="She means ORD-000042, she says")


@pytest.mark.parametrize(
    "text", ["gwen", "GWENDOLYN", "ashcroft", "gwen ash", "o'nei", "oneil", "Zoë", "zoe", "nkosi-will"]
)
def test_a_colleague_is_found(found, text):
    assert found(text, staff_name="Gwendolyn Zoé O\u2019Neil Nkosi-Williams Ashcroft")


def test_names_of_colleagues_are_no_words_of_customers(profile):
    InteractionFactory(profile=profile, staff_name="Rose Refund", title="Call")
    customer = profile.customer

    assert page(customer, UserFactory(), Filters(text='"Rose Refund"')).entries == []


@pytest.mark.parametrize(
    "text", ["", " ", "%", "_", "\\", "'; --", "@", "((", '"', '""', "-", "--", "or", "or or", "a" * 500, "\0", ":*",
             "!", "&|", "-a", "'", "<->", "½", "49,", "€", "- -", "-\"\"", "<b>", "1e5", "№ 5", "9" * 100]
)  # fmt: skip
def test_anything_may_be_looked_for(profile, text):
    InteractionFactory(profile=profile)

    assert len(page(profile.customer, UserFactory(), Filters(text=text)).entries) <= 1
    marks(text)


@given(text=st.text(max_size=60))
def test_anything_may_be_marked(text):
    found = marks(text)
    for shown in (text, text.upper(), f"x {text}"):
        if found:
            assert "".join(piece for piece, _hit in found.pieces(shown)) == shown


# counted
def test_what_is_found_is_counted_up_to_a_bound(profile, monkeypatch):
    for channel in ("order", "voice", "voice"):
        InteractionFactory(profile=profile, body="frother", channel=channel)
    InteractionFactory(profile=profile, body="kettle")
    wanted = Filters(text="froth")

    assert count_found([profile.pk], UserFactory(), wanted) == 3
    assert count_found([profile.pk], MarketerFactory(), wanted) == 1
    assert count_found([profile.pk], UserFactory(), Filters(text="froth", channels=("voice",))) == 2
    monkeypatch.setattr("apps.interactions.timeline.FOUND_COUNTED", 1)
    assert count_found([profile.pk], UserFactory(), wanted) == 2  # more than one
    assert FOUND_COUNTED == 200
    with CaptureQueriesContext(connection) as captured:
        count_found([profile.pk], UserFactory.build(), wanted)
    assert len(captured) == 1


# marked
def marked(text, shown):
    found = marks(text)
    return "".join(f"[{piece}]" if hit else piece for piece, hit in found.pieces(shown)) if found else shown


@pytest.mark.parametrize(
    ("text", "shown", "expected"),
    [
        ("fro", "A leaking frother, no rafro", "A leaking [fro]ther, no rafro"),
        ("zoe", "Zoë and ZOÉS", "[Zoë] and [ZOÉ]S"),
        ("strasse", "In der Straße", "In der [Straße]"),
        ("leak fro", "Leaking frother", "[Leak]ing [fro]ther"),
        ('"leaking frother"', "a leaking  frother leaking", "a [leaking  frother] leaking"),
        ("a or b", "a b c", "[a] [b] c"),
        ("fro -leak", "leaking frother", "leaking [fro]ther"),
        ("49,90", "49.90 EUR, 149.90, 49,90", "[49.90] EUR, 149.90, [49,90]"),
        ("1.234,50", "1,234.50\u00a0EUR", "[1,234.50]\u00a0EUR"),
        ("€49", "49.90 EUR", "[49].90 EUR"),
        ("ord000042", "ORD-000042", "[ORD-000042]"),
        ("000042", "ORD-000042", "ORD-[000042]"),
        ("ORD-000042", "ord 000042", "[ord 000042]"),
        ("1z 999 aa1", "1Z999AA10123", "[1Z999AA1]0123"),
        ("42", "ORD-000042 of 421", "ORD-[000042] of [42]1"),
        ("-fro", "frother", "frother"),
        ("()", "(frother)", "(frother)"),
        ("e\u0301te\u0301", "l'été et lete", "l'[été] et lete"),
    ],
)
def test_what_was_looked_for_is_marked(text, shown, expected):
    assert marked(text, shown) == expected


def test_what_is_found_only_behind_the_beginning_of_a_text_is_known():
    found = marks("frother")

    assert found.only_beyond("A kettle", "A kettle and a frother")
    assert not found.only_beyond("A frother", "A frother and a frother")
    assert not found.only_beyond("A kettle", "A kettle and tea")


def test_or_at_the_edges_parts_nothing():
    assert [[term.text for term in way] for way in alternatives("or kettle or or tea or")] == [["kettle"], ["tea"]]
