"""camt files of the first version and of any other, and what banks make of them: late declarations, wrong charsets,
numbers and references that are none."""

from decimal import Decimal

import pytest

from apps.channels.contract import Unintelligible
from apps.customers.drafts import Handle
from tests.channels.connectors.test_camt import NOW, drafts, events, one, titles
from tests.channels.samples.camt import ANNA, BEA, CEM, OURS, US, details, entry, statement

FIRST = """
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.01">
  <BkToCstmrAcctRptV01>
    <GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-02T18:00:00</CreDtTm></GrpHdr>
    <Rpt><Id>REPORT-1</Id>
      <Acct><Id><IBAN>{own}</IBAN></Id><Svcr><FinInstnId><CmbndId><BIC>COBADEFFXXX</BIC></CmbndId></FinInstnId></Svcr></Acct>
      <Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>
        <BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd>
        <TxDtls><Refs><EndToEndId>ORDER-7</EndToEndId></Refs>
          <AmtDtls><TxAmt><Amt Ccy="EUR">20.00</Amt></TxAmt></AmtDtls>
          <RltdPties><Dbtr><Nm>Bea</Nm></Dbtr><DbtrAcct><Id><BBAN>19043002345</BBAN></Id></DbtrAcct></RltdPties>
          <RmtInf><Ustrd>Order 7</Ustrd></RmtInf></TxDtls>
        <TxDtls><Refs><EndToEndId>0</EndToEndId></Refs>
          <AmtDtls><TxAmt><Amt Ccy="EUR">30.00</Amt></TxAmt></AmtDtls>
          <RltdPties><Dbtr><Nm>Cem</Nm></Dbtr><DbtrAcct><Id><IBAN>{cem}</IBAN></Id></DbtrAcct></RltdPties></TxDtls>
      </Ntry>
    </Rpt>
  </BkToCstmrAcctRptV01>
</Document>"""


def first(own=OURS, cem=CEM, reference="REF-9"):
    return FIRST.format(own=own, cem=cem, reference=reference).encode()


@pytest.mark.parametrize(
    ("message", "part", "version"),
    [("BkToCstmrAcctRpt", "Rpt", "052"), ("BkToCstmrStmt", "Stmt", "053"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "054")],
)
def test_the_first_version_is_read_as_the_later_ones(message, part, version):
    body = first().replace(b"BkToCstmrAcctRpt", message.encode()).replace(b"Rpt>", f"{part}>".encode())
    bea, cem = drafts(body.replace(b"camt.052", f"camt.{version}".encode()))
    assert (bea.touch.amount, bea.touch.reference, bea.claim.traits) == (Decimal("20.00"), "ORDER-7", {"name": "Bea"})
    assert bea.claim.handles == (Handle("account", "19043002345", "bank"),)
    assert (cem.touch.amount, cem.touch.reference, cem.touch.thread) == (Decimal("30.00"), "", "")
    assert cem.claim.handles == (Handle("account", CEM),)
    assert len({bea.touch.external_id, cem.touch.external_id}) == 2


@pytest.mark.parametrize("version", ["camt.053.001.02", "camt.053.001.13", "camt.052.001.11", "camt.054.001.99"])
def test_any_version_is_read_by_its_elements(version):
    inner = entry("REF-1", details(("Anna", ANNA), US))
    assert titles(statement(inner, version=version)) == ["Payment received by bank transfer"]


@pytest.mark.parametrize(
    "number",
    ["0000000000", "DE00000000000000000000", "XXXXXXXX4242", "NOTPROVIDED", "**** **** 4242", "9999999999", "0", "--"],
)
def test_a_number_that_is_none_is_nobodys(number):
    other = entry("REF-1", details(("Anna", number), US))
    known = entry("REF-2", details(("Bea", BEA), US))
    assert [draft.claim.traits["name"] for draft in drafts(statement(other + known))] == ["Bea"]
    assert events(statement(other, own=number), whose="customer") == []


def test_entries_without_a_real_reference_are_told_apart():
    rows = entry("0000000000", details(("Anna", ANNA), US)) + entry("NONREF", details(("Bea", BEA), US))
    keys = [event.key for event in events(statement(rows))]
    assert len(set(keys)) == 2
    twice = events(statement(entry("000", details(("Anna", ANNA), US)).replace("<NtryRef>1</NtryRef>", "") * 2))
    assert len({event.key for event in twice}) == 2


@pytest.mark.parametrize(
    "before", [b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b" \t\n", b"\n\xef\xbb\xbf ", b"\x00"]
)
def test_what_stands_before_the_declaration_is_skipped(before):
    assert titles(before + statement(entry("REF-1", details(("Anna", ANNA), US)))) == [
        "Payment received by bank transfer"
    ]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("UTF-8", "cp1252"), ("UTF-8", "utf-8"), ("utf8", "utf-8"), ("UTF-16", "utf-8"), ("ISO-8859-1", "utf-8"),
        ("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("UTF-16", "utf-16"), ("UTF-8", "utf-16"),
        ("UTF-16", "utf-16-le"), ("iso-8859-15", "iso-8859-15"), ("no-such", "utf-8"), ("base64", "cp1252"),
        ("UTF-8", "utf-8-sig"), ("GB2312", "gb2312"), ("", "cp1252"),
    ],
)  # fmt: skip
def test_a_name_is_read_whatever_the_declaration_says(declared, written):
    name = "王小明" if written == "gb2312" else "Jérôme Müßig"
    text = statement(entry("REF-1", details((name, ANNA), US))).decode()
    text = text.replace('encoding="UTF-8"', f'encoding="{declared}"' if declared else "")
    (draft,) = drafts(text.encode(written))
    assert draft.claim.traits == {"name": name}


def test_control_characters_in_words_are_left_out():
    (draft,) = drafts(statement(entry("REF-1", details(("Anna", ANNA), US, words="Order\x00 10\x1f43\x0b"))))
    assert draft.touch.body.startswith("Order 1043")


@pytest.mark.parametrize("when", ["0001-01-01", "infinity", "2026-99-99"])
def test_a_day_that_cannot_be_read_is_not_told_as_now(when):
    with pytest.raises(Unintelligible, match="cannot be read"):
        one(entry("REF-1", details(("Anna", ANNA), US)).replace("2026-03-02", when).replace("2026-03-03", when))


@pytest.mark.parametrize("when", ["9999-12-31", "1899-01-01", "2031-01-01"])
def test_an_impossible_day_is_the_day_it_arrived(when):
    draft = one(entry("REF-1", details(("Anna", ANNA), US)).replace("2026-03-02", when).replace("2026-03-03", when))
    assert draft.touch.occurred_at == NOW
