"""Whether the rows of a file are lines of orders, and how they are put together, is made out from what they say."""

from decimal import Decimal

import pytest

from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.proposal import propose
from tests.channels.toolkit.test_proposed_time import table

WHO = {"customer_no": lambda n: n // 6 + 100, "day": lambda n: f"2024-03-{n // 3 % 28 + 1:02d}"}


def group(name="export", **columns):
    return propose(table(**columns), name).mapping.get("group")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"invoice_no": lambda n: 5000 + n // 3, **WHO, "stock_code": lambda n: f"K{n}",
             "description": lambda n: f"Cup in colour {'abcdefg'[n % 7]}", "quantity": lambda n: n % 5 + 1,
             "unit_price": lambda n: f"{n % 9}.95"},
            {"by": "invoice no", "quantity": "quantity", "price": "unit price",
             "line": "{quantity} \u00d7 {description} · {unit price}"},
        ),
        (
            {"Bestellnr": lambda n: f"B{n // 2}", **WHO, "Artikel": lambda n: f"Kanne {'abcdefg'[n % 7]}",
             "Menge": lambda n: n % 3 + 1, "Einzelpreis": lambda n: f"{n % 9},95"},
            {"by": "Bestellnr", "quantity": "Menge", "price": "Einzelpreis",
             "line": "{Menge} \u00d7 {Artikel} · {Einzelpreis}"},
        ),
        (
            {"Order_ID": lambda n: f"CA-{n // 3}", **WHO, "Product_Name": lambda n: f"Chair {'abcdefg'[n % 7]}",
             "Sales": lambda n: f"{n}.99", "Quantity": lambda n: n % 4 + 1},
            {"by": "Order ID", "amount": "Sales", "line": "{Quantity} \u00d7 {Product Name} · {Sales}"},
        ),
        (
            {"order_id": lambda n: n // 2, "sku": lambda n: f"K-{n}", "price": lambda n: f"{n}.50", **WHO},
            {"by": "order id", "price": "price", "line": "{sku} · {price}"},
        ),
        (
            {"receipt_no": lambda n: n // 3, **WHO, "item": lambda n: f"Tea {'abcdefg'[n % 7]}",
             "qty": lambda n: 1, "total": lambda n: f"{n // 3}.00"},
            {"by": "receipt no", "quantity": "qty", "line": "{qty} \u00d7 {item}"},
        ),
    ],
    ids=["invoices", "German", "sums of lines", "no quantity", "the total in every row"],
)  # fmt: skip
def test_rows_that_share_a_number_and_differ_in_what_was_bought_are_one_order(columns, expected):
    assert group(**columns) == expected


@pytest.mark.parametrize(
    "columns",
    [
        {"order_id": lambda n: n // 2, **WHO, "status": lambda n: ["paid", "shipped"][n % 2]},
        {"order_id": lambda n: n, **WHO, "product": lambda n: f"Tea {'abcdefg'[n % 7]}", "price": lambda n: f"{n}.50"},
        {"invoice_no": lambda n: n // 2, **WHO, "payment_value": lambda n: f"{n}.50", "method": lambda n: "card"},
        {"case_no": lambda n: n // 3, "email": lambda n: f"p{n}@mail.example", "day": lambda n: "2024-03-01",
         "product": lambda n: f"Tea {'ab'[n % 2]}"},
        {"ticket_no": lambda n: n // 2, **WHO, "comment": lambda n: f"Words {'abcdefg'[n % 7]}"},
    ],
    ids=["steps of an order", "one row each", "payments", "of several people", "answers"],
)  # fmt: skip
def test_other_rows_that_share_a_number_stay_rows(columns):
    assert group(**columns) is None


@pytest.mark.parametrize(("letter", "is_series"), [("C", True), ("R", True), ("", False), ("K", False)])
def test_a_small_series_of_numbers_takes_orders_back(letter, is_series):
    number = {"InvoiceNo": lambda n: f"{letter if n // 3 == 4 else ''}{5000 + n // 3}"}
    found = propose(
        table(**number, **WHO, Description=lambda n: f"Cup {'abcdefg'[n % 7]}", Quantity=lambda n: 2,
              UnitPrice=lambda n: "1.50"), "invoices",
    )  # fmt: skip
    assert (found.mapping.get("cancels") == f"starts_with(InvoiceNo, '{letter}')") == is_series
    assert ("cancels" in found.unsure) == is_series
    assert found.mapping["refund"] == "Cancellation or refund {InvoiceNo}"


def test_what_is_proposed_can_be_read():
    rows = table(invoice_no=lambda n: n // 3, **WHO, item=lambda n: f"Tea {'abcdefg'[n % 7]}", qty=lambda n: 2,
                 unit_price=lambda n: "1.50")  # fmt: skip
    compiled = mapping.compile(propose(rows, "orders").mapping)
    assert compiled.missing(rows) == {}
    assert compiled.group.total(compiled.group.together(rows[:3])) == 9


def test_a_price_of_one_piece_is_multiplied_where_each_order_has_one_row():
    rows = table(order_no=lambda n: n, **WHO, item=lambda n: f"Tea {'abcdefg'[n % 7]}", qty=lambda n: 3,
                 unit_price=lambda n: "1.50")  # fmt: skip
    compiled = mapping.compile(propose(rows, "orders").mapping)
    assert compiled.group.total(rows[0]) == Decimal("4.50")


@pytest.mark.parametrize(
    ("price", "is_unsure"),
    [("unit_price", False), ("item-price", True), ("Einzelpreis", False), ("line item price", True)],
)
def test_whether_a_price_is_that_of_one_piece_may_be_unsure(price, is_unsure):
    number = {"amazon-order-id": lambda n: f"114-{n // 2}-7"}
    columns = {**number, **WHO, "sku": lambda n: f"K-{n}", "quantity": lambda n: 2,
               price: lambda n: f"{n}.99"}  # fmt: skip
    found = propose(table(**columns), "orders")
    assert found.mapping["group"]["by"] == "amazon-order-id"
    assert ("group.price" in found.unsure) == is_unsure


@pytest.mark.parametrize(
    ("prices", "decimal", "key"),
    [
        (["1,50", "2,75"], "comma", None),
        (["1.250", "2.500"], "comma", "decimal"),
        (["1,50", "2.75"], None, "group.price"),
        (["1.250", "2.75"], "point", None),
    ],
    ids=["proved", "a guess", "both", "proved beside doubtful ones"],
)
def test_what_divides_the_decimals_of_lines_is_proved_or_called_unsure(prices, decimal, key):
    rows = table(order_no=lambda n: n // 3, **WHO, item=lambda n: f"Tea {'abcdefg'[n % 7]}", qty=lambda n: 2,
                 unit_price=lambda n: prices[n % 2])  # fmt: skip
    found = propose(rows, "orders")
    assert found.mapping.get("decimal") == decimal
    assert {*found.unsure} - {"cancels"} == ({key} if key else set())
