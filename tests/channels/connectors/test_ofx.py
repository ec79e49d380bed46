"""What becomes of the transactions of OFX files: as SGML, as XML, and as ofxtools writes them."""

import io
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ofxtools.header import make_header
from ofxtools.models import BANKACCTFROM, BANKTRANLIST, LEDGERBAL, STATUS, STMTRS, STMTTRN, STMTTRNRS

from apps.channels.connectors.ofx import clocks, sgml
from apps.channels.contract import Refused, SourceFacts, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle
from apps.foundation.text.unread import Mark, collected
from tests.channels.samples import ofx as sample
from tests.channels.samples.ofx import account, transaction

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
OFX = CONNECTORS["ofx"]
HOLDER = Handle("account", "1081437V026", "20041")


def facts(**chosen):
    return SourceFacts(1, "bank", "ofx", timezone="Europe/Paris", settings=chosen)


def events(body, **chosen):
    return list(OFX.read(io.BytesIO(body), "statement.ofx", facts(**chosen)))


def understood(event, **chosen):
    return OFX.normalise(StoredEvent(event.key, NOW, {**event.content, **event.meta}), facts(**chosen))


def drafts(body, **chosen):
    return [understood(event, **chosen) for event in events(body, **chosen) if not event.refused]


def xml(inner, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f"{head}<OFX><BANKMSGSRSV1>{inner}</BANKMSGSRSV1></OFX>".encode()


def touch(kind, amount, more="", **chosen):
    (draft,) = drafts(xml(account("78346129", transaction(kind, amount, "F-1", more))), **chosen)
    return draft.touch


def test_sgml_without_end_tags_is_read():
    withdrawal, card, deposit = drafts(sample.SGML)
    assert [draft.claim.handles for draft in (withdrawal, card, deposit)] == [(HOLDER,)] * 3
    told = withdrawal.touch
    assert (told.channel, told.title, told.touchpoint) == ("atm", "Cash withdrawal", "RETRAIT GARE DU NORD")
    assert (told.amount, told.currency, told.direction) == (Decimal("20.00"), "EUR", "inbound")
    assert told.occurred_at == datetime(2026, 3, 2, 11, tzinfo=UTC), "the day, at noon in Paris"
    assert (card.touch.title, card.touch.body) == (
        "Card payment, CAFÉ DU SUD", "CAFÉ DU SUD\nACHAT XXXX4242\nCard ending 4242"
    )  # fmt: skip
    assert (deposit.touch.title, deposit.touch.direction) == ("Direct deposit, VIREMENT", "outbound")


def test_what_is_only_reserved_waits_until_it_is_booked():
    assert len(events(sample.SGML)) == sample.SGML.count(b"<STMTTRN>") - 1


def test_accounts_of_one_file_are_told_apart():
    cheque, transfer, fee = drafts(sample.XML)
    assert cheque.claim.handles == (Handle("account", "78346129", "318398732"),)
    assert transfer.claim.handles == fee.claim.handles == (Handle("account", "78346130", "318398732"),)
    assert cheque.touch.external_id != transfer.touch.external_id, "both have the same FITID"
    assert (cheque.touch.title, cheque.touch.reference) == ("Cheque", "2002")
    assert transfer.touch.title == "Transfer, Marks & Sons"
    assert transfer.touch.occurred_at == datetime(2026, 1, 12, 15, 15, 30, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("POS", "-12.00", ("payment", "card", "inbound", "Card payment, A Gym")),
        ("POS", "12.00", ("payment", "card", "outbound", "Card refund, A Gym")),
        ("ATM", "50.00", ("atm", "deposit", "inbound", "Cash paid in")),
        ("CASH", "-50.00", ("store", "withdrawal", "inbound", "Cash withdrawal")),
        ("DIRECTDEBIT", "-30.00", ("payment", "payment", "inbound", "Direct debit, A Gym")),
        ("REPEATPMT", "-30.00", ("payment", "payment", "inbound", "Standing order, A Gym")),
        ("SRVCHG", "-3.00", ("payment", "fee", "outbound", "Bank charge")),
        ("INT", "1.05", ("payment", "interest", "outbound", "Interest")),
        ("XFER", "30.00", ("payment", "transfer", "outbound", "Transfer received, A Gym")),
        ("WHATEVER", "-1", ("payment", "payment", "inbound", "Payment, A Gym")),
    ],
)
def test_each_type_is_told_in_words(kind, amount, expected):
    told = touch(kind, amount, "<NAME>A Gym</NAME>")
    assert (told.channel, told.kind, told.direction, told.title) == expected


def test_on_our_own_account_the_customer_is_the_other_account():
    other = "<NAME>Dana</NAME><BANKACCTTO><BANKID>9</BANKID><ACCTID>GB29 NWBK 6016 1331 9268 19</ACCTID></BANKACCTTO>"
    body = xml(account("1", transaction("CREDIT", "30.00", "F-1", other) + transaction("FEE", "-3", "F-2")))
    (draft,) = drafts(body, whose="company")
    assert draft.claim.handles == (Handle("account", "GB29NWBK60161331926819"),)
    assert (draft.claim.traits, draft.touch.title) == ({"name": "Dana"}, "Payment received by bank transfer")
    paid = xml(account("1", transaction("DEBIT", "-30.00", "F-1", other)))
    assert drafts(paid, whose="company")[0].touch.direction == "outbound"
    assert drafts(paid, whose="company", incoming_only=True) == []


def test_a_statement_of_a_payment_card_is_nobodys_and_said_once():
    number = "<CURDEF>EUR<CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM>"
    rows = "<STMTTRN><TRNTYPE>POS<DTPOSTED>20260302<TRNAMT>-1<FITID>1</STMTTRN>" * 3
    (event,) = events(f"<OFX><CCSTMTRS>{number}<BANKTRANLIST>{rows}</BANKTRANLIST></CCSTMTRS></OFX>".encode())
    assert "payment card 1111" in event.refused
    assert "41111111" not in repr(event)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("20260301", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        ("20260301000000", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        ("20260301101530", datetime(2026, 3, 1, 9, 15, 30, tzinfo=UTC)),
        ("20260301101530.000[-5:EST]", datetime(2026, 3, 1, 15, 15, 30, tzinfo=UTC)),
        ("20260301000000.000[-5:EST]", datetime(2026, 3, 1, 17, tzinfo=UTC)),
        ("20260301101530.000[-:EST]", datetime(2026, 3, 1, 15, 15, 30, tzinfo=UTC)),
        ("20260301[0:GMT]", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("20260301101530 [-5:EST]", datetime(2026, 3, 1, 15, 15, 30, tzinfo=UTC)),
        ("20260301101530.000 [-03:BRT]", datetime(2026, 3, 1, 13, 15, 30, tzinfo=UTC)),
        ("20260301101530[+5.30:IST]", datetime(2026, 3, 1, 4, 45, 30, tzinfo=UTC)),
        ("20260301101530[5.75:NPT]", datetime(2026, 3, 1, 4, 30, 30, tzinfo=UTC)),
        ("20260301101530.000[-5:EST", datetime(2026, 3, 1, 15, 15, 30, tzinfo=UTC)),
        ("20260301101530[EDT]", datetime(2026, 3, 1, 14, 15, 30, tzinfo=UTC)),
        ("2026-03-01 10:15:30", datetime(2026, 3, 1, 9, 15, 30, tzinfo=UTC)),
        ("20260301T1015Z", datetime(2026, 3, 1, 10, 15, tzinfo=UTC)),
        ("20260301240000", datetime(2026, 3, 1, 23, tzinfo=UTC)),
        ("20260301101560", datetime(2026, 3, 1, 9, 15, 59, tzinfo=UTC)),
        ("99991231", NOW),
        ("", NOW),
    ],
)
def test_days_and_times_are_read_as_banks_write_them(said, expected):
    body = xml(account("1", transaction("ATM", "-1", "F-1"))).replace(b"20260112101530.123[-5:EST]", said.encode())
    assert drafts(body)[0].touch.occurred_at == expected


@pytest.mark.parametrize("said", ["20260230", "yesterday", "2026.3.1"])
def test_a_date_that_cannot_be_read_leaves_a_mark(said):
    body = xml(account("1", transaction("ATM", "-1", "F-1"))).replace(b"20260112101530.123[-5:EST]", said.encode())
    with collected() as marks, pytest.raises(Unintelligible, match="cannot be read"):
        drafts(body)
    assert Mark("date", said) in marks


@given(st.text("0123456789-:.[]+ZTES ", max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_date_is_read_or_none(said):
    found = clocks.instant_of(said, "Europe/Paris")
    assert found is None or found.tzinfo == UTC


@given(st.integers(10**9, 3 * 10**9), st.integers(-12, 14))
@settings(max_examples=60, deadline=None)
def test_a_date_comes_back(seconds, hours):
    at = datetime.fromtimestamp(seconds, UTC)
    written = f"{at:%Y%m%d%H%M%S}.000[{hours:+d}:X]"
    expected = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert clocks.instant_of(written, "Europe/Paris") in {expected, expected + timedelta(hours=12)}


@pytest.mark.parametrize(
    ("more", "reference"),
    [
        ("<CHECKNUM>0", ""), ("<REFNUM>0<CHECKNUM>2002", "2002"), ("<REFNUM>0000000", ""), ("<REFNUM>NONREF", ""),
        ("<REFNUM>0-0", ""), ("<REFNUM>007", "007"), ("<REFNUM>A 12", "A 12"), ("<CHECKNUM>10", "10"),
    ],
)  # fmt: skip
def test_a_reference_that_is_none_is_not_shown(more, reference):
    assert touch("CHECK", "-5", more).reference == reference


@pytest.mark.parametrize("number", ["0000000000", "0", "NULL"])
def test_an_account_number_that_is_none_is_nobodys(number):
    other = f"<NAME>Dana</NAME><BANKACCTTO><BANKID>9</BANKID><ACCTID>{number}</ACCTID></BANKACCTTO>"
    body = xml(account("1", transaction("CREDIT", "30.00", "F-1", other)))
    assert drafts(body, whose="company") == []
    assert events(xml(account(number, transaction("ATM", "-1", "F-1")))) == []


def test_a_statement_of_a_number_with_its_digits_crossed_out_is_said_once():
    (event,) = events(xml(account("XXXXXXXX4242", transaction("ATM", "-1", "F-1") + transaction("ATM", "-2", "F-2"))))
    assert "4242" in event.refused


OPEN = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nCHARSET:1252\r\n\r\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>78346129"
    "</BANKACCTFROM><BANKTRANLIST>{rows}</BANKTRANLIST><LEDGERBAL><BALAMT>7<DTASOF>20260301</LEDGERBAL></STMTRS></OFX>"
)
ROW = "<STMTTRN><TRNTYPE>POS<DTPOSTED>20260302<TRNAMT>-1,50<FITID>{number}<NAME>Café Zoë - Würzburg"


@pytest.mark.parametrize("end", ["", "</STMTTRN>", "</NAME></STMTTRN>", "\r\n</stmttrn>\r\n", "</NAME>"])
def test_transactions_need_no_end(end):
    rows = "".join(ROW.format(number=number) + end for number in range(3))
    read = drafts(OPEN.format(rows=rows).encode("cp1252"))
    assert [draft.touch.amount for draft in read] == [Decimal("1.50")] * 3
    assert {draft.touch.title for draft in read} == {"Card payment, Café Zoë - Würzburg"}


@pytest.mark.parametrize(
    ("charset", "written"),
    [("1252", "utf-8"), ("1252", "cp1252"), ("NONE", "utf-8-sig"), ("ISO-8859-1", "cp1252"), ("base64", "cp1252"),
     ("UTF-8", "cp1252"), ("1252", "utf-8-sig")],
)  # fmt: skip
def test_a_name_is_read_whatever_the_header_says(charset, written):
    body = OPEN.format(rows=ROW.format(number=1)).replace("CHARSET:1252", f"CHARSET:{charset}").encode(written)
    assert drafts(body)[0].touch.title == "Card payment, Café Zoë - Würzburg"


@pytest.mark.parametrize(
    "said", ["infinity", "20269999", "00010101[+14:X]", "20260230", "20260301256199", "20260301101530[-99:X]"]
)
def test_a_day_that_cannot_be_read_is_not_told_as_now(said):
    body = xml(account("1", transaction("ATM", "-1", "F-1"))).replace(b"20260112101530.123[-5:EST]", said.encode())
    with pytest.raises(Unintelligible, match="cannot be read"):
        drafts(body)


def test_transactions_without_an_id_are_told_apart_by_what_they_say():
    rows = transaction("ATM", "-1", "") * 2 + transaction("ATM", "-2", "0000") + transaction("ATM", "-3", "0000")
    keys = [event.key for event in events(xml(account("1", rows)))]
    assert len(set(keys)) == 4
    assert keys == [event.key for event in events(xml(account("1", rows)))]


def test_the_currency_of_a_transaction_goes_before_that_of_its_statement():
    foreign = "<CURRENCY><CURRATE>1.1</CURRATE><CURSYM>CHF</CURSYM></CURRENCY>"
    assert touch("POS", "-5", foreign).currency == "CHF"
    assert touch("POS", "-5").currency == "USD"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n", "cp1252"),
        ("OFXHEADER:100\nENCODING:UTF-8\nCHARSET:NONE\n", "utf-8"),
        ("OFXHEADER:100 ENCODING:USASCII CHARSET:8859-1", "latin-1"),
        ("OFXHEADER:100\nENCODING:USASCII\nCHARSET:zlib\n", "cp1252"),
        ("OFXHEADER:100\nENCODING:USASCII\nCHARSET:idna\n", "cp1252"),
        ('<?xml version="1.0" encoding="iso-8859-15"?>', "iso-8859-15"),
        ("\ufeff<?xml version='1.0'?>", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_files_say_how_they_are_encoded(head, encoding):
    inner = account("1", transaction("ATM", "-1", "F-1", "<NAME>Café</NAME>"))
    body = f"{head}<OFX>{inner}</OFX>".encode(encoding)
    assert drafts(body)[0].touch.touchpoint == "Café"


def test_words_are_whole_wherever_a_part_of_the_file_ends(monkeypatch):
    words = "<NAME><![CDATA[A <b>bold</b> & name]]></NAME><MEMO>Fish &amp; chips</MEMO>"
    body = xml(account("1", transaction("POS", "-1", "F-1", words) + transaction("POS", "-1", "F-2", words)))
    for part in range(20, 400):
        monkeypatch.setattr(sgml, "PART", part)
        told = drafts(body)
        assert [draft.touch.title for draft in told] == ["Card payment, A <b>bold</b> & name"] * 2
        assert [draft.touch.body for draft in told] == ["A <b>bold</b> & name\nFish & chips"] * 2


def test_a_cut_file_gives_what_comes_before_the_cut():
    whole = sample.SGML
    for end in range(whole.index(b"<STMTTRN>") + 9, whole.index(b"</BANKTRANLIST>"), 7):
        read = events(whole[:end])
        complete = whole[:end].count(b"</STMTTRN>")
        assert len([event for event in read if not event.refused]) == min(complete, 3)
        open_ended = whole[:end].rfind(b"<STMTTRN>") > whole[:end].rfind(b"</STMTTRN>")
        assert [event.refused for event in read if event.refused] == (
            [f"statement.ofx: it ends in the middle of a transaction. The {complete} before it were read."]
            if open_ended
            else []
        )


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<html><body>Please log in</body></html>", b"\x00" * 1000, b"x" * 3_000_000, b"PK\x03\x04"],
    ids=["empty", "words", "a web page", "zeros", "endless", "an archive"],
)
def test_what_is_no_ofx_file_is_refused(body):
    with pytest.raises(Refused):
        events(body)


def test_no_entity_is_ever_unpacked():
    bomb = '<!DOCTYPE OFX [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    body = xml(account("1", transaction("ATM", "-1", "F-1", "<NAME>&b;&c;</NAME>")), head=bomb)
    assert drafts(body)[0].touch.touchpoint == "&b;&c;"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"transaction": {}},
        {"transaction": {"TRNAMT": "x"}},
        {"transaction": {"TRNAMT": "-1"}, "account": 7},
    ],
    ids=["null", "list", "empty", "no amount", "no number", "nobody"],
)
def test_what_is_no_transaction_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        OFX.normalise(StoredEvent("k", NOW, payload), facts())


def test_a_large_file_fits_into_little_memory():
    body = io.BytesIO(xml(account("1", "".join(transaction("POS", "-1", f"F-{n}") for n in range(20_000)))))
    tracemalloc.start()
    count = sum(1 for _event in OFX.read(body, "large.ofx", facts()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 2_000_000, f"the file has {len(body.getvalue())} bytes"


@pytest.mark.parametrize("version", [102, 160, 203, 211])
def test_a_file_written_by_ofxtools_is_read(version):
    """A statement as that library's own model of the standard writes it, in both dialects."""
    at = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
    rows = [
        STMTTRN(trntype="ATM", dtposted=at, trnamt=Decimal("-40.00"), fitid="F-1", name="ATM 88 & CO"),
        STMTTRN(trntype="POS", dtposted=at, trnamt=Decimal("-7.50"), fitid="F-2", name="A Gym", memo="Monthly"),
    ]
    number = BANKACCTFROM(bankid="20041", acctid="1081437V026", accttype="CHECKING")
    balance = LEDGERBAL(balamt=Decimal("1.00"), dtasof=at)
    listed = BANKTRANLIST(*rows, dtstart=at, dtend=at)
    statement = STMTRS(curdef="EUR", bankacctfrom=number, banktranlist=listed, ledgerbal=balance)
    response = STMTTRNRS(trnuid="1", status=STATUS(code=0, severity="INFO"), stmtrs=statement)
    inner = ElementTree.tostring(response.to_etree(), encoding="unicode")
    body = f"{make_header(version)}<OFX><BANKMSGSRSV1>{inner}</BANKMSGSRSV1></OFX>".encode()
    withdrawal, card = drafts(body)
    assert withdrawal.claim.handles == (HOLDER,)
    assert (withdrawal.touch.touchpoint, withdrawal.touch.occurred_at) == ("ATM 88 & CO", at)
    assert (card.touch.title, card.touch.amount) == ("Card payment, A Gym", Decimal("7.50"))
