"""The files of a shop as they come: lines of orders, guests, cancellations, and files that name only the order."""

import csv
import io
import json
from decimal import Decimal

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone
from structlog.testing import capture_logs

from apps.channels.connectors.drop import order_rows
from apps.channels.ingest import process
from apps.channels.ingest.process import process_due
from apps.channels.models import Envelope, Health, HourlyTally, Source
from apps.customers.models import Customer
from apps.interactions.models import Interaction
from tests.channels.shop_files import invoice_lines, marketplace, totals

State = Envelope.State


@pytest.fixture
def write(tmp_path):
    def written(rows, name):
        path = tmp_path / name
        with path.open("w", newline="") as out:
            sheet = csv.DictWriter(out, [*rows[0]])
            sheet.writeheader()
            sheet.writerows(rows)
        return path

    return written


@pytest.fixture
def sync(db):
    """Run the command as somebody who takes what is proposed; its figures."""

    def run(path, *options, source="shop"):
        out = io.StringIO()
        status = 0
        given = () if "--map" in options else ("--yes",)
        try:
            call_command("sync", str(path), "--source", source, "--create", "--json", *given, *options, stdout=out)
        except SystemExit as end:
            status = end.code
        said = out.getvalue()
        return {**json.loads(said[said.index("{\n") :]), "status": status}

    return run


# lines of orders
@pytest.mark.parametrize("in_memory", [5000, 40], ids=["in memory", "on the disk"])
def test_the_lines_of_an_invoice_are_one_entry_and_guests_pause_nothing(sync, write, monkeypatch, in_memory):
    monkeypatch.setattr(order_rows, "IN_MEMORY", in_memory)
    rows = invoice_lines(400)
    expected = totals(rows)
    told = sync(write(rows, "online retail.csv"))
    assert (told["status"], told["quarantined"], told["conflicts"]) == (0, 0, 0)
    assert told["left out"] == sum(not row["CustomerID"] for row in rows) > 50
    found = dict(Interaction.objects.values_list("reference", "amount"))
    assert found == expected
    assert Interaction.objects.filter(kind="refund").count() == sum(number.startswith("C") for number in expected) > 5
    assert Interaction.objects.filter(kind="refund").aggregate(Sum("amount"))["amount__sum"] < 0
    assert Source.objects.get().paused_at is None
    again = sync(write(rows, "online retail.csv"))
    assert (again["interactions"], again["known already"], again["conflicts"]) == (0, len(expected), 0)


def test_identical_lines_are_all_there(sync, write):
    line = {"order_no": "7", "date": "2026-03-01", "customer_no": "C1", "item": "Cup", "qty": "1", "unit_price": "2.50"}
    other = {**line, "order_no": "8", "item": "Jug"}
    sync(write([line, line, {**line, "item": "Jug"}, other, {**other, "item": "Pot"}], "orders.csv"))
    entry = Interaction.objects.get(reference="7")
    assert (entry.amount, entry.body.count("Cup")) == (Decimal("7.50"), 2)


def test_more_lines_of_a_known_order_in_a_later_file_are_kept_aside_and_said(sync, write):
    line = {"order_no": "7", "date": "2026-03-01", "customer_no": "C1", "item": "Cup", "qty": "1", "unit_price": "2.50"}
    sync(write([line, {**line, "item": "Jug"}], "orders.csv"))
    told = sync(write([line, {**line, "item": "Jug"}, {**line, "item": "Pot"}], "orders.csv"))
    assert (told["status"], told["conflicts"], told["interactions"]) == (3, 1, 0)
    assert Interaction.objects.get().amount == Decimal("5.00")
    assert Envelope.objects.conflicting().get().payload["lines"][2]["item"] == "Pot"


# several files
@pytest.mark.parametrize("first", ["customers", "orders"])
def test_every_file_of_a_shop_finds_its_place(sync, write, first):
    files = marketplace(60)
    order = ["customers", "orders", "payments", "items", "reviews"]
    for name in order if first == "customers" else ["orders", "payments", "items", "reviews"]:
        told = sync(write(files[name], f"shop_{name}_dataset.csv"))
        assert (told["status"], told["quarantined"], told["to be tried again"]) == (0, 0, 0)
    people = {row["customer_unique_id"] for row in files["customers"]}
    assert Customer.objects.count() == (len(people) if first == "customers" else len(files["orders"]))
    paid = sum(Decimal(row["payment_value"]) for row in files["payments"])
    assert Interaction.objects.filter(kind="payment").aggregate(Sum("amount"))["amount__sum"] == paid
    prices = sum(Decimal(row["price"]) for row in files["items"])
    assert Interaction.objects.filter(kind="order").aggregate(Sum("amount"))["amount__sum"] == prices
    row = files["reviews"][3]
    review = Interaction.objects.get(kind="survey", reference=row["order_id"])
    bought = Interaction.objects.get(kind="order", amount=None, reference=row["order_id"])
    assert review.profile.customer == bought.profile.customer
    assert review.verbatim == row["review_comment_message"]
    sounds = {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}
    assert review.sentiment == sounds[row["review_score"]]


def test_a_payment_happened_when_its_order_did(sync, write):
    files = marketplace(10)
    sync(write(files["orders"], "orders.csv"))
    sync(write(files["payments"], "payments.csv"))
    for entry in Interaction.objects.filter(kind="payment"):
        assert entry.occurred_at == Interaction.objects.get(kind="order", reference=entry.reference).occurred_at


def test_what_names_an_order_nobody_has_told_waits_for_it(sync, write, tmp_path):
    files = marketplace(20)
    sync(write(files["orders"][:10], "orders.csv"))
    told = sync(write(files["payments"], "payments.csv"))
    known = {row["order_id"] for row in files["orders"][:10]}
    waiting = sum(row["order_id"] not in known for row in files["payments"])
    assert told["to be tried again"] == waiting > 5
    assert told["reasons"] == {
        "It belongs to an order or case that nobody has told yet, or that several customers have.": waiting
    }
    assert Customer.objects.count() == 10
    sync(write(files["orders"], "orders.csv"))
    assert process_due().done == waiting
    assert Interaction.objects.filter(kind="payment").count() == len(files["payments"])


def test_what_waits_in_vain_is_put_off_and_harms_nobody(sync, write):
    files = marketplace(5)
    sync(write(files["orders"], "orders.csv"))
    rows = [{**row, "order_id": f"{row['order_id']}0"} for row in files["payments"]]
    sync(write(rows, "payments.csv"))
    assert process_due() == (0, len(rows))
    waiting = Envelope.objects.waiting()
    assert {(envelope.attempts, envelope.error.partition(":")[0]) for envelope in waiting} == {(1, "Unplaced")}
    assert Source.objects.get().paused_at is None


@pytest.fixture
def waiting(sync, write):
    """Payments of orders nobody has told, the given number of them."""
    files = marketplace(40)
    sync(write(files["orders"], "orders.csv"))

    def waiting(first, last):
        rows = [{**row, "order_id": f"{row['order_id']}0"} for row in files["payments"][first:last]]
        sync(write(rows, f"payments-{first}.csv"))
        return last - first

    return waiting


def test_putting_off_many_takes_as_many_statements_and_words_as_putting_off_one(waiting, django_assert_max_num_queries):
    counts = []
    for first, last in ((0, 1), (1, 31)):
        count = waiting(first, last)
        for _try in ("the first", "again"):
            Envelope.objects.waiting().filter(attempts=0).update(retry_at=timezone.now())
            with django_assert_max_num_queries(30) as captured, capture_logs() as logs:
                assert process_due() == (0, count)
            counts.append(len(captured))
            assert [(line["event"], line["waiting"], line["given_up"]) for line in logs] == [
                ("envelopes.unplaced", count, 0)
            ]
            Envelope.objects.waiting().update(retry_at=timezone.now())
        Envelope.objects.waiting().delete()
    assert counts[:2] == counts[2:]


def test_what_waits_in_vain_is_given_up_after_eight_tries_and_counted(waiting):
    count = waiting(0, 6)
    for _try in range(8):
        assert Envelope.objects.waiting().count() == count
        Envelope.objects.waiting().update(retry_at=timezone.now())
        assert process_due() == (0, count)
    assert Envelope.objects.waiting().count() == 0
    given_up = Envelope.objects.quarantined().values_list("attempts", "error")
    assert {(attempts, error.partition(":")[0]) for attempts, error in given_up} == {(8, "Unplaced")}
    assert HourlyTally.objects.aggregate(Sum("refused")) == {"refused__sum": count}
    assert Health.objects.get().outcomes.count("x") == count


def test_one_that_fails_among_those_that_wait_holds_up_none_of_them(waiting, monkeypatch):
    count = waiting(0, 5)
    process_due()
    bad = Envelope.objects.waiting().first()
    Envelope.objects.waiting().update(retry_at=timezone.now())

    def understand(key, *rest):
        if key == bad.dedupe_key:
            raise ValueError("poisoned")
        return real(key, *rest)

    real = process.understand
    monkeypatch.setattr(process, "understand", understand)
    assert process_due() == (0, count)
    errors = dict(Envelope.objects.waiting().values_list("pk", "error"))
    assert errors.pop(bad.pk) == "ValueError: poisoned"
    assert {error.partition(":")[0] for error in errors.values()} == {"Unplaced"}
    assert set(Envelope.objects.waiting().values_list("attempts", flat=True)) == {2}


def test_an_order_of_several_customers_tells_nobodys_payment(sync, write, tmp_path):
    orders = [{"number": "7", "email": f"{name}@shop.example", "date": "2026-03-01"} for name in ("anna", "ben")]
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump({"who": {"email": "email"}, "when": "date", "channel": "order", "title": "Order",
                                    "reference": "number"}))  # fmt: skip
    sync(write(orders, "orders.csv"), "--map", str(path))
    told = sync(write([{"order_no": "7", "payment_value": "5.00", "method": "card"}], "payments.csv"))
    assert (told["interactions"], told["to be tried again"]) == (0, 1)


def test_the_first_file_that_names_only_orders_asks_for_their_customers(sync, write):
    with pytest.raises(CommandError, match="Read the file that has the customers first"):
        sync(write(marketplace(10)["payments"], "payments.csv"))
    assert Envelope.objects.count() == 0


def test_another_source_may_have_told_the_order(sync, write, tmp_path):
    files = marketplace(10)
    sync(write(files["orders"], "orders.csv"))
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump({"ids_of": "shop", "who": {"reference": "order_id"}, "channel": "payment",
                                    "title": "Paid", "amount": "payment_value"}))  # fmt: skip
    told = sync(write(files["payments"], "payments.csv"), "--map", str(path), source="bank")
    assert told["interactions"] == len(files["payments"])
    assert Customer.objects.count() == 10
    assert {entry.source for entry in Interaction.objects.filter(channel="payment")} == {"bank"}


def test_two_sources_may_have_the_same_numbers_for_their_customers(sync, write, tmp_path):
    mapped = {"who": {"user_id": "member"}, "when": "date", "channel": "web", "title": "Hello"}
    rows = [{"member": "M1", "date": "2026-03-01"}]
    for source, more in (("club", {}), ("app", {"ids_of": "club"}), ("other", {})):
        path = tmp_path / f"{source}.yaml"
        path.write_text(yaml.safe_dump(mapped | more))
        sync(write(rows, "rows.csv"), "--map", str(path), source=source)
    assert Customer.objects.count() == 2


def test_a_map_for_one_file_leaves_the_others_alone(sync, write, tmp_path):
    files = marketplace(10)
    sync(write(files["orders"], "orders.csv"))
    before = Source.objects.get().settings["mapping"]
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump({"who": {"reference": "order_id"}, "channel": "note", "title": "Mine"}))
    sync(write(files["payments"], "payments.csv"), "--map", str(path))
    settings = Source.objects.get().settings
    assert settings["mapping"] == before
    assert [*settings["mappings"]] == ["payments.csv"]
    assert sync(write(files["orders"], "orders.csv"))["known already"] == 10
    assert Interaction.objects.filter(title="Mine").count() == len(files["payments"])


def test_without_a_time_that_can_be_read_nothing_is_told_as_of_now(sync, write):
    rows = [{"order_no": n, "email": f"p{n}@shop.example", "tag": "Montag um zehn MEZ"} for n in range(30)]
    with pytest.raises(CommandError, match="No column says when it happened"):
        sync(write(rows, "orders.csv"))
    assert Interaction.objects.count() == 0


def test_rows_inside_of_an_answer_are_found_by_the_mapping_given(sync, tmp_path):
    path, mapped = tmp_path / "answer.json", tmp_path / "map.yaml"
    path.write_text(
        json.dumps({"id": 1, "shop": {"orders": [{"no": 1, "mail": "a@shop.example", "day": "2026-03-01"}]}})
    )
    mapped.write_text(yaml.safe_dump({"items": "shop.orders", "who": {"email": "mail"}, "when": "day",
                                      "channel": "order", "title": "Order {no}", "id": "no"}))  # fmt: skip
    assert sync(path, "--map", str(mapped))["interactions"] == 1
    assert sync(path)["known already"] == 1


def test_a_file_of_guests_only_says_that_nothing_was_read(sync, write):
    rows = [{"order_no": n, "date": "2026-03-01", "customer_no": f"C{n % 5}" if n < 40 else ""} for n in range(60)]
    sync(write(rows, "orders.csv"))
    told = sync(write([{**row, "customer_no": ""} for row in rows], "orders.csv"))
    assert (told["status"], told["left out"], told["rows"]) == (3, 60, 0)
