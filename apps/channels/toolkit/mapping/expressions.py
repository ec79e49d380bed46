"""The small language of a mapping: where a value stands in a row, and how something is said. Pure functions.

A value is a column's name, a JMESPath expression (jmespath.org/specification) or a constant in single quotes. A text
is prose with values in braces.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from apps.foundation.text.characters import peeled
from apps.foundation.text.values import words

Row = Mapping[str, Any]

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)
LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'")
GRAMMAR = re.compile(r"[|`@&]|==|!=|<=|>=|\[\s*[\d*?:\]]|\w\s*\[.*|'")  # whoever writes this means an expression
BRACES = re.compile(r"\{([^{}]*)\}")
DOT = " · "
NO = frozenset(
    {
        "",
        "0",
        "false",
        "no",
        "n",
        "none",
        "null",
        "(null)",
        "nan",
        "nil",
        "n/a",
        "undefined",
        "off",
        "f",
        "nein",
        "non",
        "falsch",
        "faux",
        "falso",
    }
)
FUNCTIONS = frozenset(Functions.FUNCTION_TABLE)


class NotUnderstood(ValueError):
    """An expression nobody can read. Its message says where it ends to make sense."""


@dataclass(frozen=True, slots=True)
class Value:
    """Where something stands. `columns` are the names at the top of a row it looks at."""

    text: str
    read: Callable[[Row], Any]
    columns: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields it ends at, as far as its text says."""
        return (self.text.rpartition(".")[2],) if PATH.fullmatch(self.text) else self.columns

    def holds(self, row: Row) -> bool:
        """Whether it is there and does not mean no."""
        found = self.read(row)
        return found.strip().lower() not in NO if isinstance(found, str) else bool(found)


def value(text: str) -> Value:
    """A column's name goes before everything else: `Amount (EUR)` is one, where there is such a column.

    Raises NotUnderstood.
    """
    text = text.strip()
    if not text:
        raise NotUnderstood("it is empty")
    constant = LITERAL.fullmatch(text)
    if constant:
        said = re.sub(r"\\(.)", r"\1", constant[1])
        return Value(text, lambda _row: said)
    if NAME.fullmatch(text):
        return Value(text, _cell(text), (text,))
    if PATH.fullmatch(text):
        return Value(text, _path(text), (text.partition(".")[0],))
    return _expression(text)


def _cell(name: str) -> Callable[[Row], Any]:
    def read(row: Row) -> Any:
        cell = row.get(name)
        # Many times a row: only what may be wrapped costs a call.
        return peeled(cell) if isinstance(cell, str) and ("=" in cell or "'" in cell) else cell

    return read


def _path(text: str) -> Callable[[Row], Any]:
    first, *rest = text.split(".")

    def read(row: Row) -> Any:
        if text in row:
            return peeled(row[text])
        found = row.get(first)
        for name in rest:
            found = found.get(name) if isinstance(found, dict) else None
        return peeled(found)

    return read


def _expression(text: str) -> Value:
    try:
        parsed = jmespath.compile(text)
    except JMESPathError as error:
        if GRAMMAR.search(text):
            raise NotUnderstood(_where(error)) from None
        return Value(text, _cell(text), (text,))
    named = _named(parsed.parsed)
    unknown = named.functions - FUNCTIONS
    if unknown:
        if GRAMMAR.search(text) or len(unknown) < len(named.functions):
            raise NotUnderstood(f"there is no function {sorted(unknown)[0]}()")
        return Value(text, _cell(text), (text,))
    search = parsed.search

    def read(row: Row) -> Any:
        if text in row:
            return peeled(row[text])
        try:
            return peeled(search(row))
        except (JMESPathError, TypeError, ValueError, ArithmeticError):
            return None  # a function was given what it cannot take: there is no such value in this row

    return Value(text, read, tuple(sorted(named.columns)))


@dataclass(frozen=True, slots=True)
class Named:
    functions: frozenset[str]
    columns: frozenset[str]


def _named(tree: Mapping[str, Any], *, top: bool = True) -> Named:
    """The functions an expression calls and the columns it begins at."""
    functions, columns = set(), set()
    kind = tree.get("type")
    if kind == "function_expression":
        functions.add(str(tree["value"]))
    elif kind == "field" and top:
        columns.add(str(tree["value"]))
    inside = kind in {"subexpression", "index_expression", "projection", "filter_projection", "pipe", "flatten"}
    for place, child in enumerate(tree.get("children") or ()):
        if isinstance(child, dict):
            found = _named(child, top=top and (place == 0 or not inside))
            functions |= found.functions
            columns |= found.columns
    return Named(frozenset(functions), frozenset(columns))


def _where(error: JMESPathError) -> str:
    place = getattr(error, "lex_position", None)
    token = getattr(error, "token_value", "")
    if place is None:
        return "it ends too early or has a character that means nothing"
    return f"it makes no sense from character {place + 1} on" + (f" ({token})" if token else "")


@dataclass(frozen=True, slots=True)
class Text:
    """How something is said. `values` are those in its braces."""

    say: Callable[[Row], str]
    values: tuple[Value, ...]


def text(template: str, *, whole: bool = False) -> Text:
    """Prose with {values}. A line, and a part between ` · `, whose values are all missing is left out; with `whole`
    everything is, as soon as one is missing. Doubled braces are braces. Raises NotUnderstood."""
    hidden = template.replace("{{", "\x01").replace("}}", "\x02")
    if hidden.count("{") != len(BRACES.findall(hidden)) or hidden.count("}") != hidden.count("{"):
        raise NotUnderstood("a brace has no partner; write {{ for a brace of the text itself")
    lines = [[_pieces(part) for part in line.split(DOT)] for line in hidden.split("\n")]
    values = tuple(piece for line in lines for part in line for piece in part if isinstance(piece, Value))
    if len(lines) == 1 and len(lines[0]) == 1:
        return Text(_saying(lines[0][0], whole=whole), values)
    said = [[_saying(part, whole=whole) for part in line] for line in lines]
    if len(said) == 1:
        return Text(_joining(said[0], whole=whole), values)

    def say(row: Row) -> str:
        found = [[part(row) for part in line] for line in said]
        if whole and not all(part for line in found for part in line):
            return ""
        return "\n".join(line for line in (DOT.join(filter(None, parts)) for parts in found) if line)

    return Text(say, values)


def _joining(parts: list[Callable[[Row], str]], *, whole: bool) -> Callable[[Row], str]:
    def say(row: Row) -> str:
        said = [part(row) for part in parts]
        return DOT.join(filter(None, said)) if not whole or all(said) else ""

    return say


def _pieces(part: str) -> list[str | Value]:
    split = BRACES.split(part)
    return [
        value(piece) if place % 2 else piece.replace("\x01", "{").replace("\x02", "}")
        for place, piece in enumerate(split)
        if place % 2 or piece
    ]


def _saying(pieces: list[str | Value], *, whole: bool) -> Callable[[Row], str]:
    if not any(isinstance(piece, Value) for piece in pieces):
        constant = "".join(map(str, pieces))
        return lambda _row: constant
    if len(pieces) == 1 and isinstance(pieces[0], Value):
        read = pieces[0].read
        return lambda row: as_text(read(row))

    reads = [piece.read for piece in pieces if isinstance(piece, Value)]
    around = "".join("%s" if isinstance(piece, Value) else piece.replace("%", "%%") for piece in pieces)

    def say(row: Row) -> str:
        said = [as_text(read(row)) for read in reads]
        return (around % tuple(said)).strip() if (all(said) if whole else any(said)) else ""

    return say


def as_text(found: Any) -> str:
    """A value as it stands in a sentence: lists with commas, whole numbers without a point."""
    if isinstance(found, str):
        return found.strip()
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, float) and found.is_integer() and abs(found) < 1e15:
        return str(int(found))
    if isinstance(found, list | tuple):
        return ", ".join(filter(None, map(as_text, found[:30])))
    return words(found, 200)
