"""Taking a POSLog file apart into receipts, one event each. Receipts of nobody we can name are left out."""

import hashlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element

import orjson

from apps.channels.contract import RawEvent, Refused, SourceFacts
from apps.channels.toolkit.xml import Broken, every, local, plain, text, walk

CARD, PROGRAMME = "card", "programme"  # values of the setting `loyalty`
SALES = ("RetailTransaction", "CustomerOrderTransaction")
CARD_NUMBERS = {"PrimaryAccountNumber", "AccountNumber", "CardNumber", "CreditCardNumber", "MaskedAccountNumber", "PAN"}
SECRETS = {"Track1Data", "Track2Data", "Track3Data", "TrackData", "ExpirationDate", "CardVerificationNumber", "PIN"}
BULKY = {
    "TrailerText",
    "HeaderText",
    "ReceiptImage",
    "Attachment",
    "TaxDefinitions",
    "RefundablePromotions",
    "Signature",
}
PADDED = 20  # characters from which leading zeros of a number are padding
# Where tills write down who buys, and what the number is called there.
LOYALTY = (
    ("LoyaltyAccount", "LoyaltyAccountID"),
    ("LoyaltyAccount", "LoyaltyProgram", "LoyaltyAccountID"),
    ("LineItem", "LoyaltyAccount", "LoyaltyAccountID"),
    ("LineItem", "LoyaltyAccount", "LoyaltyProgram", "LoyaltyAccountID"),
)
MEMBERSHIPS = (
    ("LineItem", "LoyaltyMembership", "LoyaltyID"),
    ("LineItem", "LoyaltyMembership", "MembershipID"),
    ("Customer", "LoyaltyCardID"),
    ("Customer", "LoyaltyID"),
)


def read(file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
    """Raises Refused for a file without a single transaction."""
    count = 0
    try:
        for ended, tag, element in walk(file, _is_record):
            if ended and tag == "Transaction":
                count += 1
                yield from _events(element, name, source)
    except Broken as damage:
        if not count:
            raise Refused(400, "not_poslog", str(damage)) from None
        yield RawEvent(
            f"damage:{name[-100:]}:{count}",
            {"file": name, "transactions": count},
            refused=f"{name}: {damage} The {count} transactions before it were read.",
        )
    if not count:
        raise Refused(400, "not_poslog", "It is not a POSLog file: there is no transaction in it.")


def _is_record(name: str, path: list[str]) -> bool:
    return name == "Transaction" and "Transaction" not in path


def _events(element: Element, name: str, source: SourceFacts) -> Iterator[RawEvent]:
    """The event of a receipt; none of what tills do among themselves, of training, and of sales to nobody we know."""
    transaction = _bare(element)
    sale = sale_of(transaction)
    if sale is None or text(transaction, "@TrainingModeFlag").lower() in {"true", "1"}:
        return
    if text(sale, "@TransactionStatus") in {"Suspended", "Retrieved"}:  # it is finished under a number of its own
        return
    loyalty, customer = _loyalty(sale, source), _customer(sale)
    if loyalty or customer:
        content = {"transaction": transaction, "loyaltyNumber": loyalty, "customer": customer}
        yield RawEvent(_key(transaction, content), content, {"file": name})


def sale_of(transaction: Any) -> Any:
    """The part of a transaction that is about what was sold, or None."""
    for name in SALES:
        for sale in every(transaction, name):
            if isinstance(sale, dict):
                return sale
    return None


def place_of(transaction: Any) -> tuple[str, str, str, str]:
    """Store, till, business day and number: together they name a receipt for ever."""
    store = text(transaction, "RetailStoreID") or text(transaction, "BusinessUnit", "UnitID")
    day = text(transaction, "BusinessDayDate")[:10]
    return store, text(transaction, "WorkstationID"), day, text(transaction, "SequenceNumber")


def _key(transaction: Any, content: dict[str, Any]) -> str:
    place = place_of(transaction)
    if all(place):
        return ":".join(place)
    named = text(transaction, "TransactionID") or text(transaction, "ReceiptNumber")
    if named:
        return f"{place[0]}:{named}"
    return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()


def _loyalty(sale: Any, source: SourceFacts) -> str:
    paths = MEMBERSHIPS if source.settings.get("loyalty") == PROGRAMME else (*LOYALTY, *MEMBERSHIPS)
    for path in paths:
        number = text(sale, *path)
        number = number.lstrip("0") if len(number) > PADDED else number
        if number.strip("0"):
            return number
    return ""


def _customer(sale: Any) -> dict[str, Any]:
    """Who the till says it was, where it says anything by which to know them again."""
    for customer in every(sale, "Customer"):
        if isinstance(customer, dict) and any(
            text(customer, *path) for path in (("CustomerID",), ("EMail",), ("eMail",), ("TelephoneNumber",))
        ):
            return customer
    own = text(sale, "LoyaltyAccount", "CustomerID")
    return {"CustomerID": own} if own else {}


def _bare(element: Element) -> Any:
    """A transaction as JSON, of payment cards the last four digits alone."""
    for outer in element.iter():
        for child in list(outer):
            name = local(child)
            if name in CARD_NUMBERS:
                child.text = f"**** {(child.text or '').strip()[-4:]}"
            elif name in SECRETS or name in BULKY:
                outer.remove(child)
    return plain(element)
