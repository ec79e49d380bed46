"""Who stands at which end of a transaction of a camt file. Pure functions over its JSON."""

from typing import Any, NamedTuple

from apps.channels.toolkit.bank_accounts import known_number, number_of
from apps.channels.toolkit.xml import every, text
from apps.customers.normalisation import unaccented

ENDS = ("Dbtr", "Cdtr")  # who pays, who is paid


class Party(NamedTuple):
    """Somebody at one end. `paid_us` is whether money came to the account of the statement.

    Where a payment service (or whoever else) pays or is paid for somebody, that is who is meant: `service` is the name
    of whose account it was, `account` is empty, since it is that of everybody the service pays for; `own_id` is what
    the service says they are known by, if anything, and means the same only below `issuer`.
    """

    account: str
    bank: str
    name: str
    city: str
    country: str
    paid_us: bool
    service: str = ""
    own_id: str = ""
    issuer: str = ""


def own_account(content: Any) -> tuple[str, str, str]:
    """Number, bank and holder's name of the account a statement is of."""
    account = content.get("account")
    return (
        _number(account),
        _bank(_at(account, "Svcr", "FinInstnId")),
        text(account, "Ownr", "Nm") or text(account, "Nm"),
    )


def is_credit(content: Any) -> bool:
    """Whether money came in. A transaction of a batch may say so itself."""
    own = text(content.get("details"), "CdtDbtInd") if content.get("batch") else ""
    return (own or text(content.get("entry"), "CdtDbtInd")) == "CRDT"


def is_reversal(content: Any) -> bool:
    """Whether an earlier transaction is undone."""
    said = text(content.get("entry"), "RvslInd").lower()
    return said in {"true", "1"} or bool(every(content.get("details"), "RtrInf"))


def counterparty(content: Any) -> Party:
    """Whoever is at the other end. A reversal keeps the ends of what it reverses, so our own account tells first."""
    details = content.get("details")
    own = number_of(own_account(content)[0])
    credit = is_credit(content)
    numbers = {end: known_number(_number(_at(details, "RltdPties", f"{end}Acct"))) for end in ENDS}
    other = "Dbtr" if credit != is_reversal(content) else "Cdtr"
    if own and own in numbers.values():
        other = "Cdtr" if numbers["Dbtr"] == own else "Dbtr"
    return _party(details, other, "" if numbers[other] == own else numbers[other], credit)


def _party(details: Any, end: str, account: str, credit: bool) -> Party:
    party = _at(details, "RltdPties", end)
    party = _at(party, "Pty") or party
    agent = _at(details, "RltdAgts", f"{end}Agt", "FinInstnId")
    bank = _bank(agent)
    behind = _at(details, "RltdPties", f"Ultmt{end}")
    behind = _at(behind, "Pty") or behind
    service, name, own_id = text(party, "Nm"), text(behind, "Nm"), _own_id(behind)
    address = _at(behind if name or own_id else party, "PstlAdr")
    where = text(address, "TwnNm"), text(address, "Ctry")
    if (name or own_id) and service and _plain(name) != _plain(service):
        return Party("", bank, name, *where, credit, service, own_id, account or _plain(service))
    return Party(account, bank, service or name, *where, credit)


def _own_id(party: Any) -> str:
    """What somebody is known by besides an account: a private person's or an organisation's identification."""
    return text(party, "Id", "PrvtId", "Othr", "Id") or text(party, "Id", "OrgId", "Othr", "Id")


def _plain(name: str) -> str:
    return " ".join(unaccented(name).casefold().split())


def _bank(agent: Any) -> str:
    """Eight letters of its BIC, wherever a version puts it."""
    places = (("BICFI",), ("BIC",), ("CmbndId", "BIC"))
    return next(filter(None, (text(agent, *place) for place in places)), "")[:8]


def _number(account: Any) -> str:
    """The first version has the numbers of national banks beside the IBAN, later ones under one roof."""
    places = (("IBAN",), ("Othr", "Id"), ("BBAN",), ("UPIC",), ("PrtryAcct", "Id"))
    return next(filter(None, (text(account, "Id", *place) for place in places)), "")


def _at(value: Any, *path: str) -> Any:
    return next(iter(every(value, *path)), None)
