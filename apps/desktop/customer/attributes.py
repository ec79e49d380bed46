"""A customer's attributes as the side panel shows them: what holds, who says so, and what was said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.customers.attributes.definitions import LONGEST, definition_of, definitions
from apps.customers.attributes.precedence import Attribute, AttributeRevision, Heard, attributes, heard, history_of
from apps.customers.attributes.traits import ALSO_CALLED, SHOWN, under_other_names
from apps.customers.models import AttributeDefinition, Customer
from apps.desktop.duplicates.words import day, source_names

MOST = 60  # attributes in the panel
FIRST = 4  # of them that are shown unfolded
ELSEWHERE = frozenset({"email", "phone"})  # shown under what people are known by
Type = AttributeDefinition.Type


@dataclass(frozen=True, slots=True)
class AttributeLine:
    """One attribute: `by_hand` names who typed it, `disputed` is true where another source says something else."""

    key: str
    label: str
    shown: str
    said: str
    by_hand: str
    disputed: bool
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The `first` lines are shown at once, the others when they are asked for. `missing` are attributes that may be
    written down and have no value yet, as (label, address)."""

    lines: list[AttributeLine]
    first: int
    more: int
    missing: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AttributeSaying:
    shown: str
    said: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    when: str
    who: str
    before: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One attribute unfolded. `value` is what its form begins with; `kind` chooses the form's field."""

    key: str
    label: str
    url: str
    kind: str
    choices: list[str]
    longest: int
    value: str
    editable: bool
    by_hand: str
    said: list[AttributeSaying]
    history: list[ChangeLine]


def panel(reader: User, customer: Customer, profiles: Sequence[Heard] | None = None) -> Panel:
    """What the customer's profiles say together. Three queries, whatever is known; one fewer for whoever has read the
    profiles already."""
    known = definitions()
    found = _found(customer, heard([customer.pk]) if profiles is None else profiles)
    hidden = under_other_names({key for key, one in known.items() if not one.shown_to(reader)})
    shown = {key: one for key, one in found.items() if key not in hidden}
    names = source_names(one.source for one in shown.values())
    places = {key: place for place, key in enumerate(known)}
    keys = sorted(shown, key=lambda key: (places.get(key, len(places)), key.casefold()))
    missing = [one for key, one in known.items() if key not in found and one.editable and one.shown_to(reader)]
    return Panel(
        lines=[_line(customer, shown[key], known.get(key), names) for key in keys[:MOST]],
        first=FIRST if len(keys) > FIRST + 1 else len(keys),
        more=max(0, len(keys) - MOST),
        missing=[(one.label, _address(customer, one.key)) for one in missing],
    )


def sheet(reader: User, customer: Customer, key: str) -> Sheet | None:
    """One attribute with what everybody says of it; None where there is no such, or not for this reader."""
    meant = definition_of(ALSO_CALLED.get(key, key))
    definition = meant if meant and meant.key == key else None
    one = _found(customer, heard([customer.pk])).get(key)
    if (meant and not meant.shown_to(reader)) or (definition is None and one is None):
        return None
    history = history_of(customer.pk, key)
    names = source_names([said.source for said in (one.said if one else ())] + [change.source for change in history])
    kind = definition.type if definition else Type.TEXT
    return Sheet(
        key=key,
        label=label_of(key, definition),
        url=_address(customer, key),
        kind=kind,
        choices=definition.choices if definition else [],
        longest=SHOWN.get(key, LONGEST),
        value=_typed(one.value) if one else "",
        editable=bool(definition and definition.editable),
        by_hand=one.actor if one else "",
        said=[
            AttributeSaying(
                words(said.value, kind), _said(said.source, said.since, said.actor, names), holds=place == 0
            )
            for place, said in enumerate(one.said if one else ())
        ],
        history=[_change(change, kind, names) for change in history],
    )


def _found(customer: Customer, profiles: Sequence[Heard]) -> dict[str, Attribute]:
    """What is known, and what is shown of them though no source says it any longer."""
    found = attributes(profiles).get(customer.pk, {})
    shown = ((key, getattr(customer, key)) for key in SHOWN if key not in found)
    unsaid = {key: Attribute(key, _plain(value), "", customer.created_at, "", ()) for key, value in shown if value}
    return {key: one for key, one in (found | unsaid).items() if key not in ELSEWHERE}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _change(change: AttributeRevision, kind: str, names: Mapping[str, str]) -> ChangeLine:
    who = change.actor or names[change.source]
    return ChangeLine(day(change.at), who, words(change.before, kind), words(change.value, kind))


def _line(
    customer: Customer, one: Attribute, definition: AttributeDefinition | None, names: Mapping[str, str]
) -> AttributeLine:
    return AttributeLine(
        key=one.key,
        label=label_of(one.key, definition),
        shown=words(one.value, definition.type if definition else ""),
        said=_said(one.source, one.since, one.actor, names),
        by_hand=one.actor,
        disputed=any(other.value != one.value for other in one.said),
        url=_address(customer, one.key),
    )


def label_of(key: str, definition: AttributeDefinition | None) -> str:
    label = definition.label if definition else key.replace("_", " ")
    return label[:1].upper() + label[1:]


def _said(source: str, since: Any, actor: str, names: Mapping[str, str]) -> str:
    if not source:
        return gettext("no source says it any longer")
    return gettext("%(who)s, since %(day)s") % {"who": actor or names[source], "day": day(since)}


def _address(customer: Customer, key: str) -> str:
    return reverse("attribute", args=[customer.public_id, key])


def _typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def words(value: Any, kind: str = "") -> str:
    """The value as people read it; nothing where there was none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int | float):
        return number_format(value)
    if kind == Type.DATE:
        return _day(str(value))
    return str(value)[:LONGEST]


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text[:10]), "DATE_FORMAT")
    except ValueError:
        return text
