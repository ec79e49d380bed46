"""What people are known by, and why those who have something in common are not one: in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.channels.models import SOURCES, Source
from apps.customers.actions import DESK
from apps.customers.identity.proof import PROBED, Crowd, Other, Why
from apps.customers.models import Customer, Identifier, IdentifierType
from apps.desktop.customer.profile import IDENTIFIER_ICONS
from apps.foundation.cache import Cached
from apps.foundation.text.phones import pretty_phone

ICONS = {**IDENTIFIER_ICONS, IdentifierType.ANONYMOUS_ID: "globe", IdentifierType.DEVICE: "monitor-smartphone"}
WHY = {
    Why.CLAIMED: _("one of them only claims it, as anybody may who writes or calls"),
    Why.APART: _("somebody said that they are not the same"),
    Why.WEAK: _("it belongs to a thing, and each of them is known by something better"),
    Why.NAMES: _("the first names differ"),
    Why.BIRTHS: _("the dates of birth differ"),
    Why.AMBIGUOUS: _("those who have it are several people, and it does not say which"),
    Why.NOTHING: _("nothing keeps them apart: what comes next about either joins them, or you do"),
}


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Somebody who has the identifier too, and in words why they are not the same."""

    public_id: str
    name: str
    url: str
    merge: str
    words: str
    open: bool  # the rules would let them be one


@dataclass(frozen=True, slots=True)
class CrowdLine:
    kind: str
    icon: str
    shown: str
    words: str
    others: list[OtherLine]


def _load_names() -> dict[str, str]:
    return dict(Source.objects.values_list("slug", "name"))


_names = Cached(_load_names, name=SOURCES, seconds=60)


def source_names(slugs: Iterable[str]) -> dict[str, str]:
    """What people call these sources."""
    known = _names()
    return {slug: known.get(slug) or _unknown(slug) for slug in set(slugs)}


def _unknown(slug: str) -> str:
    return gettext("Typed at the desk") if slug == DESK else slug


def spelt(identifier: Identifier) -> str:
    """The value as people read it."""
    return pretty_phone(identifier.value) if identifier.type == IdentifierType.PHONE else identifier.value


def day(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATE_FORMAT")


def crowd_line(customer: Customer, crowd: Crowd, names: Mapping[str, str], *, reasons: bool) -> CrowdLine:
    one = crowd.identifier
    kind = IdentifierType(one.type)
    return CrowdLine(
        kind=str(kind.label),
        icon=ICONS[kind],
        shown=spelt(one),
        words=_crowd_words(crowd),
        others=[_other(customer, other, names, reasons=reasons) for other in crowd.others],
    )


def _crowd_words(crowd: Crowd) -> str:
    """How many others there are, where the identifier itself says why it joins nobody or where not all are named."""
    holders = f"{PROBED}+" if crowd.more else str(crowd.count + 1)
    if crowd.identifier.status == Identifier.Status.SHARED:
        return gettext("%(count)s customers have it, so it joins nobody.") % {"count": holders}
    if crowd.identifier.status == Identifier.Status.BLOCKED:
        return gettext("It says nothing about anybody, so it joins nobody.")
    if crowd.count == len(crowd.others):
        return ""
    return gettext("%(count)s customers have it; the last seen with it:") % {"count": holders}


def _other(customer: Customer, other: Other, names: Mapping[str, str], *, reasons: bool) -> OtherLine:
    return OtherLine(
        public_id=str(other.customer.public_id),
        name=str(other.customer),
        url=reverse("identity", args=[other.customer.public_id]),
        merge=f"{reverse('merge', args=[customer.public_id])}?with={other.customer.public_id}",
        words="" if other.why in {Why.SHARED, Why.BLOCKED} else why_words(other, names, reasons=reasons),
        open=other.why == Why.NOTHING,
    )


def why_words(other: Other, names: Mapping[str, str], *, reasons: bool) -> str:
    """Why the identifier does not make the two one."""
    if other.why == Why.APART and other.verdict:
        return verdict_words(str(other.verdict.actor), other.verdict.at, other.verdict.reason if reasons else "")
    if other.why == Why.LIMIT:
        return limit_words(*other.limit, names)
    if other.why == Why.STALE:
        now = timezone.now()
        return gettext("nobody was seen with it for %(time)s: it may have passed from one to the other") % {
            "time": timesince(now - other.gap, now, depth=1)
        }
    return str(WHY.get(other.why, ""))


def verdict_words(actor: str, at: datetime, reason: str) -> str:
    said = gettext("%(name)s said on %(day)s that they are not the same") % {"name": actor, "day": day(at)}
    return f"{said}: {reason}" if reason else said


def limit_words(kind: str, scope: str, names: Mapping[str, str]) -> str:
    """`kind` and `scope` of which two customers together would have too many values."""
    if kind == IdentifierType.USER_ID:
        return gettext("two user ids of %(source)s are two people until somebody says otherwise") % {
            "source": names.get(scope) or scope
        }
    label = IdentifierType(kind).label
    return gettext("together they would have more than one person has of: %(kind)s") % {"kind": label}
