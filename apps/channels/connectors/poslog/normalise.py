"""One receipt of a POSLog file as a draft."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.channels.connectors.poslog.receipt import TillReceipt, receipt
from apps.channels.connectors.poslog.wire import place_of, sale_of
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.occurrence import happened
from apps.channels.toolkit.people import claim, emails, handles, person, phones
from apps.channels.toolkit.xml import every, text
from apps.customers.drafts import Claim
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import instant
from apps.foundation.text.unread import unmarked
from apps.foundation.text.values import mapping, prose, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel

NOON = timedelta(hours=12)
OFFSET = re.compile(r"([+-]?)(\d\d:\d\d)(?::\d\d)?")


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is no receipt, or nobody's."""
    content = mapping(event.payload)
    transaction = mapping(content.get("transaction"))
    sale = sale_of(transaction)
    if sale is None:
        raise Unintelligible("It is not a sale, a return or an order (RetailTransaction).")
    at = happened(*_when(transaction, sale, source.timezone), event.received_at, "transaction.EndDateTime")
    read = receipt(transaction, sale, str(source.settings.get("currency") or ""))
    kind, title = _title(read)
    amount = abs(read.total) if read.total is not None and read.currency and not read.voided else None
    return Draft(
        _claim(content, source, at),
        InteractionDraft(
            external_id=event.key,
            occurred_at=at,
            channel=Channel.STORE,
            kind=kind,
            title=title,
            body=prose("\n".join(read.lines)),
            amount=amount,
            currency=read.currency if amount is not None else "",
            touchpoint=_touchpoint(transaction),
            staff_name=words(text(transaction, "OperatorID", "@OperatorName") or text(transaction, "OperatorID"), 120),
            reference=_reference(transaction),
            thread=_thread(transaction, sale),
            payload=transaction,
        ),
    )


def _claim(content: Any, source: SourceFacts, at: datetime) -> Claim:
    """A loyalty card was read by the till; an address was typed there."""
    customer, own = mapping(content.get("customer")), ""
    own = text(customer, "CustomerID")
    address = next((address for address in every(customer, "Address") if isinstance(address, dict)), {})
    name = customer.get("Name")
    first, last = _named(name, "GivenName", "First"), _named(name, "FamilyName", "Last")
    whole = text(name, "FullName") or text(customer, "FullName")
    if not (first or last or whole):
        whole = text(name) or text(name, "Name")
    country = text(address, "Country") or text(address, "CountryCode") or text(address, "Territory", "Country")
    return claim(
        source,
        at,
        own=own or None,
        sure=handles(IdentifierType.LOYALTY, [words(content.get("loyaltyNumber"), 64)]),
        unsure=(
            *emails(text(customer, "EMail", "EMailAddress") or text(customer, "EMail") or text(customer, "eMail")),
            *phones(_phone(customer), region=source.region),
        ),
        traits=person(name=whole, first=first, last=last, city=text(address, "City"), country=country),
    )


def _named(name: Any, *types: str) -> str:
    """A part of a name: an element of its own, or a `Name` of that type."""
    for kind in types:
        if text(name, kind) or text(name, f"{kind}Name"):
            return text(name, kind) or text(name, f"{kind}Name")
    for part in every(name, "Name"):
        if isinstance(part, dict) and {text(part, "@TypeCode"), text(part, "@Location")} & set(types):
            return text(part)
    return ""


def _phone(customer: Any) -> str:
    for number in every(customer, "TelephoneNumber"):
        whole = text(number, "FullTelephoneNumber")
        if whole:
            return whole
        local = text(number, "LocalNumber")
        code, area = text(number, "CountryCode"), text(number, "AreaCode")
        if local:
            return f"+{code.lstrip('+')}{area.lstrip('0')}{local}" if code else f"{area}{local}"
        if text(number):
            return text(number)
    return ""


def _when(transaction: Any, sale: Any, zone: str) -> tuple[datetime | None, str]:
    """When the receipt was finished, and how that is written: local time, unless it says otherwise."""
    said = [(transaction, "EndDateTime"), (sale, "ReceiptDateTime"), (transaction, "BeginDateTime")]
    nodes = [child for value, name in [*said, (transaction, "POSLogDateTime")] for child in every(value, name)]
    for node in nodes:
        with unmarked():
            found = instant(text(node) + _offset(text(node, "@Offset")), zone)
        found = found or instant(text(node), zone)
        if found:
            return found, text(node)
    written = text(transaction, "BusinessDayDate")
    day = instant(written[:10], zone)
    return day + NOON if day else None, written or next(map(text, nodes), "")


def _offset(said: str) -> str:
    found = OFFSET.fullmatch(said)
    return f"{found[1] or '+'}{found[2]}" if found else ""


def _title(read: TillReceipt) -> tuple[str, str]:
    bought = ngettext("%(count)d item", "%(count)d items", read.bought) % {"count": read.bought}
    returned = ngettext("%(count)d item", "%(count)d items", read.returned) % {"count": read.returned}
    if read.voided:
        return "void", _("Purchase cancelled at the till")
    if read.bought and read.returned:
        return "exchange", _("Exchange · %(back)s back, %(new)s new") % {"back": returned, "new": bought}
    if read.returned:
        return "return", _("Return · %(items)s") % {"items": returned}
    return "purchase", _("Purchase · %(items)s") % {"items": bought} if read.bought else _("Purchase")


def _touchpoint(transaction: Any) -> str:
    store, till, _day, _number = place_of(transaction)
    named = text(transaction, "BusinessUnit", "UnitID", "@Name") or text(transaction, "RetailStoreID", "@Name")
    place = words(named, 60) or (_("Store %(number)s") % {"number": words(store, 30)} if store else "")
    desk = _("till %(number)s") % {"number": words(till, 15)} if till else ""
    return ", ".join(filter(None, (place, desk)))[:80]


def _reference(transaction: Any) -> str:
    named = text(transaction, "ReceiptNumber") or text(transaction, "TransactionID")
    return words(named or "-".join(filter(None, place_of(transaction))), 79)


def _thread(transaction: Any, sale: Any) -> str:
    """The receipt: a return belongs to the purchase it undoes."""
    links = [*every(sale, "TransactionLink"), *every(sale, "LineItem", "Return", "TransactionLink")]
    for place in (*map(place_of, links), place_of(transaction)):
        if all(place):
            return words(f"receipt:{':'.join(place)}", 119)
    return ""
