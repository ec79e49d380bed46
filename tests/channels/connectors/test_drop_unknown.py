"""A file whose columns nobody has explained is not read by a guess: it waits, and is read once somebody has."""

import gzip
import json
import os
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.channels.actions import change_source, create_source, issue_key
from apps.channels.models import Envelope, Source, SyncState
from apps.channels.sync.run import sync
from apps.interactions.models import Interaction

pytestmark = pytest.mark.django_db
ORDERS = {
    "who": {"email": "mail"}, "when": "day", "channel": "order", "kind": "order", "title": "Order {order}",
    "id": "order", "reference": "order", "amount": "total",
}  # fmt: skip
INVOICES = {
    "who": {"user_id": "debtor"}, "when": "issued", "channel": "payment", "kind": "payment", "title": "Invoice {no}",
    "group": {"by": "no", "amount": "net"}, "reference": "no",
}  # fmt: skip
ORDER_ROWS = "order,mail,day,total\n1,ada@shop.example,2026-03-01,5.00\n2,ben@shop.example,2026-03-02,6.00\n"
INVOICE_ROWS = (
    "no,debtor,issued,net\n7,D1,2026-03-01,5.00\n7,D1,2026-03-01,5.00\n7,D1,2026-03-01,2.50\n8,D2,2026-03-02,6.00\n"
)
TOLD = [("7", Decimal("12.50")), ("8", Decimal("6.00"))]


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_ROOTS = [tmp_path]
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def connected(folder, **settings):
    return create_source(actor=None, slug="shop", name="Shop", kind="drop", folder=str(folder), quiet=0, **settings)


@pytest.fixture
def shop(folder):
    return connected(folder, mapping=ORDERS)


def look(process_all):
    """Everything that the schedule does, once."""
    for stream in SyncState.objects.order_by("stream"):
        sync(stream.pk)
    for stream in SyncState.objects.exclude(stream=""):
        sync(stream.pk)
    process_all()


def cursor():
    return SyncState.objects.get(stream="files").cursor


def explain(name, mapped):
    change_source(actor=None, source=Source.objects.get(), settings={"mappings": {name: mapped}})


def paid():
    found = Interaction.objects.filter(kind="payment").order_by("reference")
    return list(found.values_list("reference", "amount"))


def test_a_file_of_other_columns_waits_and_the_others_are_read(shop, folder, process_all):
    (folder / "orders.csv").write_text(ORDER_ROWS)
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    look(process_all)
    assert Interaction.objects.count() == 2
    assert set(Envelope.objects.values_list("state", flat=True)) == {Envelope.State.DONE}
    assert cursor()["waiting"] == {"files": {"invoices.csv": ["no", "debtor", "issued", "net"]}, "count": 1}


def test_once_its_mapping_is_saved_it_is_read_as_a_whole_and_nothing_is_lost(shop, folder, process_all):
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    look(process_all)
    explain("invoices.csv", INVOICES)
    assert SyncState.objects.get(stream="files").next_at <= timezone.now()
    look(process_all)
    assert paid() == TOLD
    assert "waiting" not in cursor()
    look(process_all)
    assert paid() == TOLD


def test_it_waits_on_while_something_else_is_said(shop, folder, process_all):
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    look(process_all)
    explain("returns.csv", INVOICES)
    look(process_all)
    assert cursor()["waiting"]["count"] == 1
    assert Envelope.objects.count() == 0


def test_a_mapping_that_cannot_say_who_or_when_is_not_for_it(shop, folder, process_all):
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    explain("invoices.csv", {**INVOICES, "when": "booked"})
    look(process_all)
    assert (cursor()["waiting"]["count"], Envelope.objects.count()) == (1, 0)


def test_a_file_that_waits_is_not_opened_again_until_then(shop, folder, process_all, monkeypatch):
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    look(process_all)
    (folder / "invoices.csv").chmod(0o000)
    opened = []
    monkeypatch.setattr(
        "apps.channels.toolkit.files.places.os.open", lambda *a, **k: opened.append(a[0]) or _open(*a, **k)
    )
    look(process_all)
    assert "invoices.csv" not in opened


_open = os.open


def test_one_that_changes_meanwhile_still_waits_and_one_that_is_gone_is_forgotten(shop, folder, process_all):
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    look(process_all)
    (folder / "invoices.csv").write_text(INVOICE_ROWS + "9,D3,2026-03-03,1.00\n")
    look(process_all)
    assert cursor()["waiting"]["count"] == 1
    (folder / "invoices.csv").unlink()
    (folder / "orders.csv").write_text(ORDER_ROWS)
    look(process_all)
    assert "waiting" not in cursor()


def test_the_same_name_with_other_columns_waits_too(folder, process_all):
    connected(folder, mapping=ORDERS, mapping_file={"name": "export.csv", "columns": ["order", "mail", "day", "total"]})
    (folder / "export.csv").write_text(INVOICE_ROWS)
    look(process_all)
    assert cursor()["waiting"]["files"] == {"export.csv": ["no", "debtor", "issued", "net"]}


def test_more_columns_than_before_are_no_other_file(shop, folder, process_all):
    (folder / "orders-2.csv").write_text("order,mail,day,total,coupon\n3,cid@shop.example,2026-03-01,5.00,X\n")
    look(process_all)
    assert ("waiting" in cursor(), Interaction.objects.count()) == (False, 1)


@pytest.mark.parametrize("name", ["invoices.json", "invoices.jsonl", "invoices.csv.gz"])
def test_whatever_form_it_has_it_waits_and_is_read(shop, folder, process_all, name):
    rows = [
        dict(zip(("no", "debtor", "issued", "net"), line.split(","), strict=True)) for line in INVOICE_ROWS.split()[1:]
    ]
    body = {
        "invoices.json": json.dumps(rows).encode(),
        "invoices.jsonl": "\n".join(map(json.dumps, rows)).encode(),
        "invoices.csv.gz": gzip.compress(INVOICE_ROWS.encode()),
    }[name]
    (folder / name).write_bytes(body)
    look(process_all)
    assert (cursor()["waiting"]["count"], Envelope.objects.count()) == (1, 0)
    explain(name.removesuffix(".gz"), INVOICES)
    look(process_all)
    assert paid() == TOLD


def test_without_any_mapping_every_file_waits_so_that_orders_of_several_rows_are_one(folder, process_all):
    connected(folder)
    (folder / "invoices.csv").write_text(INVOICE_ROWS)
    look(process_all)
    assert (cursor()["waiting"]["count"], Envelope.objects.count()) == (1, 0)
    change_source(actor=None, source=Source.objects.get(), settings={"mapping": INVOICES})
    look(process_all)
    assert paid() == TOLD


def test_of_many_files_that_wait_a_few_are_named_and_all_are_counted(shop, folder, process_all):
    for number in range(60):
        (folder / f"invoices-{number}.csv").write_text(INVOICE_ROWS)
    look(process_all)
    assert (len(cursor()["waiting"]["files"]), cursor()["waiting"]["count"]) == (40, 60)


@pytest.mark.parametrize("name", ["empty.csv", "head.csv"])
def test_a_file_without_rows_does_not_wait(shop, folder, process_all, name):
    (folder / name).write_text("" if name == "empty.csv" else "no,debtor\n")
    look(process_all)
    assert "waiting" not in cursor()


# posted
@pytest.fixture
def post(shop, client):
    key = issue_key(actor=None, source=shop)

    def posted(name, body):
        return client.post(
            f"/in/shop/{name}", body, content_type="text/csv", headers={"Authorization": f"Bearer {key}"}
        )

    return posted


def test_a_posted_file_of_other_columns_is_kept_whole_and_read_once_it_is_explained(post, process_all):
    assert post("invoices.csv", INVOICE_ROWS).status_code == 200
    assert post("invoices.csv", INVOICE_ROWS).status_code == 200
    kept = Envelope.objects.get()
    assert (kept.state, kept.error) == (Envelope.State.QUARANTINED, "invoices.csv has columns no mapping knows.")
    assert len(kept.payload["_rows"]) == 4
    process_all()
    assert Source.objects.get().paused_at is None
    explain("invoices.csv", INVOICES)
    process_all()
    assert paid() == TOLD
    assert not Envelope.objects.exclude(state=Envelope.State.DONE).exists()


def test_a_posted_file_that_is_explained_wrongly_is_kept_on(post, process_all):
    post("invoices.csv", INVOICE_ROWS)
    explain("invoices.csv", {**INVOICES, "when": "booked"})
    process_all()
    assert (Envelope.objects.get().state, Interaction.objects.count()) == (Envelope.State.QUARANTINED, 0)
    explain("invoices.csv", INVOICES)
    process_all()
    assert paid() == TOLD


def test_a_posted_file_that_is_known_is_read_at_once(post, process_all):
    post("orders.csv", ORDER_ROWS)
    process_all()
    assert Interaction.objects.count() == 2
