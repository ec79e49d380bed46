"""When something happened is proposed from a column that says it of nearly every row, or it is asked for."""

import pytest

from apps.channels.toolkit.mapping.proposal import as_yaml, propose


def table(count=40, **columns):
    """Rows of columns whose values are made from their number."""
    return [{name.replace("_", " "): str(made(number)) for name, made in columns.items()} for number in range(count)]


ORDERS = {"order_no": lambda n: f"A-{n}", "customer_no": lambda n: n % 7 + 100}


def when(rows, name="orders"):
    return propose(rows, name).mapping.get("when")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("price", lambda n: f"{n % 20}.{n % 60:02d}"),
        ("amount", lambda n: f"{n % 24}.{n % 60:02d}"),
        ("Preis", lambda n: f"{n % 23}.50"),
        ("weight", lambda n: f"1.{n % 60:02d}"),
        ("rabatt", lambda n: f"0.{n % 60:02d}"),
    ],
)
def test_a_number_with_two_decimals_is_no_time_of_day(name, written):
    rows = table(**ORDERS, order_date=lambda n: f"2024-03-{n % 28 + 1:02d}", **{name: written})
    assert when(rows) == "order date"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("time", lambda n: f"{n % 24:02d}.{n % 60:02d}"),
        ("Uhrzeit", lambda n: f"{n % 24:02d}:{n % 60:02d}"),
        ("heure", lambda n: f"{n % 24}h{n % 60:02d}"),
        ("at", lambda n: f"{n % 12 + 1}:{n % 60:02d} PM"),
    ],
)
def test_a_column_of_times_beside_one_of_days_is_one(name, written):
    rows = table(**ORDERS, order_date=lambda n: f"2024-03-{n % 28 + 1:02d}", **{name: written})
    assert when(rows) == f"{{order date}} {{{name}}}"


@pytest.mark.parametrize(
    "deadline",
    ["shipping_limit_date", "order_estimated_delivery_date", "due_date", "expected_at", "reply_deadline", "Frist",
     "date_echeance", "promised_date", "valid_until", "expiry_date"],
)  # fmt: skip
def test_a_deadline_is_not_when_it_happened(deadline):
    day = {deadline: lambda n: f"2024-05-{n % 28 + 1:02d}"}
    asked = propose(table(**ORDERS, **day), "orders")
    assert "when" not in asked.mapping
    assert "deadline" in asked.asks["when"]
    assert when(table(**day, **ORDERS, bought=lambda n: f"2024-03-{n % 28 + 1:02d}")) == "bought"


@pytest.mark.parametrize("share", [2, 5, 10])
def test_a_time_that_few_rows_have_is_asked_for(share):
    rows = table(**ORDERS, cancelled_at=lambda n: "" if n % share else "2024-03-01 10:00")
    asked = propose(rows, "orders")
    assert "when" not in asked.mapping
    assert f"{100 // share} of 100" in asked.asks["when"]
    full = table(**ORDERS, created=lambda n: "2024-03-01 09:00", paid_at=lambda n: "" if n % share else "2024-03-02")
    assert when(full) == "created"


@pytest.mark.parametrize(
    "written", ["Montag um zehn MEZ", "last week", "Q3/24", "vor 3 Tagen", "early in the morning of day 3"]
)
def test_a_time_that_cannot_be_read_is_asked_for_with_an_example(written):
    asked = propose(table(**ORDERS, zeitpunkt=lambda n: written), "orders")
    assert "when" not in asked.mapping
    assert written in asked.asks["when"]
    assert f"# {asked.asks['when']}" not in as_yaml(asked)
    assert "# MISSING when:" in as_yaml(asked)


def test_what_may_be_later_is_called_unsure():
    proposed = propose(table(**ORDERS, shipped_at=lambda n: "2024-03-01 10:00"), "orders")
    assert proposed.mapping["when"] == "shipped at"
    assert "may be later" in proposed.unsure["when"]
    assert "# UNSURE:" in as_yaml(proposed)


@pytest.mark.parametrize("later", ["order_delivered_date", "updated_at", "closed_at", "approved_at", "returned_on"])
def test_the_first_of_several_times_is_when_it_happened(later):
    day = {later: lambda n: "2024-05-02 10:00"}
    assert when(table(**ORDERS, **day, order_purchase_timestamp=lambda n: "2024-05-01 10:00")) == (
        "order purchase timestamp"
    )
