"""A mapping in the making: its lines, why each is there, and what nobody can be sure of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apps.channels.toolkit.mapping.columns import SourceColumn

Fits = Callable[[SourceColumn], bool]


class ProposedMapping(NamedTuple):
    """A complete mapping, and why: a sentence by the key of each line (`amount`, `who.email`). `unsure` are doubts
    about lines that are there, `asks` what is missing and only a person can say: until then it is not to be used."""

    mapping: dict[str, Any]
    why: dict[str, str]
    unsure: dict[str, str] = {}
    asks: dict[str, str] = {}


@dataclass(slots=True)
class ProposedLines:
    """What is written down so far, about these columns; `parts` are those that play a part, by its name."""

    columns: Sequence[SourceColumn]
    parts: dict[str, SourceColumn]
    rows: Sequence[Mapping[str, Any]]
    mapping: dict[str, Any] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)

    def put(self, key: str, value: Any, why: str, unsure: str = "") -> None:
        """Write a line; `who.unsure.phone` goes three levels down."""
        target = self.mapping
        *above, last = key.split(".")
        for name in above:
            target = target.setdefault(name, {})
        target[last] = value
        self.why[key] = why
        if unsure:
            self.unsure[key] = unsure

    def proposed(self) -> ProposedMapping:
        return ProposedMapping(self.mapping, self.why, self.unsure, self.asks)


def shown(column: SourceColumn) -> dict[str, str]:
    """A column and an example, for a sentence about it."""
    return {"it": column.label, "example": column.texts[0][:40]}
