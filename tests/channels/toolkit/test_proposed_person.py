"""Who it was is proposed from what says it of nearly every row; else it is asked for, and guests pause nothing."""

import pytest

from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.proposal import as_yaml, propose
from tests.channels.toolkit.test_proposed_time import table

DAY = {"date": lambda n: f"2024-03-{n % 28 + 1:02d}"}


def some_hex(number):
    return f"{number * 2654435761 % 2**64:016x}{number:016x}"


@pytest.mark.parametrize(
    ("application", "user"),
    [
        (["client_id", "client_name"], "user_id"),
        (["client_id"], "member_id"),
        (["oauth_client_id", "client_name"], "customer_id"),
        (["client_id", "client_name"], "user_email"),
    ],
)
def test_the_program_somebody_signed_in_with_is_no_customer(application, user):
    columns = {name: lambda n: f"web{n % 3}" for name in application}
    own = (lambda n: f"u{n % 20}@mail.example") if "email" in user else (lambda n: f"auth0|{n % 20:08x}")
    found = propose(table(log_id=lambda n: n, **DAY, **columns, **{user: own}), "log").mapping
    assert [*found["who"].values()] == [user.replace("_", " ")]
    assert "traits" not in found


@pytest.mark.parametrize("staff", ["user_id", "user", "member_id"])
def test_a_client_who_differs_more_than_the_user_is_the_customer(staff):
    rows = table(visit_no=lambda n: n, **DAY, client_id=lambda n: 500 + n % 30, **{staff: lambda n: n % 3})
    assert propose(rows, "visits").mapping["who"] == {"user_id": "client id"}


@pytest.mark.parametrize("own", ["customer_unique_id", "user_global_id", "client_unique_no", "member_unique_key"])
def test_the_number_of_the_person_goes_before_that_of_the_order(own):
    bare = own.replace("_unique", "").replace("_global", "").replace("_", " ")
    rows = table(**{bare.replace(" ", "_"): some_hex, own: lambda n: some_hex(n % 9)}, city=lambda n: "Recife")
    assert propose(rows, "customers").mapping["who"] == {"user_id": own.replace("_", " "), "account": bare}


def test_what_is_the_customers_number_in_another_file_is_it_here():
    orders = table(order_id=some_hex, customer_id=some_hex, order_date=lambda n: "2024-03-01")
    customers = {"who": {"user_id": "customer unique id", "account": "customer id"}}
    assert propose(orders, "orders", [customers]).mapping["who"] == {"account": "customer id"}
    assert propose(orders, "orders").mapping["who"] == {"user_id": "customer id"}


def test_orders_read_before_their_customers_are_said_to_stay_apart():
    customers = table(customer_id=some_hex, customer_unique_id=lambda n: some_hex(n % 9), city=lambda n: "Recife")
    late = propose(customers, "customers", [{"who": {"user_id": "customer id"}}])
    assert late.mapping["who"] == {"user_id": "customer id", "account": "customer unique id"}
    assert "Read this file before" in late.unsure["who.user_id"]


@pytest.mark.parametrize(
    "columns",
    [
        {"order_id": lambda n: n, "customer_id": lambda n: n % 9, "placed_on": lambda n: "2024-03-01 10:00"},
        {"Bestellnr": lambda n: n, "Kundennr": lambda n: n % 9, "Datum": lambda n: f"{n % 28 + 1}.03.2024"},
        {"invoice_no": lambda n: n, "email": lambda n: f"p{n}@mail.example", "issued": lambda n: "2024-03-01"},
        {"booking_ref": lambda n: f"B{n}", "guest_id": lambda n: n % 9, "booked_at": lambda n: "2024-03-01"},
        {"pedido_id": lambda n: n, "cliente_id": lambda n: n, "fecha": lambda n: "2024-03-01"},
    ],
)
def test_orders_without_an_amount_are_orders(columns):
    found = propose(table(**columns), "export").mapping
    assert {"title", "when", "id"} <= found.keys()


@pytest.mark.parametrize("share", [3, 5, 10])
def test_who_is_told_by_few_rows_is_asked_for(share):
    rows = table(order_no=lambda n: n, **DAY, email=lambda n: "" if n % share else f"p{n}@mail.example")
    asked = propose(rows, "orders")
    assert "who" not in asked.mapping
    assert "“email”" in asked.asks["who"]
    both = table(order_no=lambda n: n, **DAY, customer_no=lambda n: n % 7 + 1,
                 email=lambda n: "" if n % share else f"p{n}@mail.example")  # fmt: skip
    assert propose(both, "orders").mapping["who"] == {"user_id": "customer no", "email": "email"}


@pytest.mark.parametrize("guest", ["", "nan", "NULL", " ", "None"])
def test_rows_of_guests_are_passed_over(guest):
    rows = table(order_no=lambda n: n, **DAY, customer_no=lambda n: guest if n % 4 == 0 else n % 7 + 1)
    proposed = propose(rows, "orders")
    compiled = mapping.compile(proposed.mapping)
    assert sum(map(compiled.wants, rows)) == 30
    assert "25 of 100" in proposed.why["only"]


def test_of_several_columns_one_is_enough():
    rows = table(call_no=lambda n: n, **DAY, member_no=lambda n: n if n % 2 else "",
                 loyalty_card=lambda n: f"L{n}" if n % 4 == 0 else "")  # fmt: skip
    compiled = mapping.compile(propose(rows, "visits").mapping)
    assert sum(map(compiled.wants, rows)) == 30


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        ({"order_id": some_hex, "payment_value": lambda n: f"{n}.50", "payment_type": lambda n: "card"}, "order id"),
        ({"order_id": some_hex, "score": lambda n: n % 5 + 1, "review": lambda n: "Good value"}, "order id"),
        ({"Bestellnr": lambda n: f"B{n}", "Sendung": lambda n: "unterwegs"}, "Bestellnr"),
        ({"ticket_no": lambda n: n, "csat": lambda n: n % 5 + 1}, "ticket no"),
    ],
)
def test_what_names_only_an_order_belongs_to_whoever_has_it(columns, place):
    orders = {"who": {"user_id": "customer id"}, "reference": "order id"}
    found = propose(table(**columns), "more", [orders])
    assert found.mapping["who"] == {"reference": place}
    assert "when" not in {**found.mapping, **found.asks}
    alone = propose(table(**columns), "more")
    assert "who" not in alone.mapping
    assert place in alone.asks["who"]


@pytest.mark.parametrize(
    ("name", "trait"),
    [("customer_zip_code_prefix", "postcode"), ("zip_prefix", "postcode"), ("billing_post_code", "postcode"),
     ("plz", "postcode"), ("customer_state", "region"), ("customer_city", "city")],
)  # fmt: skip
def test_a_part_of_an_address_is_one(name, trait):
    written = {"postcode": lambda n: 10000 + n, "region": lambda n: "SP", "city": lambda n: "Recife"}[trait]
    found = propose(table(customer_id=lambda n: n, **{name: written}), "customers").mapping
    assert found["traits"] == {trait: name.replace("_", " ")}


@pytest.mark.parametrize("name", ["Message_GUID", "comment_id", "review_uuid", "message_key", "feedback_no"])
def test_an_id_is_nobodys_words(name):
    rows = table(**{name: some_hex}, **DAY, customer_id=lambda n: n % 9, body=lambda n: f"I waited {n} days")
    assert propose(rows, "feedback").mapping["verbatim"] == "body"


@pytest.mark.parametrize("name", ["MessageID", "message_id", "Mail-ID", "delivery_id", "sms_id"])
def test_a_message_that_is_sent_opened_and_clicked_has_no_id_of_its_own(name):
    rows = table(12, **{name.replace("_", "·"): lambda n: f"m-{n}"}, **DAY, email=lambda n: f"p{n % 6}@mail.example",
                 event=lambda n: ["sent", "open", "click"][n % 3])  # fmt: skip
    rows = [{key.replace("·", "_"): said for key, said in row.items()} for row in rows]
    proposed = propose(rows, "mailing")
    assert "id" not in proposed.mapping
    assert "several of each" in proposed.unsure["id"]
    compiled = mapping.compile(proposed.mapping)
    again = {**rows[0], "event": "open"}
    assert compiled.key(again) != compiled.key(rows[0])


def test_a_message_without_events_has_its_id():
    rows = table(12, message_id=lambda n: f"m-{n}", **DAY, email=lambda n: f"p{n % 6}@mail.example")
    assert propose(rows, "messages").mapping["id"] == "message id"


@pytest.mark.parametrize("name", ["review_score", "rating", "Bewertung", "satisfaction"])
def test_a_score_is_one_and_no_words(name):
    rows = table(**{name: lambda n: n % 5 + 1}, order_no=lambda n: n, **DAY, email=lambda n: f"p{n}@mail.example",
                 comment=lambda n: "Came late")  # fmt: skip
    found = propose(rows, "reviews").mapping
    assert (found["channel"], found["score"], found["verbatim"]) == ("survey", name.replace("_", " "), "comment")


@pytest.mark.parametrize(
    ("columns", "own"),
    [
        ({"return_id": lambda n: f"R{n}", "order_id": some_hex, "returned_on": lambda n: "2024-03-01"},
         "{return id} {order id}"),
        ({"order_id": some_hex, "payment_value": lambda n: f"{n}.50"}, None),
        ({"order_id": some_hex, "review_uuid": some_hex, "score": lambda n: n % 5 + 1}, "{review uuid} {order id}"),
    ],
    ids=["returns", "payments", "reviews"],
)  # fmt: skip
def test_much_may_be_said_of_one_order(columns, own):
    orders = {"who": {"user_id": "customer id"}, "reference": "order id"}
    assert propose(table(**columns), "more", [orders]).mapping.get("id") == own


def test_the_price_of_what_was_looked_at_is_nothing_that_was_paid():
    rows = table(event_time=lambda n: f"2024-03-01 10:00:{n:02d}", event_type=lambda n: ["view", "cart"][n % 2],
                 product_id=lambda n: n, price=lambda n: f"{n}.79", user_id=lambda n: n % 8 + 1)  # fmt: skip
    proposed = propose(rows, "events")
    assert "amount" not in proposed.mapping
    assert "# UNSURE amount:" in as_yaml(proposed)


def test_a_stay_that_was_booked_is_no_transaction_of_a_bank():
    rows = table(booking_id=lambda n: f"B{n}", guest_email=lambda n: f"g{n % 9}@mail.example",
                 check_in=lambda n: "2026-12-01", booked_at=lambda n: "2024-05-01 12:00",
                 total_price=lambda n: f"{n}0.00")  # fmt: skip
    found = propose(rows, "hotel").mapping
    assert (found["kind"], found["when"], found["id"]) == ("order", "booked at", "booking id")
