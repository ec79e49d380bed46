"""Two stores' tills: one writes version 2 as NCR's do, the other version 6 as Retalix's do."""

from tests.channels.samples import Made

SOURCE = Made(settings={"loyalty": "card", "currency": ""}, timezone="America/New_York", region="US")


def till(inner, *, number="161", flags="", store="9"):
    return f"""
  <Transaction {flags}><RetailStoreID>{store}</RetailStoreID><WorkstationID>34</WorkstationID>
    <SequenceNumber>{number}</SequenceNumber><BusinessDayDate>2026-03-01</BusinessDayDate>
    <EndDateTime>2026-03-01T21:02:54</EndDateTime><OperatorID OperatorName="Robin">94</OperatorID>
    <CurrencyCode>USD</CurrencyCode>{inner}</Transaction>"""


def sale(lines, total="4.06", *, flags='Version="2.1"', more=""):
    return f"""<RetailTransaction {flags}>{lines}
      <Total TotalType="TransactionGrandAmount">{total}</Total>
      <Total TotalType="TransactionTaxAmount">0.00</Total>{more}</RetailTransaction>"""


def item(name, amount, *, kind="Sale", quantity="1", flags="", more=""):
    return f"""<LineItem EntryMethod="Scanned" {flags}><SequenceNumber>1</SequenceNumber>
      <{kind} ItemType="Stock"><ItemID>67591</ItemID><Description>{name}</Description>
      <ExtendedAmount>{amount}</ExtendedAmount><Quantity>{quantity}</Quantity>{more}</{kind}></LineItem>"""


MEMBER = """<LineItem EntryMethod="acs:Auto"><acs:LoyaltyMembership>
      <acs:LoyaltyID Type="Membership">0000000000000040000066677</acs:LoyaltyID></acs:LoyaltyMembership></LineItem>"""
CARD = """<LineItem EntryMethod="MSR"><Tender TenderType="CreditDebit" TypeCode="Sale"><TenderID>12</TenderID>
      <Amount>4.06</Amount><CreditDebit CardType="Credit"><CreditCardCompanyCode>VISA</CreditCardCompanyCode>
      <PrimaryAccountNumber>4111111111111111</PrimaryAccountNumber><ExpirationDate>2031-01</ExpirationDate>
      </CreditDebit></Tender></LineItem>"""
LINK = """<TransactionLink ReasonCode="Return"><RetailStoreID>9</RetailStoreID><WorkstationID>34</WorkstationID>
      <BusinessDayDate>2026-03-01</BusinessDayDate><SequenceNumber>161</SequenceNumber></TransactionLink>"""
PURCHASE = (
    item("APPLE HONEYCRISP", "1.26", quantity="0.42")
    + item("Milk", "2.80", quantity="2")
    + item("Gum", "1.00", flags='VoidFlag="true"')
    + CARD
    + MEMBER
)
SIGN_ON = "<ControlTransaction><OperatorSignOn/></ControlTransaction>"

NCR = f"""<?xml version="1.0" encoding="utf-8"?>
<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" xmlns:acs="http://www.ncr.com/rsd/acs/tlog/markup/poslog/2.1">
{till(SIGN_ON, number="160")}{till(sale(PURCHASE))}
{till(sale(item("Milk", "2.80", kind="Return", quantity="2", more=LINK) + MEMBER, "-2.80"), number="162")}
{till(sale(item("Bread", "3.00"), "3.00"), number="163")}
{till(sale(item("Bread", "3.00") + MEMBER, "3.00"), number="164", flags='TrainingModeFlag="true"')}
{till(sale(item("Bread", "3.00") + MEMBER, "3.00"), number="165", flags='CancelFlag="true"')}
</POSLog>""".encode()

RETALIX = b"""<?xml version="1.0" encoding="utf-8"?>
<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" xmlns:r10Ex="http://www.Retalix.com/Extensions">
  <Transaction MajorVersion="6">
    <BusinessUnit><UnitID Name="Harbour Street">1101</UnitID></BusinessUnit>
    <WorkstationID TypeCode="POS">002</WorkstationID><SequenceNumber>543</SequenceNumber>
    <TransactionID>8UJUEBVZ2O</TransactionID>
    <RetailTransaction>
      <LineItem EntryMethod="Scanned"><Sale><Description r10Ex:Culture="en-GB">Rice 5 kg</Description>
        <Description TypeCode="Long">Fragrant rice, 5 kg</Description>
        <ExtendedAmount Currency="GBP">159.00</ExtendedAmount><Quantity Units="1">1</Quantity></Sale></LineItem>
      <LineItem><Tender TenderType="Cash"><Amount Currency="GBP">159.00</Amount></Tender></LineItem>
      <Total CurrencyCode="GBP">170.00</Total>
      <Total TotalType="TransactionGrandAmount" CurrencyCode="GBP">159.00</Total>
      <Customer><CustomerID>0031s00000qU4qKAAS</CustomerID><Name><Name TypeCode="GivenName">Bea</Name></Name>
        <EMail><EMailAddress>bea@shop.example</EMailAddress></EMail></Customer>
      <LoyaltyAccount><LoyaltyProgram><LoyaltyAccountID>LC-7001</LoyaltyAccountID></LoyaltyProgram></LoyaltyAccount>
    </RetailTransaction>
    <BusinessDayDate>2026-02-28</BusinessDayDate>
    <EndDateTime r10Ex:Offset="07:00:00">2026-02-28T11:44:19.716</EndDateTime>
  </Transaction>
</POSLog>"""

FILES = [("POSLog-9.xml", NCR), ("POSLog-1101.xml", RETALIX)]
DRAFTS = 4
