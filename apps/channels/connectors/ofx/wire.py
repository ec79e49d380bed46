"""Taking an OFX file apart into transactions (STMTTRN), one event each."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

import orjson

from apps.channels.connectors.ofx.sgml import tags
from apps.channels.contract import RawEvent, SourceFacts
from apps.channels.toolkit.bank_accounts import COMPANY, CUSTOMER, HIDDEN, alias, known_number, whose
from apps.foundation.masking import mask
from apps.foundation.text.numbers import COMMA, POINT, decimal
from apps.foundation.text.values import mapping

STATEMENTS = {"STMTRS", "CCSTMTRS", "INVSTMTRS"}
ACCOUNTS = {"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"}
INNER = {"PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "IMAGEDATA"}  # parts with elements of their own
LISTS = {"BANKTRANLIST", "INVTRANLIST", *STATEMENTS}
LARGEST = 200  # elements of one transaction, and a transaction has thirty
PENDING = {"HOLD"}


def read(file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
    """Raises Refused for what is not OFX. A transaction cut off at the end of the file is an event that says so."""
    return OfxReader(name, source).events(file)


def amount_of(transaction: Mapping[str, Any]) -> Decimal | None:
    """OFX writes decimals after a comma or a point, and nothing between thousands (section 3.2.9.1)."""
    written = str(transaction.get("TRNAMT") or "")
    both = "," in written and "." in written  # a bank that does so all the same
    return decimal(written, "" if both else COMMA if "," in written else POINT)


class OfxReader:
    """One file under way: the statement it is in, and the transaction."""

    def __init__(self, name: str, source: SourceFacts) -> None:
        self.name, self.source = name, source
        self.account: dict[str, str] = {}
        self.in_account = False
        self.currency = ""
        self.seen: Counter[str] = Counter()
        self.reported_cards: set[str] = set()
        self.count = 0

    def events(self, file: IO[bytes]) -> Iterator[RawEvent]:
        transaction: dict[str, Any] | None = None
        part = ""
        for ended, tag, value in tags(file):
            if tag == "STMTTRN" or (ended and tag in LISTS):  # SGML needs no end of its transactions
                if transaction is not None:
                    yield from self._event(transaction)
                transaction, part = {} if tag == "STMTTRN" and not ended else None, ""
            elif transaction is not None:
                part = _take(transaction, part, ended, tag, value)
            else:
                self._concerns(ended, tag, value)
        if transaction is not None:
            yield self._damage()

    def _concerns(self, ended: bool, tag: str, value: str) -> None:
        """What is said of the statement as a whole."""
        if tag in STATEMENTS and not ended:
            self.account, self.currency = {}, ""
        elif tag in ACCOUNTS:
            self.in_account = not ended
        elif self.in_account and not ended and value:
            self.account[tag] = value[:60]
        elif tag == "CURDEF" and value:
            self.currency = value[:3]

    def _event(self, transaction: dict[str, Any]) -> Iterator[RawEvent]:
        """The event of a transaction, none where it is about nobody, or not settled yet."""
        self.count += 1
        ours = whose(self.source, CUSTOMER) == COMPANY
        amount = amount_of(transaction) or Decimal(0)
        if transaction.get("TRNTYPE") in PENDING or (ours and self._is_nobodys(transaction, amount)):
            return
        number = self.account.get("ACCTID", "")
        if not ours and ("*" in mask(number) or HIDDEN.search(number)):
            yield from self._of_a_card(mask(number))
            return
        if not ours and number and not known_number(number):
            return
        content = {"account": self.account, "currency": self.currency, "transaction": transaction}
        yield RawEvent(self._key(transaction, content), content, {"file": self.name})

    def _is_nobodys(self, transaction: dict[str, Any], amount: Decimal) -> bool:
        other = mapping(transaction.get("BANKACCTTO"))
        return not known_number(str(other.get("ACCTID") or "")) or bool(
            self.source.settings.get("incoming_only") and amount < 0
        )

    def _of_a_card(self, masked: str) -> Iterator[RawEvent]:
        """Card numbers are never kept, and nothing else says whose statement it is."""
        if masked not in self.reported_cards:
            self.reported_cards.add(masked)
            yield RawEvent(
                f"card:{self.name[-100:]}:{masked[-4:]}",
                {"file": self.name, "account": masked},
                refused=f"{self.name} has a statement of the payment card {masked[-4:]}. Card numbers are never kept, "
                "so it cannot be told whose it is.",
            )

    def _key(self, transaction: dict[str, Any], content: dict[str, Any]) -> str:
        """The bank's id of a transaction, unique within its account (section 3.2.1); else what it says."""
        holder = alias(self.account.get("BANKID", ""), mask(self.account.get("ACCTID", "")))
        own = str(transaction.get("FITID") or "")
        if own.strip("0"):
            return f"{holder}:{own}"
        digest = hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()
        self.seen[digest] += 1
        again = f":again{self.seen[digest]}" if self.seen[digest] > 1 else ""
        return f"{holder}:{digest}{again}"

    def _damage(self) -> RawEvent:
        return RawEvent(
            f"damage:{self.name[-100:]}:{self.count}",
            {"file": self.name, "transactions": self.count},
            refused=f"{self.name}: it ends in the middle of a transaction. The {self.count} before it were read.",
        )


def _take(transaction: dict[str, Any], part: str, ended: bool, tag: str, value: str) -> str:
    """Put an element where it belongs. The part of the transaction it is in, or was the last of."""
    if tag in INNER:
        return "" if ended else tag
    if not ended and value and len(transaction) < LARGEST:
        into = transaction.setdefault(part, {}) if part else transaction
        if len(into) < LARGEST:
            into.setdefault(tag, value[:2000])
    return part
