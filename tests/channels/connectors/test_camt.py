"""What becomes of the transactions of camt files. Shapes follow public samples of versions 2, 4 and 8."""

import io
import re
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.channels.contract import Refused, SourceFacts, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.channels.toolkit import xml
from apps.customers.drafts import Handle
from apps.foundation.masking import mask
from tests.channels.samples import camt as sample
from tests.channels.samples.camt import ANNA, BEA, CEM, DANA, DAY, OURS, US, amount, details, entry, statement

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
CAMT = CONNECTORS["camt"]


def facts(**chosen):
    return SourceFacts(1, "bank", "camt", timezone="Europe/Berlin", settings=chosen)


def events(body, **chosen):
    return list(CAMT.read(io.BytesIO(body), "statement.xml", facts(**chosen)))


def drafts(body, **chosen):
    return [
        CAMT.normalise(StoredEvent(one.key, NOW, {**one.content, **one.meta}), facts(**chosen))
        for one in events(body, **chosen)
        if not one.refused
    ]


def one(inner, **chosen):
    (draft,) = drafts(statement(inner), **chosen)
    return draft


def titles(body, **chosen):
    return [draft.touch.title for draft in drafts(body, **chosen)]


# our own account
def test_a_credit_is_a_payment_of_whoever_paid():
    draft = one(entry("REF-1", details(("Anna", ANNA), US, end="ORDER-1043", words="Order 1043"), amount="118.50"))
    assert draft.claim.handles == (Handle("account", ANNA),)
    assert draft.claim.traits == {"name": "Anna"}
    touch = draft.touch
    assert (touch.channel, touch.kind, touch.direction) == ("payment", "payment", "inbound")
    assert touch.title == "Payment received by bank transfer"
    assert (touch.amount, touch.currency) == (Decimal("118.50"), "EUR")
    assert (touch.reference, touch.thread) == ("ORDER-1043", "payment:ORDER-1043")
    assert touch.body == "Order 1043\nFrom Anna NL91 … 4300"
    assert touch.occurred_at == datetime(2026, 3, 2, 11, tzinfo=UTC), "the day it was booked, at noon"


def test_a_day_of_a_company_tells_of_customers_alone():
    assert titles(statement(DAY)) == [
        "Payment received by bank transfer",
        "Payment received by direct debit",
        "Payment received by direct debit",
        "Direct debit returned because the customer wants the money back",
        "We paid by bank transfer",
    ]


def test_each_transaction_of_a_batch_is_an_event_with_its_own_amount():
    batch = details(("Bea", BEA), US, amount=amount("20.00")) + details(("Cem", CEM), US, amount=amount("30.00"))
    read = events(statement(entry("REF-2", batch, amount="50.00")))
    assert [event.key.partition(":")[2] for event in read] == ["REF-2:CRDT:1", "REF-2:CRDT:2"]
    told = drafts(statement(entry("REF-2", batch, amount="50.00")))
    assert [draft.touch.amount for draft in told] == [Decimal("20.00"), Decimal("30.00")]
    assert [draft.claim.traits["name"] for draft in told] == ["Bea", "Cem"]


def test_the_only_transaction_of_an_entry_has_the_amount_of_the_account():
    foreign = '<AmtDtls><InstdAmt><Amt Ccy="SEK">1200</Amt></InstdAmt></AmtDtls>'
    draft = one(entry("REF-1", details(("Anna", ANNA), US, amount=foreign), amount="110.00"))
    assert (draft.touch.amount, draft.touch.currency) == (Decimal("110.00"), "EUR")


def test_a_returned_debit_is_about_the_one_whose_debit_it_was():
    inner = details(("Cem", CEM), US, end="DD-2", more="<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>")
    draft = one(entry("REF-3", inner, way="DBIT", family="IDDT", more="<RvslInd>true</RvslInd>"))
    assert draft.claim.handles == (Handle("account", CEM),)
    assert draft.touch.title == "Direct debit returned because there was not enough money on the account"
    assert draft.touch.thread == "payment:DD-2", "as the debit it undoes"


def test_our_own_account_tells_who_the_customer_is_even_where_a_reversal_is_not_marked():
    draft = one(entry("REF-3", details(("Cem", CEM), US), way="DBIT", family="IDDT"))
    assert draft.claim.handles == (Handle("account", CEM),)


def test_a_reversal_keeps_the_ends_of_what_it_reverses_where_our_own_account_is_not_named():
    elsewhere = ("A Shop GmbH", BEA)
    inner = entry("REF-3", details(("Cem", CEM), elsewhere), way="DBIT", family="IDDT", more="<RvslInd>true</RvslInd>")
    assert one(inner).claim.handles == (Handle("account", CEM),)
    assert one(inner.replace("<RvslInd>true</RvslInd>", "")).claim.handles == (Handle("account", BEA),)


def test_a_payment_of_ours_is_outbound_and_may_be_left_out():
    paid = entry("REF-4", details(US, ("Dana", DANA)), way="DBIT", family="ICDT")
    assert one(paid).touch.direction == "outbound"
    assert one(paid).claim.handles == (Handle("account", DANA),)
    assert drafts(statement(paid), incoming_only=True) == []
    received = entry("REF-1", details(("Anna", ANNA), US))
    assert titles(statement(paid + received), incoming_only=True) == ["Payment received by bank transfer"]


def test_where_only_incoming_payments_are_told_their_return_is_too():
    debit, back = details(("Cem", CEM), US), details(US, ("Dana", DANA))
    returned = entry("REF-3", debit, way="DBIT", family="IDDT", more="<RvslInd>true</RvslInd>")
    came_back = entry("REF-4", back, way="CRDT", family="ICDT", more="<RvslInd>true</RvslInd>")
    assert titles(statement(returned + came_back), incoming_only=True) == ["Direct debit returned"]
    assert titles(statement(returned + came_back)) == ["Direct debit returned", "Our payment came back"]


@pytest.mark.parametrize(
    "inner",
    [
        entry("REF-5", way="DBIT", sub="CHRG"),
        entry("REF-5", details(US, ("Staff", BEA)), way="DBIT", family="ICDT", sub="SALA"),
        entry("REF-5", details(US, ("Staff", BEA), more="<Purp><Cd>SALA</Cd></Purp>"), way="DBIT", family="ICDT"),
        entry("REF-5", details(("Anna", ANNA), US), status="<Cd>PDNG</Cd>"),
        entry("REF-5", details(("Anna", ANNA), US), status="PDNG"),
        entry("REF-5", details(US, US)),
    ],
    ids=["charge", "salary", "salary by purpose", "pending", "pending of version 2", "between our own accounts"],
)
def test_what_is_nobodys_business_is_left_out(inner):
    assert events(statement(inner)) == []


# their bank
def bank(inner):
    (draft,) = drafts(statement(inner, own=ANNA), whose="customer")
    return draft


def test_a_bank_tells_of_the_holder_of_the_account():
    draft = bank(entry("REF-1", details(("Anna", ANNA), ("A Gym", DANA)), way="DBIT", family="RDDT"))
    assert draft.claim.handles == (Handle("account", ANNA),)
    assert (draft.touch.title, draft.touch.direction) == ("Direct debit by A Gym", "inbound")


def test_a_withdrawal_happens_at_a_machine():
    card = (
        "<CardTx><Card><PlainCardData><PAN>4111111111111111</PAN><XpryDt>2031-01</XpryDt></PlainCardData></Card>"
        "<POI><Id><Id>88</Id></Id></POI></CardTx>"
        "<RltdDts><TxDtTm>2026-03-01T22:15:00</TxDtTm></RltdDts>"
    )
    body = statement(entry("REF-1", f"<TxDtls>{card}</TxDtls>", way="DBIT", family="CCRD", sub="CWDL"), own=ANNA)
    (draft,) = drafts(body, whose="customer")
    touch = draft.touch
    assert (touch.channel, touch.kind, touch.title, touch.touchpoint) == (
        "atm", "withdrawal", "Cash withdrawal", "ATM 88"
    )  # fmt: skip
    assert touch.occurred_at == datetime(2026, 3, 1, 21, 15, tzinfo=UTC), "when it was done, in Berlin"
    assert "Card ending 1111" in touch.body
    (event,) = events(body, whose="customer")
    assert "4111111" not in repr(event)
    assert "2031" not in repr(event)


@pytest.mark.parametrize(
    ("way", "family", "sub", "expected"),
    [
        ("DBIT", "CCRD", "POSD", ("payment", "card", "inbound", "Card payment, A Gym")),
        ("CRDT", "CCRD", "POSD", ("payment", "card", "outbound", "Card refund, A Gym")),
        ("CRDT", "CCRD", "CDPT", ("atm", "deposit", "inbound", "Cash paid in")),
        ("DBIT", "CNTR", "CWDL", ("store", "withdrawal", "inbound", "Cash withdrawal")),
        ("DBIT", "ICDT", "ESCT", ("payment", "transfer", "inbound", "Transfer to A Gym")),
        ("CRDT", "RCDT", "ESCT", ("payment", "transfer", "outbound", "Transfer from A Gym")),
        ("DBIT", "MDOP", "CHRG", ("payment", "fee", "outbound", "Bank charge")),
        ("CRDT", "MCOP", "INTR", ("payment", "interest", "outbound", "Interest")),
        ("DBIT", "WHAT", "EVER", ("payment", "payment", "inbound", "Payment to A Gym")),
    ],
    ids=["card", "card refund", "paid in", "counter", "transfer", "received", "charge", "interest", "unknown"],
)
def test_what_a_bank_sees_is_told_in_words(way, family, sub, expected):
    ends = (("Anna", ANNA), ("A Gym", DANA)) if way == "DBIT" else (("A Gym", DANA), ("Anna", ANNA))
    touch = bank(entry("REF-1", details(*ends), way=way, family=family, sub=sub)).touch
    assert (touch.channel, touch.kind, touch.direction, touch.title) == expected


def test_an_account_without_an_iban_means_something_at_its_bank_only():
    inner = entry("REF-1", "<TxDtls/>", family="CCRD", sub="POSD", way="DBIT")
    body = statement(inner).replace(f"<IBAN>{OURS}</IBAN>".encode(), b"<Othr><Id>0012 345</Id></Othr>")
    (draft,) = drafts(body, whose="customer")
    assert draft.claim.handles == (Handle("account", "0012345", "COBADEFF"),)


# versions, namespaces, keys
def test_notifications_of_another_version_with_prefixes_are_read():
    (draft,) = drafts(sample.NOTICE)
    assert (draft.claim.traits["name"], draft.touch.reference) == ("Eve", "ORDER-1044")


def test_the_bare_parties_and_statuses_of_version_2_are_read():
    inner = entry("REF-1", details(("Anna", ANNA), US), status="BOOK").replace("<Pty>", "").replace("</Pty>", "")
    assert one(inner).claim.traits == {"name": "Anna"}


def test_a_report_and_a_statement_of_the_same_day_say_the_same_once():
    inner = entry("REF-1", details(("Anna", ANNA), US))
    (intraday,) = events(statement(inner, message="BkToCstmrAcctRpt", version="camt.052.001.08", part="Rpt"))
    (later,) = events(statement(inner))
    assert (intraday.key, intraday.content) == (later.key, later.content)
    assert (intraday.meta["message"], later.meta["message"]) == ("BkToCstmrAcctRpt", "BkToCstmrStmt")


def test_a_key_names_nobodys_account():
    (event,) = events(statement(entry("REF-1", details(("Anna", ANNA), US))))
    assert OURS not in event.key
    assert event.key.endswith(":REF-1:CRDT")


@pytest.mark.parametrize("reference", ["", "NONREF", "NOTPROVIDED"])
def test_without_a_reference_of_the_bank_the_place_in_the_statement_is_the_key(reference):
    first = entry(reference, details(("Anna", ANNA), US))
    second = first.replace("<NtryRef>1<", "<NtryRef>2<")
    keys = [event.key for event in events(statement(first + second))]
    assert [key.partition(":")[2] for key in keys] == ["STATEMENT-1/1:CRDT", "STATEMENT-1/2:CRDT"]


def test_without_any_reference_the_same_payment_twice_is_two_payments():
    bare = entry("", details(("Anna", ANNA), US)).replace("<NtryRef>1</NtryRef>", "")
    other = bare.replace("10.00", "11.00")
    keys = [event.key for event in events(statement(bare + bare + other))]
    assert len(set(keys)) == 3
    assert keys == [event.key for event in events(statement(bare + bare + other))]


# accounts and masking
def test_an_account_number_is_not_mistaken_for_a_card():
    unlucky = "AT622070400000000545"  # its digits are those of a UnionPay card
    assert mask(unlucky, "IBAN") == unlucky
    assert mask(unlucky, "note") == "AT**************0545"
    assert mask("4111111111111111", "IBAN") == "************1111"


def test_a_card_number_for_an_account_is_masked():
    assert mask("GB004111111111111111", "note") == mask("GB004111111111111111", "IBAN"), "its check digits are wrong"


# broken and hostile files
def test_what_comes_before_a_damage_is_kept():
    whole = statement(DAY)
    read = events(whole[: whole.index(b"REF-4")])
    assert [event.key.partition(":")[2] for event in read[:4]] == [
        "REF-1:CRDT", "REF-2:CRDT:1", "REF-2:CRDT:2", "REF-3:DBIT"
    ]  # fmt: skip
    assert len(read) == 5
    assert read[-1].refused.startswith("statement.xml: It is not well-formed XML from line ")
    assert read[-1].refused.endswith("The 4 transactions before it were read.")


def test_at_whatever_byte_a_file_ends_nothing_before_it_is_lost():
    whole = statement(DAY)
    full = events(whole)
    told = (1, 2, 1, 1, 0, 0, 0)  # events of the day's entries
    ends = [found.end() for found in re.finditer(b"</Ntry>", whole)]
    for end in range(whole.index(b"<Ntry>") + 10, len(whole) - 20, 97):
        read = [event for event in events(whole[:end]) if not event.refused]
        assert read == full[: len(read)]
        assert len(read) >= sum(count for count, stop in zip(told, ends, strict=True) if stop <= end)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not well-formed"),
        (b"hello", "not well-formed"),
        (b"<a/>", "not a camt"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "never read"),
        (b'<!DOCTYPE a SYSTEM "http://attacker.example/a.dtd"><a/>', "never read"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "not a camt"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>', "not a camt"),
        (b"<a>" * 10_000, "nest more than"),
        (b"<a " + b'b="c" ' * 10 + b">", "not well-formed"),
    ],
    ids=["empty", "words", "other XML", "entity", "outside", "unknown encoding", "wrong encoding", "deep", "twice"],
)
def test_what_is_no_camt_file_is_refused_with_a_reason(body, words):
    with pytest.raises(Refused, match=words):
        events(body)


def test_a_bomb_of_entities_inside_a_statement_is_never_unpacked():
    bomb = b'<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(Refused, match="never read"):
        events(statement(DAY).replace(b"<Document", bomb + b"<Document", 1))


def test_a_statement_in_another_encoding_is_read():
    inner = entry("REF-1", details(("Anaïs", ANNA), US))
    body = statement(inner).decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1")
    assert drafts(body)[0].claim.traits == {"name": "Anaïs"}
    assert drafts(statement(inner).decode().replace('encoding="UTF-8"', "").encode("utf-16"))[0].claim.traits == {
        "name": "Anaïs"
    }


def test_an_endless_record_is_cut_off(monkeypatch):
    monkeypatch.setattr(xml, "LARGEST_RECORD", 100_000)
    words = "x" * 300_000
    read = events(
        statement(entry("REF-1", details(("Anna", ANNA), US)) + entry("REF-2", details(("Bea", BEA), US, words=words)))
    )
    assert [bool(event.refused) for event in read] == [False, True]
    assert "more than 100000 bytes" in read[-1].refused


def test_records_that_were_given_out_are_forgotten():
    file = io.BytesIO(b"<a>" + b"<b><c/></b>" * 100 + b"</a>")
    walked = xml.walk(file, lambda name, _path: name == "b")
    (root,) = [element for ended, name, element in walked if ended and name == "a"]
    assert len(root) == 0


def test_a_large_batch_fits_into_little_memory():
    batch = details(("Anna", ANNA), US) * 4000
    body = io.BytesIO(statement(entry("REF-1", batch) + entry("REF-2", details(("Bea", BEA), US)) * 500))
    tracemalloc.start()
    count = sum(1 for _event in CAMT.read(body, "large.xml", facts()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4500
    assert peak < 2_000_000, f"the file has {len(body.getvalue())} bytes"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {},
        {"entry": []},
        {"entry": {"CdtDbtInd": "MAYBE"}},
        {"entry": {"CdtDbtInd": ["CRDT"]}, "details": 7},
    ],
    ids=["null", "list", "text", "empty", "entries", "neither", "numbers"],
)
def test_what_is_no_transaction_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        CAMT.normalise(StoredEvent("k", NOW, payload), facts())
