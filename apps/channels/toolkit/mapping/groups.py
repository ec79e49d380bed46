"""Several rows that are one thing: the lines of an order, put together before anything is read out of them. Pure."""

from collections.abc import Mapping as Data
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import ngettext

from apps.channels.toolkit.mapping.compiler import Compiler
from apps.channels.toolkit.mapping.expressions import Row, Text, Value, as_text
from apps.channels.toolkit.mapping.field_mapping import FieldReader
from apps.foundation.text.currencies import decimals
from apps.foundation.text.numbers import COMMA, LARGEST, decimal, unit_of

LINES = "lines"  # where the lines of an order lie in what its rows were put together to
PLACES = ("by", "quantity", "price", "amount")
MOST_LINES = 200  # of an order that are written out
EMPTY = (None, "")


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Which rows belong together, how each of them is said, and what they cost. `columns` differ from line to line."""

    by: Value
    columns: frozenset[str] = frozenset()
    quantity: Value | None = None
    price: Value | None = None
    amount: Value | None = None
    line: Text | None = None
    mark: str = ""  # what divides decimals, where it is known

    def key(self, row: Row) -> str:
        """What rows of one thing have in common; empty where a row does not say."""
        return " ".join(as_text(self.by.read(row)).split())

    def together(self, rows: Sequence[Row]) -> dict[str, Any]:
        """One row of several: of each column what is first said in it, and below `lines` what differs."""
        if len(rows) == 1 and LINES not in rows[0]:
            return {**rows[0], LINES: [{name: rows[0].get(name) for name in self.columns if name in rows[0]}]}
        whole: dict[str, Any] = {}
        differing = {*self.columns, LINES}
        for row in rows:
            for name, found in row.items():
                if found in EMPTY:
                    whole.setdefault(name, found)
                elif whole.get(name) in EMPTY:
                    whole[name] = found
                elif whole[name] != found:
                    differing.add(name)
        whole[LINES] = [{name: found for name, found in row.items() if name in differing} for row in rows]
        return whole

    def lines(self, row: Row) -> list[Row]:
        """The rows as they were, of a row they were put together to; a row that stands alone is its only line."""
        found = row.get(LINES)
        if not isinstance(found, list):
            return [row]
        shared = {name: value for name, value in row.items() if name not in self.columns and name != LINES}
        return [{**shared, **line} for line in found if isinstance(line, dict)]

    def fields(self, body: FieldReader | None, currency: FieldReader | None) -> dict[str, FieldReader]:
        """What is read out of all lines together, by the field of `InteractionDraft`."""
        found: dict[str, FieldReader] = {}
        if self.price or self.amount:
            found["currency"] = lambda row: self._unit(row, currency)
            found["amount"] = lambda row: self.total(row, self._unit(row, currency))
        if self.line:
            found["body"] = lambda row: "\n".join(filter(None, (body(row) if body else "", self._listed(row))))
        return found

    def total(self, row: Row, unit: str = "") -> Decimal | None:
        """Quantity times price of all lines, to the smallest unit of its currency. Where one cannot be read there is no
        total: a part of it would pass for the whole."""
        whole = Decimal(0)
        for line in self.lines(row):
            cost = self._cost(line)
            if cost is None:
                return None
            whole += cost
        places = 3 if decimals(unit) > 2 else 2
        return whole.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if abs(whole) < LARGEST else None

    def _unit(self, row: Row, currency: FieldReader | None) -> str:
        """What stands beside the amounts of the lines says more than a column for all."""
        place, usual = self.price or self.amount, str(currency(row)) if currency else ""
        if place is None:
            return usual
        named = {unit_of(place.read(line), self.mark, usual) for line in self.lines(row)} - {""}
        return named.pop() if len(named) == 1 else usual

    def _cost(self, line: Row) -> Decimal | None:
        """Nothing, of a line with neither a quantity nor a price."""
        place = self.price or self.amount
        if place is None:
            return None
        said = [place.read(line), *([self.quantity.read(line)] if self.quantity and self.price else [])]
        if all(as_text(found) == "" for found in said):
            return Decimal(0)
        cost = Decimal(1)
        for found in said:
            number = unrounded(found, self.mark)
            if number is None:
                return None
            cost *= number
        return cost

    def takes_back(self, row: Row) -> bool:
        """Whether every quantity in it is negative, or there is none and what it costs is."""
        if self.quantity is None:
            return False
        said = [unrounded(self.quantity.read(line), self.mark) for line in self.lines(row)]
        counted = [number for number in said if number]
        return bool(counted) and all(number < 0 for number in counted)

    def _listed(self, row: Row) -> str:
        if self.line is None:
            return ""
        lines = self.lines(row)
        said = [self.line.say(line) for line in lines[:MOST_LINES]]
        more = len(lines) - len(said)
        if more:
            said.append(ngettext("and %(count)d line more", "and %(count)d lines more", more) % {"count": more})
        return "\n".join(filter(None, said))


def unrounded(found: Any, mark: str) -> Decimal | None:
    """A number with all its decimals: a price of a tenth of a cent counts, a thousand times."""
    plain = str(found).strip() if isinstance(found, str | int | float | Decimal) else ""
    if plain and len(plain) <= 40 and mark != COMMA and plain.isascii() and "_" not in plain:
        try:
            number = Decimal(plain)
            if number.is_finite() and abs(number) < LARGEST:
                return number
        except InvalidOperation:
            pass
    return decimal(found, mark)


def group_of(written: Any, mark: str, compiler: Compiler) -> RowGroup | None:
    """`group: Invoice`, or its lines. The compiler collects what is wrong with them."""
    if written in (None, "", {}):
        return None
    said: Data[str, Any] = written if isinstance(written, dict) else {"by": written}
    for name in said:
        if name not in {*PLACES, "line"}:
            compiler.unknown(f"group.{name}", (*PLACES, "line"))
    places = {name: compiler.place(f"group.{name}", said[name]) for name in PLACES if said.get(name)}
    line = compiler.said("group.line", said["line"]) if said.get("line") else None
    if not said.get("by"):
        compiler.wrong("group.by", "it is missing", "Say which column rows of one order have in common.")
    if said.get("amount") and said.get("price"):
        compiler.wrong("group.amount", "there is a price already", "Keep one of the two.")
    by = places.pop("by", None)
    if by is None:
        return None
    read = [*(place for place in places.values() if place), *(line.values if line else ())]
    columns = frozenset(name for value in read for name in value.columns) - set(by.columns)
    return RowGroup(by, columns, places.get("quantity"), places.get("price"), places.get("amount"), line, mark)
