"""What a transaction of a camt file was, as a person would say it.

Codes are of ISO 20022's external code lists "Bank Transaction Codes" and "Return Reasons".
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.channels.connectors.camt.parties import Party, is_credit, is_reversal
from apps.channels.toolkit.xml import text
from apps.foundation.text.values import words
from apps.interactions.models import Channel, Direction

_t = gettext_lazy

TRANSFERS = {"RCDT", "ICDT"}
INSTANT = {"RRCT", "IRCT"}
DEBITS = {"RDDT", "IDDT"}
CHEQUES = {"RCHQ", "ICHQ"}
CARDS = {"CCRD", "MCRD"}
BY = {
    **dict.fromkeys(TRANSFERS, _t("by bank transfer")),
    **dict.fromkeys(INSTANT, _t("by instant transfer")),
    **dict.fromkeys(DEBITS, _t("by direct debit")),
    **dict.fromkeys(CHEQUES, _t("by cheque")),
    **dict.fromkeys(CARDS, _t("by card")),
    "CNTR": _t("at the bank's counter"),
}
REASONS = {
    "AC01": _t("the account number is wrong"),
    "AC04": _t("the account is closed"),
    "AC06": _t("the account is blocked"),
    "AC13": _t("it is a consumer's account"),
    "AG01": _t("the account does not allow it"),
    "AM04": _t("there was not enough money on the account"),
    "AM05": _t("it was collected twice"),
    "BE04": _t("the address is missing"),
    "CUST": _t("the customer asked for it"),
    "DUPL": _t("it was paid twice"),
    "FOCR": _t("it was called back"),
    "FRAD": _t("it is suspected of fraud"),
    "MD01": _t("there is no mandate"),
    "MD06": _t("the customer wants the money back"),
    "MD07": _t("the account holder has died"),
    "MS02": _t("the customer refused it"),
    "MS03": _t("the bank gives no reason"),
    "RR04": _t("the law asks for it"),
    "SL01": _t("the customer's bank does not offer it"),
}


class CamtBooking(NamedTuple):
    """What happened, in our words. `card` are the last digits of the card that was used."""

    kind: str
    channel: str
    direction: str
    title: str
    touchpoint: str = ""
    reason: str = ""
    card: str = ""


def as_company(content: Any, party: Party) -> CamtBooking:
    """An entry of our own account: somebody paid us, or we paid somebody."""
    family = _code(content, "Fmly", "Cd")
    way, credit = str(BY.get(family, "")), is_credit(content)
    if is_reversal(content):
        what = _("Direct debit returned") if family in DEBITS else _("Payment returned")
        title = _("Our payment came back") if credit else what
        return CamtBooking(
            "return", Channel.PAYMENT, Direction.INBOUND, _because(title, content), reason=_reason(content)
        )
    title = _("Payment received") if credit else _("We paid")
    direction = Direction.INBOUND if credit else Direction.OUTBOUND
    kind = "payment" if credit else "refund"
    return CamtBooking(kind, Channel.PAYMENT, direction, " ".join(filter(None, (title, way))), card=_card(content))


def as_bank(content: Any, party: Party) -> CamtBooking:
    """An entry of a customer's account: what they did, or what was done to it."""
    family, sub = _code(content, "Fmly", "Cd"), _code(content, "Fmly", "SubFmlyCd")
    credit = is_credit(content)
    if is_reversal(content):
        title = _because(_("Payment came back") if credit else _("Credit taken back"), content)
        return CamtBooking("return", Channel.PAYMENT, Direction.OUTBOUND, title, reason=_reason(content))
    if sub in {"CHRG", "FEES", "COMM"} or _code(content, "Cd") == "ACMT":
        return CamtBooking(
            "fee", Channel.PAYMENT, Direction.OUTBOUND, _("Bank charge") if not credit else _("Charge refunded")
        )
    if sub == "INTR":
        return CamtBooking("interest", Channel.PAYMENT, Direction.OUTBOUND, _("Interest"))
    if family in CARDS or (family == "CNTR" and sub in {"CWDL", "CDPT"}):
        return _with_card(content, party, family, sub, credit)
    direction = Direction.OUTBOUND if credit else Direction.INBOUND
    kind = "transfer" if family in TRANSFERS | INSTANT else "payment"
    return CamtBooking(kind, Channel.PAYMENT, direction, _with_name(family, credit, party.name))


def _with_card(content: Any, party: Party, family: str, sub: str, credit: bool) -> CamtBooking:
    """At a machine, a counter or a till."""
    place = words(party.name or text(content.get("details"), "AddtlTxInf"), 70)
    terminal = text(content.get("details"), "CardTx", "POI", "Id", "Id")
    card = _card(content)
    if sub in {"CWDL", "CDPT"}:
        kind = "withdrawal" if sub == "CWDL" else "deposit"
        title = _("Cash withdrawal") if sub == "CWDL" else _("Cash paid in")
        machine = _("ATM %(number)s") % {"number": words(terminal, 30)} if terminal else place
        if family == "CNTR":
            return CamtBooking(kind, Channel.STORE, Direction.INBOUND, title, place or _("Counter"))
        return CamtBooking(kind, Channel.ATM, Direction.INBOUND, title, machine or _("ATM"), card=card)
    title = _("Card refund") if credit else _("Card payment")
    title = f"{title}, {place}" if place else title
    direction = Direction.OUTBOUND if credit else Direction.INBOUND
    return CamtBooking("card", Channel.PAYMENT, direction, title, words(terminal, 80), card=card)


def _with_name(family: str, credit: bool, name: str) -> str:
    name = words(name, 100)
    if family in DEBITS:
        return _("Direct debit by %(name)s") % {"name": name} if name else _("Direct debit")
    if family in TRANSFERS | INSTANT:
        title = _("Transfer from %(name)s") if credit else _("Transfer to %(name)s")
        return title % {"name": name} if name else _("Transfer")
    title = _("Credit from %(name)s") if credit else _("Payment to %(name)s")
    return title % {"name": name} if name else (_("Credit") if credit else _("Payment"))


def _code(content: Any, *path: str) -> str:
    """A bank transaction code: the transaction's own, else its entry's."""
    full = ("BkTxCd", "Domn", *path)
    return text(content.get("details"), *full) or text(content.get("entry"), *full)


def _because(title: str, content: Any) -> str:
    reason = REASONS.get(text(content.get("details"), "RtrInf", "Rsn", "Cd"))
    return _("%(what)s because %(reason)s") % {"what": title, "reason": reason} if reason else title


def _reason(content: Any) -> str:
    return text(content.get("details"), "RtrInf", "AddtlInf")


def _card(content: Any) -> str:
    number = text(content.get("details"), "CardTx", "Card", "PlainCardData", "PAN")
    return "".join(filter(str.isdigit, number))[-4:]
