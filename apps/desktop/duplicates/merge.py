"""Two customers before they become one, as the page shows them: who stays, what moves, what speaks against it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.attributes.precedence import Attribute, Heard
from apps.customers.identity.conflicts import Contradiction, official_differ
from apps.customers.identity.preview import Conflict, Preview, Return
from apps.customers.models import AttributeDefinition, Customer, IdentifierType
from apps.desktop.customer import profile
from apps.desktop.customer.entries import Entry, entries
from apps.desktop.customer.presence import writing_about
from apps.desktop.duplicates.words import ICONS, day, limit_words, source_names, spelt, verdict_words
from apps.desktop.promises.line import promise_line
from apps.interactions import timeline as story
from apps.interactions.models import FollowUp, Interaction

ENTRIES = 10
PROMISES = 12
BACK = 3  # entries of a story that would go back
CONTRADICTIONS = {
    Contradiction.OFFICIAL: _("Their tax or identity numbers differ."),
    Contradiction.BIRTH: _("Their dates of birth differ."),
    Contradiction.HOUSEHOLD: _("Their first names differ, and they have one address: people of one household do."),
    Contradiction.NAME: _("Their first names differ."),
}
REASONS = (
    _("They told me it is them"),
    _("Same person, two accounts"),
    _("A misspelt name or number made a second customer"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: who they are, what they are known by, the newest of their story. `common` are values that the
    other is known by too, `hidden` counts entries that the reader's role does not see."""

    customer: Customer
    facts: list[str]
    identifiers: list[profile.IdentifierLine]
    common: frozenset[str]
    entries: list[Entry]
    older: bool
    hidden: int


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """An attribute with both values and who said them; `theirs` if the absorbed's is chosen."""

    key: str
    label: str
    mine: str
    mine_said: str
    theirs: str
    theirs_said: str
    keeps_theirs: bool


def merge_page(reader: User, merge: Preview, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows. `chosen` are the sides picked so far (`survivor` or `absorbed`), by attribute key."""
    names = source_names(one.source for one in [*merge.staying, *merge.moving])
    lines = [
        profile.identifiers([one.profile for one in merge.staying]),
        profile.identifiers([one.profile for one in merge.moving]),
    ]
    common = frozenset.intersection(*(frozenset(line.value for line in side) for side in lines))
    promises = (
        FollowUp.objects.open().filter(profile__customer=merge.absorbed).with_owner().order_by("due_at")[:PROMISES]
    )
    return {
        "survivor": merge.survivor,
        "absorbed": merge.absorbed,
        "sides": [
            _side(reader, customer, identifiers, common)
            for customer, identifiers in zip((merge.survivor, merge.absorbed), lines, strict=True)
        ],
        "moves": _moves(merge.moving, lines[1], names),
        "promises": [promise_line(one) for one in promises],
        "warnings": warnings_of(
            merge, names, writing_about([merge.survivor, merge.absorbed], but=reader), contradictions_between(merge)
        ),
        "conflicts": [_conflict(one, names, chosen) for one in merge.conflicts],
        "reasons": REASONS,
    }


def contradictions_between(merge: Preview) -> set[Contradiction]:
    """What of the two contradicts each other by all that their profiles say."""
    official = official_differ((one.traits for one in merge.staying), (one.traits for one in merge.moving))
    found = {
        Contradiction.OFFICIAL: official,
        Contradiction.BIRTH: merge.births_differ,
        Contradiction.NAME: merge.names_differ,
    }
    return {one for one, differs in found.items() if differs}


def warnings_of(
    merge: Preview, names: Mapping[str, str], writing: Iterable[User], against: Collection[Contradiction]
) -> list[str]:
    """What speaks against it, the gravest first."""
    found = []
    if merge.verdict:
        said = merge.verdict
        found.append(verdict_words(str(said.actor or gettext("Somebody")), said.at, said.reason) + ".")
    found += [str(CONTRADICTIONS[one]) for one in Contradiction if one in against]
    if merge.limit:
        found.append(_limit(*merge.limit, names))
    words = gettext("%(name)s is writing about one of them just now.")
    return [*found, *(words % {"name": colleague} for colleague in writing)]


def _limit(kind: str, scope: str, names: Mapping[str, str]) -> str:
    if kind == IdentifierType.USER_ID:
        return gettext("Each has a user id of their own at %(source)s.") % {"source": names.get(scope) or scope}
    words = limit_words(kind, scope, names)
    return f"{words[:1].upper()}{words[1:]}."


def winners(merge: Preview, posted: Mapping[str, str]) -> dict[str, Any]:
    """The values a person chose where the rules would have kept the other's, by attribute key."""
    wanted: dict[str, Any] = {}
    for one in merge.conflicts:
        side = posted.get(f"keep-{one.definition.key}", "")
        if side == "absorbed" and not one.theirs_win:
            wanted[one.definition.key] = one.theirs.value
        elif side == "survivor" and one.theirs_win:
            wanted[one.definition.key] = one.mine.value
    return wanted


def _side(reader: User, customer: Customer, identifiers: list[profile.IdentifierLine], common: frozenset[str]) -> Side:
    page = story.page(customer, reader, story.Filters(), limit=ENTRIES)
    return Side(
        customer=customer,
        facts=facts(customer),
        identifiers=identifiers,
        common=common,
        entries=entries(page.entries),
        older=page.older is not None,
        hidden=page.hidden,
    )


def facts(customer: Customer) -> list[str]:
    """What tells a customer from others of the same name."""
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    since = customer.since or customer.created_at.date()
    born = gettext("born %(day)s") % {"day": date_format(customer.born, "DATE_FORMAT")} if customer.born else ""
    said = [born, customer.street, place, gettext("since %(year)s") % {"year": since.year}]
    return [one for one in said if one]


def _moves(
    moving: Sequence[Heard], identifiers: Sequence[profile.IdentifierLine], names: Mapping[str, str]
) -> list[str]:
    by_source: dict[str, int] = {}
    for one in moving:
        by_source[names[one.source]] = by_source.get(names[one.source], 0) + 1
    profiles = ", ".join(f"{name} ({count})" if count > 1 else name for name, count in sorted(by_source.items()))
    known = ", ".join(line.shown for line in identifiers)
    words = ngettext("%(count)d profile: %(which)s", "%(count)d profiles: %(which)s", len(moving))
    moved = [
        words % {"count": len(moving), "which": profiles} if moving else "",
        gettext("Known by: %(which)s") % {"which": known} if known else "",
        gettext("All of the story, consents and pins that hang on them"),
    ]
    return [one for one in moved if one]


def _conflict(one: Conflict, names: Mapping[str, str], chosen: Mapping[str, str]) -> ConflictLine:
    key, kind = one.definition.key, one.definition.type
    side = chosen.get(f"keep-{key}") or ("absorbed" if one.theirs_win else "survivor")
    return ConflictLine(
        key=key,
        label=str(one.definition.label),
        mine=value_words(one.mine.value, kind),
        mine_said=_who_said(one.mine, names),
        theirs=value_words(one.theirs.value, kind),
        theirs_said=_who_said(one.theirs, names),
        keeps_theirs=side == "absorbed",
    )


def percent(score: float) -> str:
    """A probability as people read it; only what is certain is 100 %."""
    shown = 100.0 if score >= 1 else min(99.9, score * 100)
    return f"{number_format(shown, 1 if shown > 99 else 0)}\u00a0%"


def value_words(value: object, kind: str) -> str:
    """A value as people read it; `kind` is the attribute's type."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    read = parse_date(value) if kind == AttributeDefinition.Type.DATE and isinstance(value, str) else None
    return date_format(read, "DATE_FORMAT") if read else str(value)


def _who_said(said: Attribute, names: Mapping[str, str]) -> str:
    return f"{said.actor or names[said.source]}, {day(said.since)}"


# --- taking one back ----------------------------------------------------------------------------------------------


def unmerge_page(reader: User, back: Return) -> dict[str, Any]:
    """What would go back, and the newest of the story that goes with it."""
    names = source_names(one.source for one in back.profiles)
    rows = story.newest([one.pk for one in back.profiles], Interaction.objects.visible_to(reader), limit=BACK)
    identifiers = {one.identifier_id: one.identifier for one in back.evidence}
    return {
        "record": back.record,
        "living": back.living,
        "restored": back.record.absorbed,
        "profiles": [(names[one.source], one.external_id) for one in back.profiles],
        "more": back.more,
        "staying": back.staying,
        "identifiers": [(ICONS[IdentifierType(one.type)], spelt(one)) for one in identifiers.values()],
        "entries": entries(rows),
    }
