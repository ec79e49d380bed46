"""A company's day at the bank: a statement of version 8, and a notification of version 2 with a prefix."""

from tests.channels.samples import Made

SOURCE = Made(settings={"whose": "company"}, timezone="Europe/Berlin")
OURS, ANNA, BEA, CEM, DANA, EVE = (
    "DE89370400440532013000",
    "NL91ABNA0417164300",
    "AT611904300234573201",
    "BE68539007547034",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
)


def entry(
    reference, inner="", *, amount="10.00", way="CRDT", status="<Cd>BOOK</Cd>", family="RCDT", sub="ESCT", more=""
):
    return f"""
      <Ntry>
        <NtryRef>1</NtryRef>
        <Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{more}<Sts>{status}</Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-03</Dt></ValDt>
        <AcctSvcrRef>{reference}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>
        {f"<NtryDtls>{inner}</NtryDtls>" if inner else ""}
      </Ntry>"""


def details(debtor, creditor, *, end="NOTPROVIDED", words="", more="", amount=""):
    def party(role, person):
        name, number = person
        return f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}><{role}Acct><Id><IBAN>{number}</IBAN></Id></{role}Acct>"

    return f"""
          <TxDtls>
            <Refs><EndToEndId>{end}</EndToEndId></Refs>{amount}
            <RltdPties>{party("Dbtr", debtor)}{party("Cdtr", creditor)}</RltdPties>
            {f"<RmtInf><Ustrd>{words}</Ustrd></RmtInf>" if words else ""}{more}
          </TxDtls>"""


def amount(value):
    return f'<AmtDtls><TxAmt><Amt Ccy="EUR">{value}</Amt></TxAmt></AmtDtls>'


def statement(entries, *, message="BkToCstmrStmt", version="camt.053.001.08", part="Stmt", own=OURS):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">
  <{message}>
    <GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T18:00:00+01:00</CreDtTm><MsgRcpt><Id><OrgId/></Id></MsgRcpt></GrpHdr>
    <{part}>
      <Id>STATEMENT-1</Id><ElctrncSeqNb>1</ElctrncSeqNb>
      <Acct><Id><IBAN>{own}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>A Shop GmbH</Nm></Ownr>
        <Svcr><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></Svcr></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt></Bal>{entries}
    </{part}>
  </{message}>
</Document>""".encode()


US = ("A Shop GmbH", OURS)
DAY = (
    entry("REF-1", details(("Anna", ANNA), US, end="ORDER-1043", words="Order 1043, thank you"), amount="118.50")
    + entry(
        "REF-2",
        details(("Bea", BEA), US, end="DD-1", amount=amount("20.00"))
        + details(("Cem", CEM), US, end="DD-2", amount=amount("30.00")),
        amount="50.00",
        family="IDDT",
    )
    + entry(
        "REF-3",
        details(("Cem", CEM), US, end="DD-2", more="<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>"),
        amount="30.00",
        way="DBIT",
        family="IDDT",
        more="<RvslInd>true</RvslInd>",
    )
    + entry("REF-4", details(US, ("Dana", DANA), end="REFUND-7", words="Refund 7"), way="DBIT", family="ICDT")
    + entry("REF-5", way="DBIT", sub="CHRG")
    + entry("REF-6", details(("Anna", ANNA), US), status="<Cd>PDNG</Cd>")
    + entry("REF-7", details(US, ("Staff", EVE)), way="DBIT", family="ICDT", sub="SALA")
)
NOTICE = (
    statement(
        entry("REF-8", details(("Eve", EVE), US, end="ORDER-1044"), status="BOOK"),
        message="BkToCstmrDbtCdtNtfctn",
        version="camt.054.001.02",
        part="Ntfctn",
    )
    .replace(b"<", b"<c:")
    .replace(b"<c:/", b"</c:")
    .replace(b"<c:?", b"<?")
    .replace(b"xmlns=", b"xmlns:c=")
)
FILES = [("statement.xml", statement(DAY)), ("notice.xml", NOTICE)]
DRAFTS = 6
