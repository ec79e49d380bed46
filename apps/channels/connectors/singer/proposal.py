"""What a table is probably about, by the names of its columns: a mapping as a person would write it (docs/mapping.md).

Pure functions. A table that names nobody gets none.
"""

import re
from collections.abc import Sequence
from typing import Any

OWN = (
    "customer_unique_id", "user_unique_id",
    "customer_id", "user_id", "client_id", "contact_id", "buyer_id", "member_id", "person_id", "account_id", "customer",
    "customerid", "userid", "clientid", "contactid",
)  # fmt: skip
EMAIL = ("email", "email_address", "e_mail", "customer_email", "contact_email", "mail", "emailaddress", "billing_email")
PHONE = (
    "phone",
    "phone_number",
    "mobile",
    "mobile_phone",
    "telephone",
    "tel",
    "customer_phone",
    "phonenumber",
    "msisdn",
)
LOYALTY = ("loyalty_number", "loyalty_id", "card_number_loyalty", "loyalty_card", "member_number")
PEOPLE = re.compile(
    r"customer|client|contact|user|people|person|member|account|subscriber|lead|patient|guest", re.IGNORECASE
)
TRAITS = {
    "name": ("name", "full_name", "display_name", "customer_name"),
    "first_name": ("first_name", "firstname", "given_name"),
    "last_name": ("last_name", "lastname", "surname", "family_name"),
    "city": ("city", "town"),
    "country": ("country_code", "country"),
    "language": ("language", "locale", "lang"),
    "tier": ("tier", "segment", "loyalty_tier"),
    "since": ("customer_since", "signup_date", "registered_at", "created_at"),
}
WHEN = (
    "occurred_at", "happened_at", "ordered_at", "order_date", "placed_at", "paid_at", "sent_at", "called_at",
    "started_at", "updated_at", "modified_at", "created_at", "date", "timestamp", "time", "created", "updated",
)  # fmt: skip
CHANGED = ("updated_at", "modified_at", "last_modified", "updated", "modified")
AMOUNT = ("total", "amount", "grand_total", "total_amount", "total_price", "order_total", "price", "value", "sum")
CENTS = ("amount_cents", "total_cents", "price_cents")
CURRENCY = ("currency", "currency_code")
REFERENCE = (
    "order_number",
    "number",
    "reference",
    "ticket_number",
    "case_number",
    "invoice_number",
    "order_no",
    "code",
)
STATE = ("status", "state", "stage", "order_status", "result", "outcome")
SUBJECT = ("subject", "title", "topic", "reason", "event", "type", "kind", "product_name", "product")
WORDS = ("message", "comment", "body", "text", "description", "note", "notes", "content", "feedback")
PLACE = ("store", "store_name", "shop", "branch", "location", "channel", "warehouse")
# What a table is called, and the channel its rows belong to; the first that fits.
CHANNELS = (
    (r"survey|feedback|review|rating|nps", "survey"),
    (r"payment|invoice|refund|transaction|charge|payout", "payment"),
    (r"order|purchase|sale|cart|basket|shipment|delivery|return|subscription|booking", "order"),
    (r"call|phone", "voice"),
    (r"sms|text_message", "sms"),
    (r"chat|message|conversation", "chat"),
    (r"e?mail|newsletter", "email"),
    (r"campaign|promotion", "campaign"),
    (r"visit|page|session|click", "web"),
)  # fmt: skip


def proposed_mapping(stream: str, keys: Sequence[str], columns: Sequence[str]) -> dict[str, Any] | None:
    """A mapping for a table's rows."""
    by_name = {name.lower(): name for name in columns if re.fullmatch(r"\w+", name, re.ASCII)}

    def first(names: Sequence[str]) -> str:
        return next((by_name[name] for name in names if name in by_name), "")

    table = re.split(r"[-.]", stream)[-1]
    amount, state, own = first(AMOUNT), first(STATE), first(OWN)
    person = bool(PEOPLE.search(table)) and not amount and not own and len(keys) == 1
    who = {
        "user_id": keys[0] if person else own,
        "email": first(EMAIL),
        "phone": first(PHONE),
        "loyalty": first(LOYALTY),
    }
    who = {name: place for name, place in who.items() if place}
    if not who:
        return None
    traits = {name: place for name, names in TRAITS.items() if (place := first(names))} if person else {}
    when = first(CHANGED if person else _when(state, by_name))
    happening = {} if person else _happening(table, keys, first, amount, state)
    return {"who": who, **({"traits": traits} if traits else {}), **({"when": when} if when else {}), **happening}


def _when(state: str, by_name: dict[str, str]) -> Sequence[str]:
    """With a status, a change is what happened: its time goes first, where there is one."""
    return (*CHANGED, *WHEN) if state and any(name in by_name for name in CHANGED) else WHEN


def _happening(table: str, keys: Sequence[str], first: Any, amount: str, state: str) -> dict[str, Any]:
    thing = re.sub(r"ies$", "y", table) if table.endswith("ies") else re.sub(r"(?<!s)s$", "", table)
    reference, subject, cents = first(REFERENCE), first(SUBJECT), first(CENTS)
    number = reference or (keys[0] if len(keys) == 1 else "")
    shown = re.sub(r"(_number|_no|_id)$", "", thing).replace("_", " ").capitalize()
    title = " · ".join(filter(None, (f"{shown} {{{number}}}" if number else shown, subject and f"{{{subject}}}",
                                     state and f"{{{state}}}")))  # fmt: skip
    pattern = next((channel for words, channel in CHANNELS if re.search(words, table, re.IGNORECASE)), "note")
    found = {
        "channel": pattern,
        "kind": thing[:30],
        "title": title,
        "reference": number,
        "amount": "" if cents else amount,
        "cents": cents,
        "currency": first(CURRENCY),
        "verbatim" if pattern in {"survey", "chat", "email"} else "body": _braced(first(WORDS), pattern),
        "touchpoint": f"{{{first(PLACE)}}}" if first(PLACE) else "",
        "thread": f"{thing}:{{{number}}}" if number else "",
    }
    return {name: said for name, said in found.items() if said}


def _braced(column: str, channel: str) -> str:
    return column if not column or channel in {"survey", "chat", "email"} else f"{{{column}}}"
