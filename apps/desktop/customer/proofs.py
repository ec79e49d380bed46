"""By what a phone number or an address was proved to be the customer's, and when: or that it was only typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import Words
from apps.channels.models import SOURCES, Source
from apps.channels.registry import CONNECTORS
from apps.customers.models import Evidence
from apps.foundation.cache import Cached

# What proof is, by what kind of touch point (`channels.registry.GROUPS`) has seen it.
PROVED: dict[str, Words] = {
    "web": _("signed in"),
    "mail": _("wrote from it"),
    "shop": _("account or order"),
    "calls": _("reached on it"),
    "social": _("wrote from it"),
    "bank": _("bank account"),
    "store": _("used in store"),
    "survey": _("answered from it"),
}
CLAIMED: dict[str, Words] = {  # what says no more than that somebody used it, or said so
    "mail": _("Wrote from it, %(day)s, sender not verified"),
    "social": _("Wrote from it, %(day)s, not verified"),
    "shop": _("Given with an order, %(day)s, not verified"),
}


@dataclass(frozen=True, slots=True)
class ProofLine:
    """`tone` is `proved`, `used` (a call from it: caller ids can be forged, so it proves nothing to the rules that
    join people and to what is sent) or `open`."""

    tone: str
    icon: str
    words: str


def proof_of(rows: Sequence[Evidence]) -> ProofLine:
    """What the evidence of one identifier comes to: the latest proof, else a call from it, else the latest claim; that
    a colleague typed it counts least."""
    verified = [row for row in rows if row.verified]
    if verified:
        row = max(verified, key=_proved_at)
        how = {"how": _how(row), "day": _day(_proved_at(row))}
        return ProofLine("proved", "badge-check", gettext("Verified: %(how)s, %(day)s") % how)
    row = max(rows, key=lambda row: (_group(row) == "calls", row.typed_by is None, row.last_seen))
    if row.typed_by:
        return ProofLine("open", "keyboard", gettext("Typed by %(name)s, not verified") % {"name": row.typed_by})
    said = {"day": _day(row.last_seen), "source": _source_name(row)}
    if _group(row) == "calls":
        return ProofLine("used", "phone-incoming", gettext("Called from it, %(day)s") % said)
    words = str(CLAIMED.get(_group(row), _("Not verified: from %(source)s, %(day)s")))
    return ProofLine("open", "circle-help", words % said)


def _proved_at(row: Evidence) -> datetime:
    return row.verified_at or row.last_seen


def _how(row: Evidence) -> str:
    return str(PROVED.get(_group(row)) or _source_name(row))


def _load_sources() -> dict[str, tuple[str, str]]:
    return {slug: (name, kind) for slug, name, kind in Source.objects.values_list("slug", "name", "kind")}


_sources = Cached(_load_sources, name=SOURCES, seconds=60)


def _source_name(row: Evidence) -> str:
    return _sources().get(row.profile.source, (row.profile.source, ""))[0]


def _group(row: Evidence) -> str:
    connector = CONNECTORS.get(_sources().get(row.profile.source, ("", ""))[1])
    return connector.about.group if connector else ""


def _day(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATE_FORMAT")
