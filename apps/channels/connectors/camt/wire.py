"""Taking a camt file apart into transactions, one event each, whatever its namespace and version.

Elements are those of "Bank-to-Customer Cash Management". A batch entry (`Ntry` with several `TxDtls`) is as many
events; it may be larger than memory.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element

import orjson

from apps.channels.connectors.camt.parties import counterparty, is_reversal, own_account
from apps.channels.contract import RawEvent, Refused, SourceFacts
from apps.channels.toolkit.bank_accounts import COMPANY, alias, known_number, reference_of, whose
from apps.channels.toolkit.xml import Broken, local, plain, text, walk

# Up to the first version, whose names end with it (BkToCstmrStmtV01).
MESSAGES = {"BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"}
STATEMENTS = {"Stmt", "Rpt", "Ntfctn"}
ASIDE = {"Bal", "TxsSummry", "Intrst"}  # sums over entries
# Purposes of payments that are nobody else's business: salaries, pensions, benefits, alimony.
PRIVATE = {"SALA", "PAYR", "PENS", "BONU", "SSBE", "BENE", "ALMY"}
CARD_NUMBERS = {"PAN", "CardNb"}
SECRETS = {"TrckData", "CardSctyCd", "XpryDt", "FctvDt"}


@dataclass(slots=True)
class BankStatement:
    """What of a statement concerns each of its entries."""

    account: Any = None
    id: str = ""
    seen: Counter[str] = field(default_factory=Counter)


def read(file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
    """Raises Refused for what is no camt file at all."""
    reader = CamtReader(name, source)
    try:
        yield from reader.events(file)
    except Broken as damage:
        if not reader.message:
            raise Refused(400, "not_camt", str(damage)) from None
        yield RawEvent(
            f"damage:{name[-100:]}:{reader.message}:{reader.count}",
            {"file": name, "transactions": reader.count},
            refused=f"{name}: {damage} The {reader.count} transactions before it were read.",
        )
    if not reader.message:
        raise Refused(400, "not_camt", "It is not a camt.052, camt.053 or camt.054 file.")


class CamtReader:
    """One file under way. `count` is how many transactions were given out or left out."""

    def __init__(self, name: str, source: SourceFacts) -> None:
        self.name, self.source = name, source
        self.message, self.count = "", 0
        self.statement = BankStatement()

    def events(self, file: IO[bytes]) -> Iterator[RawEvent]:
        entry: Element | None = None
        held: dict[str, Any] | None = None  # a transaction that may turn out to be the only one of its entry
        number = 0
        for ended, name, element in walk(file, _is_record):
            if not ended:
                self._begin(name)
                if name == "Ntry":
                    entry, held, number = element, None, 0
            elif name == "TxDtls" and entry is not None:
                if held is not None:
                    yield from self._event(_header(entry, batch=True), held, number)
                held, number = _details(element), number + 1
            elif name == "Ntry":
                yield from self._event(_header(element, batch=number > 1), held or {}, number if number > 1 else 0)
                entry = held = None
            elif name == "Acct" and entry is None:
                self.statement.account = plain(element)
            elif name == "Id" and entry is None and not self.statement.id and not len(element):
                self.statement.id = (element.text or "").strip()

    def _begin(self, name: str) -> None:
        if name.removesuffix("V01") in MESSAGES:
            self.message = name.removesuffix("V01")
        elif name in STATEMENTS:
            self.statement = BankStatement()

    def _event(self, entry: dict[str, Any], details: dict[str, Any], number: int) -> Iterator[RawEvent]:
        """The event of a transaction, none where it is about nobody or not for others' eyes. `number` is its place in
        a batch, 0 outside of one."""
        self.count += 1
        status = text(entry, "Sts", "Cd") or text(entry, "Sts")
        content = {"account": self.statement.account or {}, "entry": entry, "details": details, "batch": number > 0}
        if (status and status != "BOOK") or self._is_nobodys(content):
            return
        meta = {"statement": self.statement.id, "message": self.message, "file": self.name}
        entry.pop("Sts", None)
        if "NtryRef" in entry:
            meta["NtryRef"] = text(entry.pop("NtryRef"))
        yield RawEvent(self._key(content, meta.get("NtryRef", ""), number), content, meta)

    def _is_nobodys(self, content: dict[str, Any]) -> bool:
        if whose(self.source, COMPANY) != COMPANY:
            number = own_account(content)[0]
            return bool(number) and not known_number(number)
        party = counterparty(content)
        purposes = {text(content["details"], "Purp", "Cd"), *_subfamilies(content)}
        outgoing = self.source.settings.get("incoming_only") and party.paid_us == is_reversal(content)
        return bool(not (party.account or party.service) or purposes & PRIVATE or outgoing)

    def _key(self, content: dict[str, Any], place: str, number: int) -> str:
        """The bank's reference of an entry, else its place in its statement, else what it says."""
        entry, details = content["entry"], content["details"]
        own = alias(own_account(content)[0])
        way = text(entry, "CdtDbtInd")[:4]
        reference = _reference(entry) or ("" if number else reference_of(text(details, "Refs", "AcctSvcrRef")))
        if reference:
            key = f"{own}:{reference}:{way}"
        elif place and self.statement.id and self._is_first(f"{place}:{number}"):
            key = f"{own}:{self.statement.id}/{place}:{way}"
        else:
            digest = hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()
            key = f"{own}:{digest}:{way}"
            if not self._is_first(key):  # the same amount from the same person for the same reason, once more
                key = f"{key}:again{self.statement.seen[key]}"
        return f"{key}:{number}" if number else key

    def _is_first(self, name: str) -> bool:
        """Banks give entries of one statement the same number, too."""
        self.statement.seen[name] += 1
        return self.statement.seen[name] == 1


def _is_record(name: str, path: list[str]) -> bool:
    outer = path[-1] if path else ""
    return (
        (name == "TxDtls" and outer in {"NtryDtls", "Ntry"})  # the first version has no part for them
        or name in STATEMENTS
        or (outer in STATEMENTS and (name == "Ntry" or name in ASIDE))
    )


def _reference(entry: dict[str, Any]) -> str:
    return reference_of(text(entry, "AcctSvcrRef"))


def _header(entry: Element, *, batch: bool) -> dict[str, Any]:
    """What an entry says of all its transactions. Words about a batch as a whole are about nobody in it."""
    header = Element("Ntry")
    header.extend(
        child
        for child in entry
        if local(child) not in {"NtryDtls", "TxDtls"} and not (batch and local(child) in {"AddtlNtryInf", "AmtDtls"})
    )
    read = plain(header)
    return read if isinstance(read, dict) else {}


def _details(element: Element) -> dict[str, Any]:
    for child in element.iter():
        if local(child) in CARD_NUMBERS:
            child.text = f"**** {(child.text or '').strip()[-4:]}"
        elif local(child) in SECRETS:
            child.text = ""
    read = plain(element)
    return read if isinstance(read, dict) else {}


def _subfamilies(content: dict[str, Any]) -> set[str]:
    path = ("BkTxCd", "Domn", "Fmly", "SubFmlyCd")
    return {text(content["entry"], *path), text(content["details"], *path)} - {""}
