"""What becomes of tills' receipts. Shapes follow public samples of NCR's version 2.1 and Retalix's version 6."""

import io
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.channels.contract import Refused, SourceFacts, StoredEvent, Unintelligible
from apps.channels.registry import CONNECTORS
from apps.customers.drafts import Handle, ProfileKey
from tests.channels.samples import poslog as sample
from tests.channels.samples.poslog import CARD, LINK, MEMBER, item, sale, till

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
POSLOG = CONNECTORS["poslog"]
X = "\u00d7"
ANNA = Handle("loyalty", "40000066677")


def facts(**chosen):
    return SourceFacts(1, "tills", "poslog", region="US", timezone="America/New_York", settings=chosen)


def log(inner):
    return (
        '<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" xmlns:acs="urn:acs" xmlns:r="urn:r">'
        f"{inner}</POSLog>"
    ).encode()


def events(body, **chosen):
    return list(POSLOG.read(io.BytesIO(body), "log.xml", facts(**chosen)))


def drafts(body, **chosen):
    return [
        POSLOG.normalise(StoredEvent(event.key, NOW, {**event.content, **event.meta}), facts(**chosen))
        for event in events(body, **chosen)
        if not event.refused
    ]


def one(lines, total="4.06", *, more="", flags="", **chosen):
    (draft,) = drafts(log(till(sale(lines, total, more=more), flags=flags)), **chosen)
    return draft


def test_a_purchase_is_told_line_by_line():
    purchase, *_rest = drafts(sample.NCR)
    assert purchase.claim.handles == (ANNA,)
    touch = purchase.touch
    assert (touch.channel, touch.kind, touch.direction) == ("store", "purchase", "inbound")
    assert (touch.title, touch.amount, touch.currency) == ("Purchase · 3 items", Decimal("4.06"), "USD")
    assert touch.body.splitlines() == [
        f"0.42 {X} APPLE HONEYCRISP, 1.26",
        f"2 {X} Milk, 2.80",
        f"Taken off: 1 {X} Gum, 1.00",
        "Card (VISA) ending 1111, 4.06",
    ]
    assert (touch.touchpoint, touch.staff_name) == ("Store 9, till 34", "Robin")
    assert touch.occurred_at == datetime(2026, 3, 2, 2, 2, 54, tzinfo=UTC), "21:02 in New York"
    assert touch.reference == "9-34-2026-03-01-161"
    assert touch.external_id == "9:34:2026-03-01:161"


def test_a_return_belongs_to_the_purchase_it_undoes():
    purchase, back, *_rest = drafts(sample.NCR)
    assert (back.touch.kind, back.touch.title, back.touch.amount) == ("return", "Return · 2 items", Decimal("2.80"))
    assert back.touch.body == f"Returned: 2 {X} Milk, 2.80"
    assert back.touch.thread == purchase.touch.thread == "receipt:9:34:2026-03-01:161"


def test_version_6_names_the_store_the_customer_and_its_own_time():
    (draft,) = drafts(sample.RETALIX)
    assert draft.claim.key == ProfileKey("tills", "user:0031s00000qU4qKAAS")
    assert draft.claim.handles == (Handle("user_id", "0031s00000qU4qKAAS", "tills"), Handle("loyalty", "LC7001"))
    assert draft.claim.unverified == (Handle("email", "bea@shop.example"),), "somebody typed it at the till"
    assert draft.claim.traits == {"name": "Bea"}
    touch = draft.touch
    assert (touch.touchpoint, touch.reference) == ("Harbour Street, till 002", "8UJUEBVZ2O")
    assert (touch.amount, touch.currency) == (Decimal("159.00"), "GBP"), "the grand total, not the first"
    assert touch.body == f"1 {X} Rice 5 kg, 159.00\nCash, 159.00"
    assert touch.occurred_at == datetime(2026, 2, 28, 4, 44, 19, 716000, tzinfo=UTC), "seven hours ahead of Greenwich"


def test_receipts_wrapped_into_another_document_are_read():
    wrapped = b"<Response><Header/><Documents>" + sample.RETALIX.partition(b"?>")[2] + b"</Documents></Response>"
    assert [event.key for event in events(wrapped)] == ["1101:002:2026-02-28:543"]


def test_a_programme_that_is_the_same_for_everybody_joins_nobody():
    (draft,) = drafts(sample.RETALIX, loyalty="programme")
    assert draft.claim.handles == (Handle("user_id", "0031s00000qU4qKAAS", "tills"),)


@pytest.mark.parametrize(
    "inner",
    [
        till(sample.SIGN_ON),
        till(sale(item("Bread", "3.00"))),
        till(sale(item("Bread", "3.00") + MEMBER), flags='TrainingModeFlag="true"'),
        till(sale(item("Bread", "3.00") + MEMBER, flags='TransactionStatus="Suspended"')),
        till(sale(item("Bread", "3.00") + MEMBER.replace("40000066677", "00000000000"))),
        till(sale(item("Bread", "3.00"), more="<Customer><Name/></Customer>")),
    ],
    ids=["sign-on", "nobody", "training", "suspended", "no number", "empty customer"],
)
def test_what_is_about_nobody_is_left_out_and_not_quarantined(inner):
    assert events(log(inner)) == []


@pytest.mark.parametrize(
    ("flags", "status"), [('CancelFlag="true"', ""), ("", 'TransactionStatus="PostVoided"'), ("", 'VoidFlag="true"')]
)
def test_a_cancelled_purchase_has_no_amount(flags, status):
    inner = till(sale(item("Bread", "3.00") + MEMBER, flags=status), flags=flags)
    (draft,) = drafts(log(inner))
    assert (draft.touch.kind, draft.touch.title) == ("void", "Purchase cancelled at the till")
    assert (draft.touch.amount, draft.touch.currency) == (None, "")


def test_an_exchange_says_both():
    lines = item("Shoes 42", "80.00", kind="Return", more="<Reason>too small</Reason>") + item("Shoes 43", "85.00")
    draft = one(lines + MEMBER, "5.00")
    assert (draft.touch.kind, draft.touch.title) == ("exchange", "Exchange · 1 item back, 1 item new")
    assert draft.touch.body.splitlines()[0] == f"Returned: 1 {X} Shoes 42, 80.00 (too small)"


@pytest.mark.parametrize(
    ("tender", "line"),
    [
        ('<Tender TenderType="Cash"><Amount>5.00</Amount></Tender>', "Cash, 5.00"),
        ('<Tender TenderType="Cash" TypeCode="Refund"><Amount>-5.00</Amount></Tender>', "Paid back: Cash, 5.00"),
        ('<Tender TenderType="GiftCard"><Amount>5.00</Amount></Tender>', "Gift card, 5.00"),
        ('<Tender TenderType="Barter"/>', "Barter"),
        ("<Tender><Amount>5.00</Amount></Tender>", "Payment, 5.00"),
        (
            '<Tender TenderType="CreditDebit"><Amount>5</Amount><CreditDebit>'
            "<PrimaryAccountNumber>XXXXXXXXXXXX4242</PrimaryAccountNumber></CreditDebit></Tender>",
            "Card ending 4242, 5.00",
        ),
    ],
    ids=["cash", "back", "gift card", "unknown", "nothing said", "masked card"],
)
def test_each_way_to_pay_is_told(tender, line):
    assert one(item("Bread", "5.00") + f"<LineItem>{tender}</LineItem>" + MEMBER).touch.body.splitlines()[-1] == line


def test_of_a_payment_card_only_the_last_four_digits_are_kept():
    (event,) = events(log(till(sale(item("Bread", "5.00") + CARD + MEMBER))))
    assert "41111111" not in repr(event)
    assert "2031" not in repr(event), "nor when it expires"
    assert "1111" in repr(event)


def test_customers_as_version_2_writes_them():
    customer = """<Customer><CustomerID>C-7</CustomerID>
      <Name><FullName>Anna Example</FullName></Name><Address><City>Leeds</City><Country>GB</Country></Address>
      <TelephoneNumber><CountryCode>44</CountryCode><AreaCode>020</AreaCode><LocalNumber>79460958</LocalNumber>
      </TelephoneNumber><EMail>a@shop.example</EMail></Customer>"""
    draft = one(item("Bread", "5.00"), more=customer)
    assert draft.claim.handles == (Handle("user_id", "C-7", "tills"),)
    assert draft.claim.unverified == (Handle("email", "a@shop.example"), Handle("phone", "+442079460958"))
    assert draft.claim.traits == {"name": "Anna Example", "city": "Leeds", "country": "GB"}


def test_a_receipt_without_a_currency_takes_that_of_the_settings():
    inner = till(sale(item("Bread", "5.00") + MEMBER)).replace("<CurrencyCode>USD</CurrencyCode>", "")
    assert drafts(log(inner), currency="eur")[0].touch.currency == "EUR"
    assert drafts(log(inner))[0].touch.amount is None, "an amount of no currency says nothing"


def test_a_long_receipt_is_cut():
    draft = one("".join(item(f"Item {number}", "1.00") for number in range(60)) + MEMBER)
    assert draft.touch.title == "Purchase · 60 items"
    assert draft.touch.body.splitlines()[-1] == "and 20 more"


@pytest.mark.parametrize("gone", ["WorkstationID", "BusinessDayDate", "SequenceNumber"])
def test_a_receipt_whose_place_is_unknown_has_a_key_all_the_same(gone):
    inner = (
        till(sale(item("Bread", "5.00") + MEMBER))
        .replace(f"<{gone}>", f"<X{gone}>")
        .replace(f"</{gone}>", f"</X{gone}>")
    )
    (event,) = events(log(inner))
    assert event.key == events(log(inner))[0].key != ""
    named = inner.replace("<OperatorID", "<TransactionID>T-1</TransactionID><OperatorID")
    assert events(log(named))[0].key == "9:T-1"


@pytest.mark.parametrize("when", ["9999-12-31T00:00:00", "0001-01-01T00:00:00", "now", "", "2026-99-01T00:00:00"])
def test_an_impossible_time_is_not_believed(when):
    inner = till(sale(item("Bread", "5.00") + MEMBER)).replace("2026-03-01T21:02:54", when)
    (draft,) = drafts(log(inner))
    day = datetime(2026, 3, 1, 17, tzinfo=UTC)
    assert draft.touch.occurred_at in {NOW, day}


@pytest.mark.parametrize("quantity", ["", "0", "-3", "1e400", "99999999999", "many", "NaN"])
def test_an_impossible_quantity_counts_as_one(quantity):
    assert one(item("Bread", "5.00", quantity=quantity) + MEMBER).touch.title == "Purchase · 1 item"


def test_what_comes_before_a_damage_is_kept():
    body = sample.NCR[: sample.NCR.index(b"Bread")]
    *read, damage = events(body)
    assert [event.key for event in read] == ["9:34:2026-03-01:161", "9:34:2026-03-01:162"]
    assert damage.refused.startswith("log.xml: It is not well-formed XML from line ")
    assert damage.refused.endswith("The 3 transactions before it were read.")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not well-formed"),
        (b"<POSLog/>", "no transaction"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "never read"),
        (b"PK\x03\x04", "not well-formed"),
    ],
    ids=["empty", "nothing in it", "entity", "an archive"],
)
def test_what_is_no_poslog_is_refused_with_a_reason(body, words):
    with pytest.raises(Refused, match=words):
        events(body)


@pytest.mark.parametrize("payload", [None, [], {}, {"transaction": {}}, {"transaction": {"RetailTransaction": ["x"]}}])
def test_what_is_no_receipt_is_unintelligible(payload):
    with pytest.raises(Unintelligible):
        POSLOG.normalise(StoredEvent("k", NOW, payload), facts())


def test_a_large_file_fits_into_little_memory():
    receipts = "".join(till(sale(item("Bread", "5.00") + MEMBER), number=str(number)) for number in range(3000))
    body = io.BytesIO(log(receipts))
    tracemalloc.start()
    count = sum(1 for _event in POSLOG.read(body, "large.xml", facts()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3000
    assert peak < 2_000_000, f"the file has {len(body.getvalue())} bytes"


def test_returns_name_their_purchase_whichever_part_does():
    inside = one(item("Milk", "2.80", kind="Return", more=LINK) + MEMBER)
    beside = one(item("Milk", "2.80", kind="Return") + MEMBER, more=LINK)
    assert inside.touch.thread == beside.touch.thread == "receipt:9:34:2026-03-01:161"


# what was taken off
def off(amount, name="", element="RetailPriceModifier"):
    named = f"<Description>{name}</Description>" if name else ""
    return f"<{element}><Amount>{amount}</Amount>{named}</{element}>"


def summed(body):
    """What a reader gets who adds up what stands at the end of the lines, but for how it was paid."""
    amounts = [line.rpartition(", ")[2].partition(" (")[0] for line in body.splitlines()]
    signs = [-1 if line.startswith("Returned: ") else 1 for line in body.splitlines()]
    counted = [
        sign * Decimal(amount)
        for sign, amount, line in zip(signs, amounts, body.splitlines(), strict=True)
        if not line.startswith(("Taken off: ", "Already taken off: ", "Cash", "Card", "Coupon (", "Points"))
    ]
    return sum(counted, Decimal(0))


BREAD = item("Bread", "3.00")
RECEIPTS = {
    "before the discount": (BREAD + item("Milk", "2.80", more=off("0.80", "Members' milk")), "5.00"),
    "after the discount": (BREAD + item("Milk", "2.00", more=off("0.80", "Members' milk")), "5.00"),
    "with a sum of the line": (
        item("Milk", "2.80", more="<ExtendedDiscountAmount>0.80</ExtendedDiscountAmount>"), "2.00"),
    "for each piece": (
        item("Milk", "6.00", quantity="3", more=off("0.50", "3 for less")
             + "<ExtendedDiscountAmount>1.50</ExtendedDiscountAmount>"), "4.50"),
    "on the receipt": (BREAD + f"<LineItem>{off('1.00', element='LoyaltyReward')}</LineItem>", "2.00"),
    "beside the lines": (BREAD + off("0.50", "Club", "PriceDerivationResult"), "2.50"),
    "lines after, receipt before": (
        BREAD + item("Milk", "2.00", more=off("0.80"))
        + f"<LineItem>{off('1.00', 'Club', 'Discount')}</LineItem>", "4.00"),
    "as a line below nothing": (BREAD + item("Loyalty discount", "-0.50"), "2.50"),
    "a coupon": (BREAD + f"<LineItem>{off('1.00', element='Coupon')}</LineItem>", "2.00"),
    "a new price": (
        item("Milk", "2.80", more="<RetailPriceModifier><PreviousPrice>2.80</PreviousPrice><NewPrice>2.30</NewPrice>"
             "</RetailPriceModifier>"), "2.30"),
    "replaced": (
        item("Milk", "2.80", more='<RetailPriceModifier><Amount Action="Replace">2.30</Amount>'
             "<PreviousPrice>2.80</PreviousPrice></RetailPriceModifier>"), "2.30"),
    "a surcharge": (item("Milk", "2.80", more='<RetailPriceModifier><Amount Action="Add">0.20</Amount>'
                         "</RetailPriceModifier>"), "3.00"),
    "nobody says why": (BREAD, "2.40"),
    "a deposit nobody lists": (BREAD, "3.25"),
    "voided with its discount": (
        BREAD + item("Gum", "1.00", flags='VoidFlag="true"', more=off("0.50"))
        + f'<LineItem VoidFlag="true">{off("1.00", element="Coupon")}</LineItem>', "3.00"),
    "returned with its discount": (item("Milk", "2.80", kind="Return", more=off("0.80")), "-2.00"),
    "returned, written without a sign": (item("Milk", "2.80", kind="Return", more=off("0.80")), "2.00"),
    "a negative sale": (item("Milk", "-2.80", quantity="-2"), "-2.80"),
    "exchanged": (item("Shoes 42", "80.00", kind="Return") + item("Shoes 43", "85.00", more=off("5.00")), "0.00"),
    "points alone": (
        BREAD + "<LineItem><LoyaltyReward><PointsAwarded>30</PointsAwarded></LoyaltyReward></LineItem>", "3.00"),
    "priced by the piece": (
        item("Cup", "", quantity="3", more="<ActualSalesUnitPrice>1.10</ActualSalesUnitPrice>"), "3.30"),
    "weighed": (
        item("Apples", "", quantity="0.42", more="<ActualSalesUnitPrice>3.00</ActualSalesUnitPrice>"), "1.26"),
}  # fmt: skip


@pytest.mark.parametrize("shape", RECEIPTS)
def test_lines_and_discounts_add_up_to_the_total(shape):
    lines, total = RECEIPTS[shape]
    touch = one(lines + CARD + MEMBER, total).touch
    assert touch.amount == abs(Decimal(total))
    assert abs(summed(touch.body)) == abs(Decimal(total)), touch.body


@pytest.mark.parametrize("total", ["10.70", "10.00"])
@pytest.mark.parametrize("place", ["total", "line item", "goods"])
def test_tax_is_a_line_where_it_is_not_in_the_prices(total, place):
    tax = '<Tax TaxType="Sales"><Amount>0.70</Amount></Tax>'
    goods = item("Pan", "10.00", more=tax if place == "goods" else "")
    inner = sale(goods + (f"<LineItem>{tax}</LineItem>" if place == "line item" else "") + MEMBER, total)
    zero = '<Total TotalType="TransactionTaxAmount">0.00</Total>'
    inner = inner.replace(zero, zero.replace("0.00", "0.70") if place == "total" else "")
    (draft,) = drafts(log(till(inner)))
    assert draft.touch.body.splitlines() == [f"1 {X} Pan, 10.00", *(["Tax, 0.70"] if total == "10.70" else [])]


def test_a_discount_is_named_as_the_till_names_it():
    lines, total = RECEIPTS["before the discount"]
    assert one(lines + MEMBER, total).touch.body.splitlines() == [
        f"1 {X} Bread, 3.00", f"1 {X} Milk, 2.80", "Members' milk, -0.80"
    ]  # fmt: skip
    lines, total = RECEIPTS["after the discount"]
    assert one(lines + MEMBER, total).touch.body.splitlines()[-1] == "Already taken off: Members' milk, 0.80"
    lines, total = RECEIPTS["on the receipt"]
    assert one(lines + MEMBER, total).touch.body.splitlines()[-1] == "Loyalty discount, -1.00"
    lines, total = RECEIPTS["nobody says why"]
    assert one(lines + MEMBER, total).touch.body.splitlines()[-1] == "Discounts and other, -0.60"


def test_a_discount_as_a_line_is_no_item():
    lines, total = RECEIPTS["as a line below nothing"]
    assert one(lines + MEMBER, total).touch.title == "Purchase · 1 item"


def test_a_cancelled_receipt_needs_not_add_up():
    inner = till(sale(BREAD + MEMBER, "0.00"), flags='CancelFlag="true"')
    (draft,) = drafts(log(inner))
    assert draft.touch.body == f"1 {X} Bread, 3.00"
