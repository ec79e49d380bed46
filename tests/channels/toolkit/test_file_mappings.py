"""Orders, payments and reviews of one shop have different columns: each file is read by a mapping of its own."""

import pytest

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.mapping import file_mappings

ORDERS = {"who": {"user_id": "customer"}, "channel": "order", "title": "Order {id}", "id": "id"}
PAYMENTS = {"who": {"reference": "order"}, "channel": "payment", "title": "Payment {order}"}
ROWS = [{"id": "1", "customer": "C1", "day": "2026-03-01", "total": "5"}]
OTHER = [{"order": "1", "paid": "5", "method": "card"}]


def kept(settings, name, written, rows=ROWS):
    return {**settings, **file_mappings.kept_for(settings, name, written, rows)}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("orders-2026-11-30.csv", "orders-#.csv"),
        ("Orders 20261130.CSV", "orders #.csv"),
        ("export(3).csv", "export(#).csv"),
        ("payments.csv", "payments.csv"),
        ("2026_03_01.csv", "2026_03_01.csv"),
        ("log.2026-03-01T10.jsonl", "log.#t#.jsonl"),
        ("Umsätze_2026.csv", "umsätze_#.csv"),
    ],
)
def test_files_of_one_kind_have_a_pattern_in_common(name, pattern):
    assert file_mappings.pattern_of(name) == pattern


def test_a_mapping_for_one_file_never_replaces_that_of_another():
    settings = kept({}, "orders.csv", ORDERS)
    settings = kept(settings, "payments-2026-03.csv", PAYMENTS, OTHER)
    assert settings["mapping"] == ORDERS
    assert settings["mappings"] == {"payments-#.csv": PAYMENTS}
    settings = kept(settings, "reviews.csv", {**PAYMENTS, "title": "Review"}, OTHER)
    assert file_mappings.written_for(settings, "payments-2026-04.csv") == PAYMENTS
    assert file_mappings.written_for(settings, "orders.csv") == ORDERS
    changed = kept(settings, "payments-2026-04.csv", {**PAYMENTS, "title": "Paid"}, OTHER)
    assert changed["mappings"]["payments-#.csv"]["title"] == "Paid"
    assert (changed["mapping"], len(changed["mappings"])) == (ORDERS, 2)
    assert kept(changed, "orders.csv", {**ORDERS, "title": "O"})["mapping"]["title"] == "O"


def test_a_mapping_made_on_the_page_stays_as_it_is():
    assert kept({"mapping": ORDERS}, "payments.csv", PAYMENTS)["mapping"] == ORDERS
    assert file_mappings.kept_for({"mapping": ORDERS}, "payments.csv", ORDERS, ROWS) == {}


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("orders.csv", ROWS, True),
        ("orders.csv", OTHER, True),
        ("february.csv", ROWS, True),
        ("february.csv", [{**ROWS[0], "note": "x"}], True),
        ("payments.csv", OTHER, False),
        ("items.csv", [{"id": "1", "customer": "C1", "sku": "K", "price": "2", "count": "1"}], False),
        ("empty.csv", [], True),
    ],
)
def test_the_mapping_for_all_files_is_for_those_with_its_columns(name, rows, expected):
    assert file_mappings.is_for(kept({}, "orders.csv", ORDERS), name, rows) is expected


def test_a_pattern_may_have_wildcards():
    settings = {"mapping": ORDERS, "mappings": {"pay*.csv": PAYMENTS}}
    assert file_mappings.written_for(settings, "PayPal.csv") == PAYMENTS
    assert file_mappings.written_for(settings, "orders.csv") == ORDERS


def test_rows_of_two_files_with_the_same_number_are_two():
    source = SourceFacts(1, "shop", "drop", settings={"mapping": ORDERS, "mappings": {"x.csv": ORDERS}})
    own, other = (file_mappings.compiled_for(source, name) for name in ("orders.csv", "x.csv"))
    assert own.key(ROWS[0]) == "1"
    assert other.key(ROWS[0]) == "x.csv:1"


def test_the_mappings_of_the_other_files_are_those_beside():
    settings = kept(kept({}, "orders.csv", ORDERS), "payments.csv", PAYMENTS, OTHER)
    assert file_mappings.others(settings, "orders.csv") == [PAYMENTS]
    assert file_mappings.others(settings, "payments.csv") == [ORDERS]
    assert file_mappings.others(settings, "new.csv") == [ORDERS, PAYMENTS]


def test_a_file_of_other_columns_that_is_to_be_read_by_the_same_mapping_is_known_from_then_on():
    written = {"who": {"email": "mail"}, "when": "day", "title": "Order", "channel": "order"}
    first = [{"mail": "a@x.example", "day": "2026-03-01", "total": "1"}]
    other = [{"mail": "a@x.example", "day": "2026-03-01", "colour": "red", "size": "4", "sku": "1", "note": "x"}]
    settings = file_mappings.kept_for({}, "orders.csv", written, first)
    assert not file_mappings.knows(settings, "sizes-1.csv", other)
    settings |= file_mappings.kept_for(settings, "sizes-1.csv", written, other)
    assert file_mappings.knows(settings, "sizes-2.csv", other)
    assert "mappings" not in settings
    assert file_mappings.kept_for(settings, "sizes-3.csv", written, other) == {}
