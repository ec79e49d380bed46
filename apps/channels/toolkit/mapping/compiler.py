"""Reading a mapping line by line, and saying what is wrong with it so that a person can put it right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from apps.channels.toolkit.mapping.expressions import BRACES, NotUnderstood, Text, Value, text, value

WHOLE = frozenset({"thread", "id"})  # a thread without its number would tie strangers' rows together


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """What is wrong with a mapping: at which key (`who.email`), what it is, and what to write instead."""

    key: str
    wrong: str
    instead: str = ""

    def __str__(self) -> str:
        return f"{self.key}: {self.wrong}." + (f" {self.instead}" if self.instead else "")


class BadMapping(ValueError):
    """A mapping nobody can follow. `problems` says where and why, all at once."""

    def __init__(self, problems: Sequence[MappingProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(slots=True)
class Compiler:
    """Compiles single lines and collects what is wrong with them."""

    problems: list[MappingProblem] = field(default_factory=list)

    def wrong(self, key: str, what: str, instead: str = "") -> None:
        self.problems.append(MappingProblem(key, what, instead))

    def unknown(self, key: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = get_close_matches(key.rpartition(".")[2], names, 1)
        self.wrong(key, "there is no such key", f"Write `{near[0]}`." if near else f"There are: {', '.join(names)}.")

    def place(self, key: str, written: Any) -> Value | None:
        """Where a value stands; `{Date} {Time}` puts several together."""
        if key == "scale" and str(written).isdigit():
            return value(f"'{written}'")
        if not self._is_text(key, written):
            return None
        try:
            if not _is_joined(written):
                return _value(key, written)
            said = text(written, whole=key in WHOLE)
            return Value(written, said.say, tuple(name for value in said.values for name in value.columns))
        except NotUnderstood as error:
            self._misread(key, written, error)
            return None

    def said(self, key: str, written: Any) -> Text | None:
        """How something is said."""
        if not self._is_text(key, written):
            return None
        try:
            return text(written, whole=key in WHOLE)
        except NotUnderstood as error:
            self._misread(key, written, error)
            return None

    def _is_text(self, key: str, written: Any) -> bool:
        if not isinstance(written, str):
            plain = str(written)[:60]
            self.wrong(key, f"{plain} is no text", f"Write it in quotes: \"'{plain}'\" for the value itself.")
        return isinstance(written, str)

    def _misread(self, key: str, written: str, error: NotUnderstood) -> None:
        hint = "Write a column's name, a JMESPath expression, or a constant in single quotes."
        self.wrong(key, f"`{written}` is not understood: {error}", hint)


def _is_joined(written: str) -> bool:
    """`{Date} {Time}`, and not JMESPath's `{a: b}`."""
    named = BRACES.findall(written)
    return bool(named) and not any(":" in name for name in named)


def _value(key: str, written: str) -> Value:
    if key == "currency" and len(written) == 3 and written.isascii() and written.isalpha() and written.isupper():
        return value(f"'{written}'")  # nobody calls a column EUR in which the currency stands
    return value(written)
