"""One transaction of an OFX file as a draft."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from apps.channels.connectors.ofx import clocks
from apps.channels.connectors.ofx.wire import amount_of
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.bank_accounts import COMPANY, CUSTOMER, account, reference_of, shown, whose
from apps.channels.toolkit.occurrence import happened
from apps.channels.toolkit.people import claim, person
from apps.customers.drafts import Claim, Handle
from apps.foundation.text.numbers import currency
from apps.foundation.text.unread import unread
from apps.foundation.text.values import mapping, prose, words
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Channel, Direction

CARD = re.compile(r"\b[Xx*#]{2,}[\s-]*(\d{4})\b")  # "POS PURCHASE XXXX4242"


class BankMovement(NamedTuple):
    """What happened, in our words."""

    kind: str
    title: str
    channel: str = Channel.PAYMENT
    direction: str = Direction.INBOUND
    touchpoint: str = ""


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what has no amount, or is about nobody."""
    content = mapping(event.payload)
    transaction = mapping(content.get("transaction"))
    amount = amount_of(transaction)
    if amount is None:
        raise Unintelligible("It has no amount (TRNAMT).")
    written = words(transaction.get("DTUSER"), 60) or words(transaction.get("DTPOSTED"), 60)
    at = happened(_when(transaction, source.timezone), written, event.received_at, "transaction.DTPOSTED")
    ours = whose(source, CUSTOMER) == COMPANY
    movement = _as_company(amount) if ours else _as_bank(transaction, amount)
    unit = currency(mapping(transaction.get("CURRENCY")).get("CURSYM")) or currency(content.get("currency"))
    return Draft(
        _claim(content, transaction, source, at, ours),
        InteractionDraft(
            external_id=event.key,
            occurred_at=at,
            channel=movement.channel,
            kind=movement.kind,
            direction=movement.direction,
            title=movement.title,
            body=_body(transaction),
            amount=abs(amount) if unit else None,
            currency=unit,
            touchpoint=movement.touchpoint,
            reference=_reference(transaction),
            payload=transaction,
        ),
    )


def _claim(content: Any, transaction: Any, source: SourceFacts, at: datetime, ours: bool) -> Claim:
    if not ours:
        return claim(source, at, sure=_account(content.get("account"), source))
    payee = mapping(transaction.get("PAYEE"))
    name = payee.get("NAME") or transaction.get("NAME")
    traits = person(name=name, city=payee.get("CITY"))
    return claim(source, at, sure=_account(transaction.get("BANKACCTTO"), source), traits=traits)


def _reference(transaction: Any) -> str:
    said = (reference_of(words(transaction.get(name), 79)) for name in ("REFNUM", "CHECKNUM"))
    return next(filter(None, said), "")


def _account(said: Any, source: SourceFacts) -> tuple[Handle, ...]:
    number = mapping(said)
    return account(words(number.get("ACCTID"), 60), words(number.get("BANKID"), 40) or source.slug)


def _when(transaction: Any, zone: str) -> datetime | None:
    """When it was done, else when it was booked. Only a time with an offset of its own is not the source's."""
    for name in ("DTUSER", "DTPOSTED"):
        said = words(transaction.get(name), 60)
        found = clocks.instant_of(said, zone)
        if found:
            return found
        unread("date", said)
    return None


def _as_company(amount: Decimal) -> BankMovement:
    if amount < 0:
        return BankMovement("refund", _("We paid by bank transfer"), direction=Direction.OUTBOUND)
    return BankMovement("payment", _("Payment received by bank transfer"))


def _as_bank(transaction: Any, amount: Decimal) -> BankMovement:
    """A transaction of a customer's account, by its type (section 11.4.4.3). Amounts are signed as the customer has
    them: what leaves the account is negative."""
    kind, name = words(transaction.get("TRNTYPE"), 20).upper(), _name(transaction)
    back = Direction.OUTBOUND
    if kind in {"ATM", "CASH"}:
        title = _("Cash withdrawal") if amount < 0 else _("Cash paid in")
        machine = kind == "ATM"
        place = name or (_("ATM") if machine else _("Counter"))
        channel = Channel.ATM if machine else Channel.STORE
        return BankMovement("withdrawal" if amount < 0 else "deposit", title, channel, touchpoint=words(place, 80))
    if kind == "POS":
        title = _("Card payment") if amount < 0 else _("Card refund")
        return BankMovement(
            "card", f"{title}, {name}" if name else title, direction=Direction.INBOUND if amount < 0 else back
        )
    if kind in {"FEE", "SRVCHG"}:
        return BankMovement("fee", _("Bank charge") if amount < 0 else _("Charge refunded"), direction=back)
    if kind in {"INT", "DIV"}:
        return BankMovement("interest", _("Interest") if kind == "INT" else _("Dividend"), direction=back)
    return _moved(kind, name, amount)


def _moved(kind: str, name: str, amount: Decimal) -> BankMovement:
    """Money that went from one account to another."""
    if amount >= 0:
        what = {"DIRECTDEP": _("Direct deposit"), "DEP": _("Deposit")}.get(kind, _("Transfer received"))
        return BankMovement("transfer", f"{what}, {name}" if name else what, direction=Direction.OUTBOUND)
    what = {
        "CHECK": _("Cheque"),
        "DIRECTDEBIT": _("Direct debit"),
        "REPEATPMT": _("Standing order"),
        "XFER": _("Transfer"),
    }.get(kind, _("Payment"))
    return BankMovement("transfer" if kind == "XFER" else "payment", f"{what}, {name}" if name else what)


def _name(transaction: Any) -> str:
    said = mapping(transaction.get("PAYEE")).get("NAME") or transaction.get("NAME") or transaction.get("MEMO")
    return words(said, 100)


def _body(transaction: Any) -> str:
    lines = [words(transaction.get(name), 400) for name in ("NAME", "EXTDNAME", "MEMO")]
    other = words(mapping(transaction.get("BANKACCTTO")).get("ACCTID"), 60)
    if other:
        lines.append(_("Other account: %(number)s") % {"number": shown(other)})
    card = CARD.search(" ".join(lines))
    if card:
        lines.append(_("Card ending %(digits)s") % {"digits": card[1]})
    return prose("\n".join(dict.fromkeys(filter(None, lines))))
