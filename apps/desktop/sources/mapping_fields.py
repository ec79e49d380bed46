"""The fields of a mapping as pickers beside its text: which column is read for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.interactions.models import Channel

# What most mappings say, by its path in the text; `channel` takes a word of ours, the others a column.
FIELDS: tuple[tuple[str, str | Promise], ...] = (
    ("id", _("Number of the row")),
    ("when", _("When it happened")),
    ("who.user_id", _("Customer number")),
    ("who.email", _("E-mail")),
    ("who.phone", _("Phone")),
    ("who.loyalty", _("Loyalty card")),
    ("traits.name", _("Name")),
    ("traits.first_name", _("First name")),
    ("traits.last_name", _("Last name")),
    ("channel", _("Channel")),
    ("amount", _("Amount")),
    ("currency", _("Currency")),
    ("reference", _("Reference")),
    ("touchpoint", _("Place")),
)
PATHS = frozenset(path for path, _label in FIELDS)
LONGEST_NAME = 300  # characters of a column's name


@dataclass(frozen=True, slots=True)
class FieldPicker:
    """A field, what it reads now, and what it may read: (value, words). `chosen` is empty where the mapping is silent;
    what is neither a column nor empty stands as it is written."""

    path: str
    label: str | Promise
    chosen: str
    choices: list[tuple[str, str | Promise]]


def pickers(said: Mapping[str, Any], columns: Iterable[str]) -> list[FieldPicker]:
    """One for each field; none where there is no row to pick columns of."""
    names = list(dict.fromkeys(columns))
    if not names:
        return []
    found = []
    for path, label in FIELDS:
        chosen = _said(said, path)
        plain = list(Channel.choices) if path == "channel" else [(name, name) for name in names]
        own = [] if not chosen or chosen in dict(plain) else [(chosen, chosen)]
        found.append(FieldPicker(path, label, chosen, [*own, *plain]))
    return found


def _said(said: Mapping[str, Any], path: str) -> str:
    inner: Any = said
    for name in path.split("."):
        inner = inner.get(name) if isinstance(inner, Mapping) else None
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return ", ".join(map(str, inner))
    return "" if inner is None or isinstance(inner, Mapping) else str(inner)
