"""How a telephone call is told, whichever exchange it went through. Pure functions, and the form they need."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import phones
from apps.customers.drafts import Handle
from apps.foundation.text.unread import unmarked
from apps.interactions.models import Direction

EXTENSION = re.compile(r"[0-9]{2,6}")
WHOLE_NUMBER = re.compile(r"\+[1-9][0-9]{6,16}")
SHORTEST = 7  # digits of a telephone number; fewer are an extension or a service
# What networks send for a caller who hides their number, spelled on a keypad: ANONYMOUS, RESTRICTED and the like.
WITHHELD = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253", "464"})


class NumbersForm(forms.Form):
    """Settings of every source of calls."""

    numbers = forms.CharField(
        label=_t("Your own numbers"),
        required=False,
        widget=forms.Textarea,
        help_text=_t("The company's telephone numbers, one a line. They never stand for a customer."),
    )


def outside(value: Any, source: SourceFacts) -> Handle | None:
    """The number of somebody outside the company, None for extensions, withheld numbers and the company's own."""
    text = value.strip() if isinstance(value, str) else ""
    digits = re.sub(r"\D", "", text)
    if len(digits) < SHORTEST or len(text) > 40 or digits in WITHHELD or re.search(r"[^\d\s+()./-]", text):
        return None
    spellings = (text, f"+{digits}") if len(digits) > 10 and not text.startswith(("+", "0")) else (text,)
    with unmarked():  # extensions and services are no telephone numbers
        found = next((phone for spelling in spellings for phone in phones(spelling, region=source.region)), None)
    return None if found is None or found in own_numbers(source) else found


def party(caller: Any, called: Any, source: SourceFacts, *, from_inside: bool) -> tuple[str, str] | None:
    """Which way a call went, and the number of whoever is outside the company; None for internal calls.

    `from_inside` is whether a telephone of the company began it. The number such a call shows may be the trunk's, which
    nobody has listed: whoever was called is the customer then.
    """
    caller_outside, called_outside = outside(caller, source), outside(called, source)
    if called_outside and (from_inside or not caller_outside):
        return Direction.OUTBOUND, called_outside.value
    return (Direction.INBOUND, caller_outside.value) if caller_outside else None


def is_extension(value: Any) -> bool:
    """Whether this is a telephone's number within a company."""
    return isinstance(value, str) and bool(EXTENSION.fullmatch(value.strip()))


def is_unreadable(value: Any, source: SourceFacts) -> bool:
    """Whether this is a number in full that no plan of numbers knows: a message from it is somebody's all the same."""
    with unmarked():
        known = bool(phones(value, region=source.region))
    return not known and isinstance(value, str) and bool(WHOLE_NUMBER.fullmatch(value.strip()))


def own_numbers(source: SourceFacts) -> frozenset[Handle]:
    listed = source.settings.get("numbers")
    lines = re.split(r"[\n,;]+", listed)[:500] if isinstance(listed, str) else []
    with unmarked():
        return frozenset(phones(*lines, region=source.region))


def seconds(*values: Any) -> int:
    """The first of the values that is a plausible number of seconds (up to ten days), else 0."""
    for value in values:
        text = str(value).partition(".")[0] if isinstance(value, str | int | float) else ""
        if text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= 864_000:
            return int(text)
    return 0


def lasted(length: int) -> str:
    """Seconds as people say them: "4 min 12 s"."""
    hours, minutes, rest = length // 3600, length // 60 % 60, length % 60
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)d s") % {"seconds": rest}


def title(direction: str, talked: int, *, answered: bool, why: str = "", waited: int = 0) -> str:
    """`talked` and `waited` are in seconds; `why` says in few words why nobody talked."""
    inbound = direction == Direction.INBOUND
    if answered:
        title = _("Call from customer, %(time)s") if inbound else _("Call to customer, %(time)s")
        return title % {"time": lasted(talked)}
    title = _("Missed call") if inbound else _("Call to customer, not answered")
    if inbound and waited:
        title = _("Missed call after waiting %(time)s") % {"time": lasted(waited)}
    return _("%(call)s: %(reason)s") % {"call": title, "reason": why} if why else title


def lines(pairs: Iterable[tuple[str, str]]) -> str:
    """What is known besides, one fact a line; empty facts are left out."""
    return "\n".join(_("%(name)s: %(value)s") % {"name": name, "value": value} for name, value in pairs if value)
