"""When things happened: what is written and cannot be read is quarantined or marked, and never told as now unsaid."""

import io
from datetime import UTC, datetime

import pytest

from apps.channels.connectors.drop import csv_files
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit.tracking.times import occurred_at
from apps.foundation.text.unread import collected
from tests.channels.connectors.idle import ARRIVAL, draft
from tests.channels.samples import asterisk, camt, ofx, shopify, stripe, woocommerce

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NOTHING_READ = "When it happened cannot be read"


def facts(kind, **more):
    return SourceFacts(7, "shop", kind, region="GB", timezone="Europe/Berlin", settings={}, **more)


def of_cloud(time):
    payload = {"specversion": "1.0", "id": "1", "source": "/o", "type": "com.example.order.placed", "time": time,
               "data": {"email": "a@x.example"}}  # fmt: skip
    return CONNECTORS["cloudevents"].normalise(StoredEvent("1", NOW, payload), facts("cloudevents")).touch


@pytest.mark.parametrize(
    "time",
    ["Mon Nov 30 2026 10:00:00 GMT+0100 (CET)", "2026-W49-1T09:00:00Z", "2026-11-30t09:00:00.123456789z",
     1796029200, "30.11.2026 10:00"],
)  # fmt: skip
def test_a_cloud_event_says_when_in_any_spelling(time):
    assert of_cloud(time).occurred_at.replace(microsecond=0) == datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize("time", ["2026-02-30T10:00:00Z", "yesterday", "24/7", "2026-11-30T25:00:00Z", {"a": 1}, 12])
def test_a_cloud_event_with_an_unreadable_time_is_quarantined(time):
    with pytest.raises(Unintelligible, match=NOTHING_READ):
        of_cloud(time)


@pytest.mark.parametrize("time", [None, "", "  "])
def test_a_cloud_event_that_does_not_say_when_is_told_at_its_arrival_and_marked(time):
    with collected() as marks:
        assert of_cloud(time).occurred_at == NOW
    assert marks == [("undated", "", "time")]


def test_a_cloud_event_that_says_when_has_no_mark():
    with collected() as marks:
        of_cloud("2026-11-30T09:00:00Z")
    assert marks == []


@pytest.mark.parametrize(
    ("kind", "place"),
    [("camt", "entry.BookgDt"), ("ofx", "transaction.DTPOSTED"), ("asterisk", "start")],
)
def test_records_that_do_not_say_when_are_marked_alike(kind, place):
    with collected() as marks:
        assert undated(kind).occurred_at == NOW
    assert marks == [("undated", "", place)]


def undated(kind):
    if kind == "camt":
        body = camt.statement(camt.entry("R-1", camt.details(("Anna", camt.ANNA), camt.US)))
        (booked,) = CONNECTORS["camt"].read(io.BytesIO(body), "a.xml", facts("camt"))
        entry = {name: said for name, said in booked.content["entry"].items() if name not in {"BookgDt", "ValDt"}}
        content = {**booked.content, **booked.meta, "entry": entry}
        return CONNECTORS["camt"].normalise(StoredEvent(booked.key, NOW, content), facts("camt")).touch
    if kind == "asterisk":
        (call,) = CONNECTORS["asterisk"].read(io.BytesIO(asterisk.QUEUED), "Master.csv", facts("asterisk"))
        content = {**call.content, "start": ""}
        return CONNECTORS["asterisk"].normalise(StoredEvent(call.key, NOW, content), facts("asterisk")).touch
    statement = ofx.account("78346129", ofx.transaction("PAYMENT", "5.00", "F-1"))
    body = f'<?xml version="1.0"?><OFX><BANKMSGSRSV1>{statement}</BANKMSGSRSV1></OFX>'.encode()
    (event,) = CONNECTORS["ofx"].read(io.BytesIO(body), "a.ofx", facts("ofx"))
    transaction = {**event.content["transaction"], "DTPOSTED": "", "DTUSER": ""}
    return (
        CONNECTORS["ofx"]
        .normalise(StoredEvent(event.key, NOW, {**event.content, "transaction": transaction}), facts("ofx"))
        .touch
    )


# files may be old
def in_camt(old, new):
    body = camt.statement(camt.entry("R-1", camt.details(("Anna", camt.ANNA), camt.US))).replace(old, new)
    (event,) = CONNECTORS["camt"].read(io.BytesIO(body), "a.xml", facts("camt"))
    return (
        CONNECTORS["camt"].normalise(StoredEvent(event.key, NOW, {**event.content, **event.meta}), facts("camt")).touch
    )


@pytest.mark.parametrize("day", [b"2026-02-30", b"soon", b"31.04.2026"])
def test_a_bank_day_that_cannot_be_is_quarantined(day):
    with pytest.raises(Unintelligible, match=NOTHING_READ):
        in_camt(b"<Dt>2026-03-02</Dt>", b"<Dt>" + day + b"</Dt>")


def test_a_bank_day_is_its_noon():
    assert in_camt(b"x", b"x").occurred_at == datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize("posted", ["20260230", "2026133112", "soon"])
def test_an_ofx_day_that_cannot_be_is_quarantined(posted):
    statement = ofx.account("78346129", ofx.transaction("PAYMENT", "5.00", "F-1"))
    body = f'<?xml version="1.0"?><OFX><BANKMSGSRSV1>{statement}</BANKMSGSRSV1></OFX>'.encode()
    (event,) = CONNECTORS["ofx"].read(io.BytesIO(body), "a.ofx", facts("ofx"))
    transaction = {**event.content["transaction"], "DTPOSTED": posted, "DTUSER": ""}
    content = StoredEvent(event.key, NOW, {**event.content, "transaction": transaction})
    with pytest.raises(Unintelligible, match=NOTHING_READ):
        CONNECTORS["ofx"].normalise(content, facts("ofx"))


@pytest.mark.parametrize("start", ["2026-02-30 10:00:00", "10:00", "soon"])
def test_a_call_record_that_does_not_say_when_is_quarantined(start):
    source = facts("asterisk")
    (event,) = CONNECTORS["asterisk"].read(io.BytesIO(asterisk.QUEUED), "Master.csv", source)
    with pytest.raises(Unintelligible, match=NOTHING_READ):
        CONNECTORS["asterisk"].normalise(StoredEvent(event.key, NOW, {**event.content, "start": start}), source)


# who calls us speaks of now
def of_shopify():
    return shopify.call(1, "orders/create", {**shopify.ORDER, "created_at": "2026-02-30", "processed_at": "soon"})


def of_woocommerce():
    return woocommerce.call(1, "order.created", {**woocommerce.ORDER, "date_created_gmt": "soon"})


def of_stripe():
    body = stripe.body_of(stripe.event(1, "charge.succeeded", stripe.CHARGE))
    return stripe.call(_with_time(body))


@pytest.mark.parametrize(
    ("kind", "call"), [("shopify", of_shopify), ("woocommerce", of_woocommerce), ("stripe", of_stripe)]
)
def test_a_webhook_with_an_unreadable_time_is_told_at_its_arrival_and_marked(kind, call):
    with collected() as marks:
        assert draft(kind, call()).touch.occurred_at == ARRIVAL
    assert "date" in {mark.kind for mark in marks}


def _with_time(body):
    return body.replace(f'"created": {stripe.APRIL + 1}', '"created": "soon"').replace(
        f'"created":{stripe.APRIL + 1}', '"created":"soon"'
    )


@pytest.mark.parametrize(
    "event",
    [{"timestamp": "soon"}, {"timestamp": "2026-02-30T10:00:00Z"}, {"timestamp": "2050-01-01T00:00:00Z"},
     {"originalTimestamp": "1970-01-01T00:00:00Z", "sentAt": "2026-12-01T12:00:00Z"}],
)  # fmt: skip
def test_a_tracker_with_an_impossible_clock_is_told_at_its_arrival_and_marked(event):
    with collected() as marks:
        assert occurred_at(event, NOW, "UTC") == NOW
    assert [mark.kind for mark in marks] == ["date"]


# what names a column
@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"name,2025,2026\nAnna,12,14\nBea,7,9\n", ("name", "2025", "2026")),
        (b"Region;01.2026;02.2026\nNord;1,5;2\n", ("Region", "01.2026", "02.2026")),
        (b"product,1999,2000,2001\ntea,,3,4\n", ("product", "1999", "2000", "2001")),
        (b"name,2025\n", ("name", "2025")),
        (b"Anna,2025\nBea,2024\nCem,2025\n", ("column 1", "column 2")),
        (b"2025,2026\n2024,2025\n", ("column 1", "column 2")),
        (b"Anna,12\nBea,14\n", ("column 1", "column 2")),
    ],
)
def test_years_may_name_columns(body, names):
    assert csv_files.sniff(body, whole=True).names == names
