"""Finding values in data of a shape nobody told us, under the names they usually have. Pure functions."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from apps.foundation.text.numbers import currency as code_of
from apps.foundation.text.numbers import money
from apps.foundation.text.unread import unmarked, unread
from apps.foundation.text.values import Event, mapping, words

# Objects inside the data that are a person, and what may stand beside them or in them. Spelling does not count:
# `emailAddress`, `email_address` and `Email-Address` are one name.
PEOPLE = (
    "customer",
    "user",
    "contact",
    "person",
    "account",
    "member",
    "client",
    "buyer",
    "guest",
    "subscriber",
    "caller",
)
IDS = ("id", "number", "uuid", "code")
OWN_IDS = (*(f"{who}{ending}" for who in PEOPLE for ending in ("id", "number")), "uid", "memberno", "customerno")
EMAILS = ("email", "emailaddress", "mail", "customeremail", "useremail", "contactemail")
PHONES = ("phone", "phonenumber", "mobile", "mobilephone", "msisdn", "telephone", "customerphone", "cellphone")
LOYALTY = ("loyaltynumber", "loyaltyid", "loyaltycard")
NAMES = ("fullname", "customername", "displayname", "username")
TITLES = ("title", "subject", "headline", "summary")
AMOUNTS = ("amount", "total", "totalamount", "grandtotal", "totalprice", "revenue", "value", "sum", "price")
CURRENCIES = ("currency", "currencycode", "isocurrency")
VERBATIM = ("comment", "feedback", "message", "text", "verbatim", "review", "question")
BODIES = ("description", "details", "note", "notes", "reason")
LINKS = ("url", "link", "permalink", "href", "weburl")
PLACES = (
    "store",
    "branch",
    "location",
    "shop",
    "queue",
    "atm",
    "terminal",
    "site",
    "touchpoint",
    "storename",
    "storeid",
)
REFERENCES = {
    "order": ("orderid", "ordernumber", "order"),
    "ticket": ("ticketid", "ticketnumber", "caseid", "casenumber", "ticket", "case"),
    "invoice": ("invoiceid", "invoicenumber", "invoice"),
    "payment": ("paymentid", "transactionid"),
    "booking": ("bookingid", "reservationid", "booking"),
    "": ("reference", "referencenumber", "ref"),
}


def flat(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def by_name(data: Event) -> dict[str, Any]:
    """The fields under their names without spelling; of two alike the first that says something counts."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if value not in (None, "", [], {}):
            found.setdefault(flat(name), value)
    return found


def people(data: Event) -> list[dict[str, Any]]:
    """The data itself, and the objects in it that are a person."""
    top = by_name(data)
    order = by_name(mapping(top.get("order")))
    return [top, *(by_name(mapping(holder.get(who))) for holder in (top, order) for who in PEOPLE if who in holder)]


def first(holder: Event, names: Iterable[str]) -> Any:
    return next((holder[name] for name in names if holder.get(name) not in (None, "")), None)


def said(holder: Event, names: Iterable[str], longest: int = 160) -> str:
    """The first of these that is text or a number; of an object its id or name."""
    for name in names:
        value = holder.get(name)
        inner = by_name(mapping(value))
        text = words(value, longest) or words(first(inner, ("name", "number", *IDS)), longest)
        if text:
            return text
    return ""


def own_ids(held: list[dict[str, Any]]) -> Iterator[Any]:
    """Ids the sending system gave the person: `customer_id`, or the id of the object that is the person."""
    yield first(held[0], OWN_IDS)
    for person in held[1:]:
        yield first(person, (*IDS, *OWN_IDS))
    for who in ("customer", "user", "member", "account"):  # an id where an object could be
        value = held[0].get(who)
        yield value if isinstance(value, str | int) and not isinstance(value, bool) and "@" not in str(value) else None


def amount(top: Event, otherwise: str) -> tuple[Decimal | None, str]:
    """An amount as a number, as text, or as an object of amount and currency; its currency, or `otherwise`."""
    held = [holder for holder in (top, by_name(mapping(top.get("order")))) if holder]
    candidates = [(holder, holder[name]) for holder in held for name in AMOUNTS if name in holder]
    for holder, value in candidates:
        inner = by_name(mapping(value))
        with unmarked():
            number, beside = money(first(inner, AMOUNTS) if inner else value, otherwise=code_of(otherwise))
        if number is not None:
            named = said(inner, CURRENCIES) or said(holder, CURRENCIES)
            unit = beside or code_of(named or otherwise)
            return (number, unit) if unit else (None, "")
    if candidates:
        unread("amount", candidates[0][1])
    return None, ""


def reference(top: Event) -> tuple[str, str]:
    """What it belongs to, and the thread of everything that does: `("1043", "order:1043")`."""
    for kind, names in REFERENCES.items():
        found = said(top, names, 80)
        if found:
            return found, f"{kind}:{found}" if kind else f"reference:{found}"
    return "", ""
