"""One transaction of a camt file as a draft."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.connectors.camt.parties import Party, counterparty, is_credit, own_account
from apps.channels.connectors.camt.titles import CamtBooking, as_bank, as_company
from apps.channels.contract import SourceFacts, StoredEvent, Unintelligible
from apps.channels.toolkit.bank_accounts import COMPANY, account, reference_of, shown, whose
from apps.channels.toolkit.occurrence import happened
from apps.channels.toolkit.people import claim, handles, person
from apps.channels.toolkit.xml import every, text
from apps.customers.drafts import Claim
from apps.customers.models import IdentifierType
from apps.foundation.text.dates import instant
from apps.foundation.text.numbers import POINT, currency, decimal
from apps.foundation.text.values import mapping, prose, words
from apps.interactions.drafts import Draft, InteractionDraft

NOON = timedelta(hours=12)  # of a day without a time: whoever reads it anywhere near sees the same day


def normalise(event: StoredEvent, source: SourceFacts) -> Draft:
    """Raises Unintelligible for what is no transaction, or about nobody."""
    content = mapping(event.payload)
    entry, details = mapping(content.get("entry")), mapping(content.get("details"))
    if text(entry, "CdtDbtInd") not in {"CRDT", "DBIT"}:
        raise Unintelligible("It does not say whether money came in or went out (CdtDbtInd).")
    at = happened(*_when(entry, details, source.timezone), event.received_at, "entry.BookgDt")
    ours = whose(source, COMPANY) == COMPANY
    party = counterparty(content)
    booking = as_company(content, party) if ours else as_bank(content, party)
    amount, unit = _amount(content)
    return Draft(
        _counterparty(party, source, at) if ours else _holder(content, source, at),
        InteractionDraft(
            external_id=event.key,
            occurred_at=at,
            channel=booking.channel,
            kind=booking.kind,
            direction=booking.direction,
            title=booking.title,
            body=_body(content, party, booking),
            amount=amount,
            currency=unit,
            touchpoint=words(booking.touchpoint, 80),
            reference=words(_references(details)[0], 79),
            thread=words(f"payment:{_references(details)[0]}", 119) if _references(details)[0] else "",
            payload={"entry": entry, "details": details},
        ),
    )


def _counterparty(party: Party, source: SourceFacts, at: datetime) -> Claim:
    traits = person(name=party.name, city=party.city, country=party.country)
    if not party.service:
        return claim(source, at, sure=account(party.account, party.bank or source.slug), traits=traits)
    known = handles(IdentifierType.ACCOUNT, [party.own_id], scope=party.issuer[:40])
    # A name proves nothing: who pays by it through the same service has one profile, and is joined with nobody.
    named = () if known else handles(IdentifierType.ACCOUNT, [party.name.casefold()], scope=party.issuer[:40])
    return claim(source, at, sure=known, unsure=named, traits=traits)


def _holder(content: Any, source: SourceFacts, at: datetime) -> Claim:
    number, bank, name = own_account(content)
    return claim(source, at, sure=account(number, bank or source.slug), traits=person(name=name))


def _when(entry: Any, details: Any, zone: str) -> tuple[datetime | None, str]:
    """When it was done where that is known (a card, a machine), else when it was booked; and how that is written."""
    done = text(details, "RltdDts", "TxDtTm") or text(details, "RltdDts", "AccptncDtTm")
    booked = text(entry, "BookgDt", "DtTm") or text(entry, "ValDt", "DtTm")
    written = text(entry, "BookgDt", "Dt") or text(entry, "ValDt", "Dt")
    day = instant(written[:10], zone)
    return instant(done, zone) or instant(booked, zone) or (day + NOON if day else None), done or booked or written


def _amount(content: Any) -> tuple[Any, str]:
    """In the account's currency where it says so. The entry's amount is that of its only transaction. Decimals of
    XML stand after a point."""
    entry, details = content.get("entry"), content.get("details")
    paths = [(details, "Amt"), (details, "AmtDtls", "TxAmt", "Amt"), (details, "AmtDtls", "InstdAmt", "Amt")]
    if not content.get("batch"):
        paths.insert(0, (entry, "Amt"))
    for value, *path in paths:
        for node in every(value, *path):
            amount, unit = decimal(text(node), POINT), currency(mapping(node).get("@Ccy"))
            if amount and unit:
                return abs(amount), unit
    return None, ""


def _references(details: Any) -> list[str]:
    """What payer and payee call it: the payer's reference first, then the payee's."""
    said = [
        text(details, "Refs", "EndToEndId"),
        *every(details, "RmtInf", "Strd", "CdtrRefInf", "Ref"),
        *every(details, "RmtInf", "Strd", "RfrdDocInf", "Nb"),
    ]
    found = filter(None, (reference_of(text(reference)) for reference in said))
    return list(dict.fromkeys(found)) or [""]


def _body(content: Any, party: Party, booking: CamtBooking) -> str:
    details, entry = content.get("details"), content.get("entry")
    lines = [text(line) for line in every(details, "RmtInf", "Ustrd")]
    lines += [text(line) for line in every(details, "RmtInf", "Strd", "AddtlRmtInf")]
    references = [reference for reference in _references(details)[1:] if reference not in "\n".join(lines)]
    lines += [_("Reference %(reference)s") % {"reference": reference} for reference in references]
    lines += [booking.reason, text(details, "AddtlTxInf") or text(entry, "AddtlNtryInf")]
    if party.account or party.name:
        way = _("From") if is_credit(content) else _("To")
        lines.append(" ".join(filter(None, (way, party.name, shown(party.account)))))
    if party.service:
        lines.append(_("Through %(service)s") % {"service": party.service})
    if booking.card:
        lines.append(_("Card ending %(digits)s") % {"digits": booking.card})
    return prose("\n".join(dict.fromkeys(line.strip() for line in lines if line.strip())))
