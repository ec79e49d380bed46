"""What each attribute is: those every customer has, and those an installation defines or redefines; and whether a
value is one of it."""

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any
from zoneinfo import available_timezones

from django.utils.formats import sanitize_separators
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers.attributes.catalogue import catalogue
from apps.customers.attributes.traits import DAYS, SHOWN, fitted_to
from apps.customers.models import AttributeDefinition, Customer

LONGEST = 500  # characters of a text
FIRST_DAY = date(1800, 1, 1)
OWN = ("name", "born", "street", "postcode", "city", "region", "country", "language", "timezone", "tier", "since")
YES, NO = {"true", "yes", "1", "on"}, {"false", "no", "0", "off"}
WANTED: Mapping[str, str | Promise] = {
    "country": gettext_lazy("A country is two letters, such as FR."),
    "language": gettext_lazy("A language is two letters, such as fr."),
    "timezone": gettext_lazy("A time zone is written like Europe/Paris."),
}


class BadValue(ValueError):
    """This is no value of that attribute; the message tells a person why."""


def definitions() -> dict[str, AttributeDefinition]:
    """Every attribute there is a definition of, by key, in the order in which they are shown."""
    own = {key: _own(key, place) for place, key in enumerate(OWN)}
    found = own | catalogue()
    return dict(sorted(found.items(), key=lambda item: (item[1].position, item[1].label)))


def definition_of(key: str) -> AttributeDefinition | None:
    own = _own(key, OWN.index(key)) if key in OWN else None
    return catalogue().get(key) or own


def _own(key: str, place: int) -> AttributeDefinition:
    label = capfirst(str(getattr(Customer._meta.get_field(key), "verbose_name", key)))
    kind = AttributeDefinition.Type.DATE if key in DAYS else AttributeDefinition.Type.TEXT
    return AttributeDefinition(key=key, label=label, type=kind, position=place)


def read(definition: AttributeDefinition, given: Any) -> Any:
    """The value as it is kept, from what somebody typed. Raises `BadValue`."""
    text = " ".join(str(given).replace("\0", "").split())
    if not text:
        raise BadValue(_("Say what it is, or take the value away."))
    value = READERS[AttributeDefinition.Type(definition.type)](definition, text)
    return _as_shown(definition.key, value) if definition.key in SHOWN else value


def _as_shown(key: str, value: Any) -> Any:
    """What is also shown of the customer fits where it is shown."""
    text = str(value)
    if key in WANTED and not _fits(key, text):
        raise BadValue(str(WANTED[key]))
    if len(text) > SHOWN[key]:
        raise BadValue(_("That is too long: %(count)d characters at most.") % {"count": SHOWN[key]})
    if key in DAYS and not fitted_to(key, text):
        raise BadValue(_("That is no day to be kept: too long ago, still to come, or one that stands for “unknown”."))
    return text.upper() if key == "country" else value


def _fits(key: str, text: str) -> bool:
    if key == "country":
        return len(text) == SHOWN[key] and text.isascii() and text.isalpha()
    if key == "language":
        return len(text) <= SHOWN[key] and text.replace("-", "").isalpha()
    return text in available_timezones()


def _text(_definition: AttributeDefinition, text: str) -> str:
    if len(text) > LONGEST:
        raise BadValue(_("That is too long: %(count)d characters at most.") % {"count": LONGEST})
    return text


def _number(_definition: AttributeDefinition, text: str) -> int | float:
    try:
        value = float(sanitize_separators(text))
    except ValueError:
        raise BadValue(_("That is not a number.")) from None
    if not isfinite(value) or abs(value) > 1e15:
        raise BadValue(_("That is not a number we can keep."))
    return int(value) if value.is_integer() else value


def _date(definition: AttributeDefinition, text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadValue(_("That is not a date. Write it like 1980-05-31.")) from None
    if day < FIRST_DAY:
        raise BadValue(_("That is too long ago."))
    if definition.key in DAYS and day > localdate():
        raise BadValue(_("That day has yet to come."))
    return day.isoformat()


def _flag(_definition: AttributeDefinition, text: str) -> bool:
    if text.lower() not in YES | NO:
        raise BadValue(_("Say yes or no."))
    return text.lower() in YES


def _choice(definition: AttributeDefinition, text: str) -> str:
    if text not in definition.choices:
        raise BadValue(_("Choose one of: %(choices)s.") % {"choices": ", ".join(definition.choices)})
    return text


READERS = {
    AttributeDefinition.Type.TEXT: _text,
    AttributeDefinition.Type.NUMBER: _number,
    AttributeDefinition.Type.DATE: _date,
    AttributeDefinition.Type.FLAG: _flag,
    AttributeDefinition.Type.CHOICE: _choice,
}
