"""A shop's own PostgreSQL, read by `pipelinewise-tap-postgres` as it comes from the package registry."""

import os
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as installation
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier

from apps.channels.actions import backfill, create_source
from apps.channels.contract import Unavailable
from apps.channels.facts import opened
from apps.channels.models import Envelope, SyncRun
from apps.channels.registry import puller
from apps.channels.sync.run import sync
from apps.customers.models import SourceProfile
from apps.interactions.models import Interaction

pytestmark = pytest.mark.django_db
TAP = "tap-postgres"
SHOP = f"klatsch_shop_{os.getpid()}"
TABLES = """
    CREATE TABLE customers (
        id serial PRIMARY KEY, email text, phone text, first_name text, last_name text, city text,
        updated_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE orders (
        id serial PRIMARY KEY, customer_id int NOT NULL, order_number text NOT NULL, status text NOT NULL,
        total numeric(10,2), currency text, note text, updated_at timestamptz NOT NULL);
    CREATE TABLE warehouse_shelves (id serial PRIMARY KEY, label text);
    INSERT INTO customers (email, phone, first_name, last_name, city) VALUES
        ('anna@shop.example', '+44 20 7946 0101', 'Anna', 'Berg', 'Leeds'),
        ('ben@shop.example', NULL, 'Ben', NULL, NULL);
    INSERT INTO orders (customer_id, order_number, status, total, currency, note, updated_at) VALUES
        (1, 'S-1001', 'paid', 49.90, 'GBP', 'Leave it at the door.', '2026-03-02 10:00+00'),
        (2, 'S-1002', 'paid', 15.00, 'GBP', NULL, '2026-03-02 11:00+00'),
        (1, 'S-1003', 'cart', NULL, NULL, NULL, '2026-03-02 12:00+00');
    INSERT INTO warehouse_shelves (label) VALUES ('A1');
"""


@pytest.fixture(scope="session")
def taps():
    """The tap, installed once for the data directory."""
    home = Path(installation.DATA_DIR) / "test-taps"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installation, "TAPS_DIR", home)
        if not (home / TAP / "bin" / TAP).exists():
            call_command("install_tap", f"pipelinewise-{TAP}", verbosity=0)
    return home


@pytest.fixture
def shop_database(db):
    """Another company's database on the same server. Gives what runs a statement there."""
    named = connection.get_connection_params()
    address = {name: named[name] for name in ("user", "password", "host", "port") if named.get(name)}
    with psycopg.connect(**address, dbname=named["dbname"], autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(SHOP)))
        try:
            with psycopg.connect(**address, dbname=SHOP, autocommit=True) as shop:
                shop.execute(TABLES)
                yield shop
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(SHOP)))


@pytest.fixture
def config(shop_database):
    info = shop_database.info
    return {"host": info.host, "port": info.port, "user": info.user, "dbname": SHOP, "filter_schemas": "public"}


@pytest.fixture
def source(config, taps, settings):
    settings.TAPS_DIR = taps
    return create_source(
        actor=None, slug="shop-db", name="Shop database", kind="singer", tap=TAP, config=config,
        secrets='{"password": "a-password-of-the-shop"}', tables={}, mappings={},
    )  # fmt: skip


def read(source, process_all):
    """Every stream once, as beat would have it. The fresh events of each."""
    sync(source.streams.get(stream="").pk)
    runs = {state.stream: sync(state.pk) for state in source.streams.exclude(stream="").order_by("stream")}
    assert {run.state for run in runs.values()} == {SyncRun.State.DONE}, {name: run.error for name, run in runs.items()}
    process_all()
    assert not Envelope.objects.quarantined().exists()
    return {name: run.fresh for name, run in runs.items()}


def story():
    """Everybody's story, by their e-mail address."""
    rows = Interaction.objects.order_by("occurred_at", "id").select_related("profile__customer")
    found = {}
    for row in rows:
        who = row.profile.customer.profiles.filter(evidence__identifier__type="email").first()
        name = who.evidence.get(identifier__type="email").identifier.value if who else ""
        found.setdefault(name, []).append(row.title)
    return found


def test_its_tables_are_found_and_told_with_how_they_are_read(source):
    said = puller("singer").check(opened(source))
    assert said == (
        "3 tables found; read: public-customers (what is new by updated_at), public-orders (what is new by updated_at)."
    )


def test_rows_reach_the_right_customers_and_changes_follow(source, shop_database, process_all):
    assert read(source, process_all) == {"public-customers": 2, "public-orders": 3}
    assert story() == {
        "anna@shop.example": ["Order S-1001 · paid", "Order S-1003 · cart"],
        "ben@shop.example": ["Order S-1002 · paid"],
    }
    first = Interaction.objects.get(reference="S-1001")
    assert (first.channel, first.kind, first.amount, first.currency) == ("order", "order", Decimal("49.90"), "GBP")
    assert (first.body, first.thread) == ("Leave it at the door.", "order:S-1001")
    assert first.occurred_at.isoformat() == "2026-03-02T10:00:00+00:00"
    anna = SourceProfile.objects.get(external_id="user:1").customer
    assert (anna.name, anna.city) == ("Anna Berg", "Leeds")

    again = read(source, process_all)  # the row at the boundary comes again and is known
    assert again == {"public-customers": 0, "public-orders": 0}
    shop_database.execute("UPDATE orders SET status = 'shipped', updated_at = '2026-03-03 09:00+00' WHERE id = 1")
    shop_database.execute("UPDATE orders SET updated_at = '2026-03-03 09:30+00' WHERE id = 2")  # tells nothing new
    shop_database.execute(
        "INSERT INTO orders (customer_id, order_number, status, total, currency, updated_at)"
        " VALUES (2, 'S-1004', 'paid', 7, 'GBP', '2026-03-03 10:00+00')"
    )
    assert read(source, process_all)["public-orders"] == 3
    assert story() == {
        "anna@shop.example": ["Order S-1001 · paid", "Order S-1003 · cart", "Order S-1001 · shipped"],
        "ben@shop.example": ["Order S-1002 · paid", "Order S-1004 · paid"],
    }
    assert Interaction.objects.count() == 5


def test_only_what_is_new_is_asked_for(source, shop_database, process_all):
    read(source, process_all)
    read(source, process_all)
    assert SyncRun.objects.filter(stream="public-orders").latest("pk").events == 1  # the boundary, of three rows
    state = source.streams.get(stream="public-orders").cursor["state"]
    assert state["bookmarks"]["public-orders"]["replication_key_value"].startswith("2026-03-02T12:00:00")


def test_a_table_can_be_read_whole_every_time(source, shop_database, process_all):
    source.settings["tables"] = {"public-orders": "all"}
    source.save()
    assert read(source, process_all) == {"public-orders": 3}
    shop_database.execute("UPDATE orders SET status = 'cancelled' WHERE id = 3")  # and updated_at stays
    shop_database.execute("DELETE FROM orders WHERE id = 2")
    assert read(source, process_all) == {"public-orders": 1}
    assert SyncRun.objects.filter(stream="public-orders").latest("pk").events == 2
    titles = sorted(Interaction.objects.values_list("title", flat=True))
    assert titles == ["Order S-1001 · paid", "Order S-1002 · paid", "Order S-1003 · cancelled", "Order S-1003 · cart"]


def test_a_mapping_goes_before_the_guess(source, process_all):
    source.settings["tables"] = {"public-orders": "updated_at"}
    source.settings["mappings"] = {
        "public-orders": {
            "who": {"user_id": "customer_id"},
            "when": "updated_at",
            "channel": "payment",
            "title": "Bill over {total} {currency}",
            "amount": "total",
        }
    }
    source.save()
    read(source, process_all)
    titles = set(Interaction.objects.filter(channel="payment").values_list("title", flat=True))
    assert titles == {"Bill over 49.9 GBP", "Bill over 15 GBP", "Untitled"}


def test_2000_rows_come_in_pages_and_a_backfill_finds_nothing_else(source, shop_database, process_all):
    shop_database.execute(
        "INSERT INTO orders (customer_id, order_number, status, updated_at)"
        " SELECT 1 + n % 2, 'T-' || n, 'paid', timestamptz '2026-03-04' + n * interval '1 minute'"
        " FROM generate_series(1, 2000) n"
    )
    source.settings["tables"] = {"public-orders": ""}
    source.save()
    assert read(source, process_all) == {"public-orders": 2003}
    assert SyncRun.objects.filter(stream="public-orders").latest("pk").pages >= 5
    backfill(actor=None, source=source, since=source.created_at.replace(year=2020))
    sync(source.streams.get(stream="public-orders").pk)
    older = SyncRun.objects.get(kind=SyncRun.Kind.BACKFILL)
    assert (older.state, older.events, older.fresh) == (SyncRun.State.DONE, 2003, 0)
    assert Interaction.objects.count() == 2003


def test_what_goes_wrong_is_told_in_the_taps_own_words_without_the_password(source, config):
    source.settings["config"] = {**config, "dbname": "no_such_shop", "user": "postgres"}
    source.save()
    with pytest.raises(Unavailable, match='database "no_such_shop" does not exist') as told:
        puller("singer").check(opened(source))
    assert "a-password-of-the-shop" not in str(told.value)
    sync(source.streams.get(stream="").pk)
    assert "no_such_shop" in source.streams.get(stream="").error
