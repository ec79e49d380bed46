"""Customers who may be one person, for review: a list, two of them side by side, and how well that goes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.attributes.catalogue import hidden_from
from apps.customers.attributes.precedence import Heard
from apps.customers.attributes.traits import under_other_names
from apps.customers.identity.actions import ACCEPTED_AT_ONCE
from apps.customers.identity.conflicts import MOST, Contradiction, contradictions_of
from apps.customers.identity.preview import Preview, preview
from apps.customers.models import Customer, MatchCandidate, MatchModel
from apps.customers.models.merge import MatchCandidateQuerySet
from apps.desktop.customer import profile
from apps.desktop.customer.entries import Entry, entries
from apps.desktop.customer.presence import writing_about
from apps.desktop.customer.profile import ago
from apps.desktop.duplicates import comparison
from apps.desktop.duplicates.merge import contradictions_between, facts, percent, warnings_of
from apps.desktop.duplicates.words import day, source_names
from apps.foundation.db.keyset import Cursor
from apps.interactions import timeline as story
from apps.interactions.models import Interaction

PAGE = 50
ENTRIES = 5
LOWEST = 10  # of those accepted together that are shown
COUNTED = 10_000  # suggestions that would be accepted are counted up to here
DECIDED = (MatchCandidate.Status.MATCHED, MatchCandidate.Status.DIFFERENT)
OUTCOMES = {MatchCandidate.Status.MATCHED: "check", MatchCandidate.Status.DIFFERENT: "x"}
TABS = [("open", _("Open")), ("later", _("Later")), ("decided", _("Decided"))]
EMPTY = {
    "open": (
        _("Nothing to decide"),
        _("Customers who look like one person appear here: some at once, some after the nightly comparison."),
    ),
    "later": (_("Nothing was put off"), _("Suggestions come here from Open.")),
    "decided": (_("Nothing is decided yet"), _("Suggestions come here from Open.")),
}


MatchCursor = Cursor[float] | Cursor[datetime]  # by score, or by when it was decided


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A suggestion in the list: what contradicts it, and what speaks for it. `outcome` is set once it is decided."""

    pk: int
    one: str
    other: str
    score: str
    against: str
    why: str
    outcome: str
    outcome_icon: str


@dataclass(frozen=True, slots=True)
class Person:
    """One of the two."""

    customer: Customer
    facts: list[str]
    identifiers: list[profile.IdentifierLine]
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Band:
    """What people said of suggestions with such a score. Widths of the bar in hundredths, as text."""

    label: str
    same: int
    different: int
    words: str
    same_width: str
    different_width: str


def listed(tab: str, before: MatchCursor | None) -> tuple[list[MatchLine], MatchCursor | None]:
    """A page of suggestions, the likeliest first (the decided: the latest), and where to go on. One query."""
    found = list(_in(tab, before)[: PAGE + 1])
    older = _cursor(found[PAGE - 1], tab) if len(found) > PAGE else None
    return [_line(one) for one in found[:PAGE]], older


def following(tab: str, one: MatchCandidate) -> MatchCandidate | None:
    """The suggestion after this one in the tab it was in, or the first where it was the last."""
    field = _sorted_by(tab)
    after = _in(tab, _cursor(one, tab)).exclude(pk=one.pk).first() if getattr(one, field) else None
    return after or _in(tab, None).exclude(pk=one.pk).first()


def cursor_of(tab: str, text: str) -> MatchCursor | None:
    """Where to go on in this tab; None for anything we did not write."""
    return Cursor.parse(text) if tab == "decided" else Cursor.parse_as(float, text)


def _cursor(one: MatchCandidate, tab: str) -> MatchCursor:
    return Cursor(getattr(one, _sorted_by(tab)), one.pk)


def _sorted_by(tab: str) -> str:
    return "reviewed_at" if tab == "decided" else "score"


def _in(tab: str, before: MatchCursor | None) -> MatchCandidateQuerySet:
    field = _sorted_by(tab)
    rows = MatchCandidate.objects.select_related("a", "b")
    rows = rows.filter(status__in=DECIDED) if tab == "decided" else rows.to_review().filter(status=tab)
    if before:
        beyond = Q(**{f"{field}__lt": before.at}) | Q(**{field: before.at}, pk__gt=before.pk)
        rows = rows.filter(beyond, **{f"{field}__lte": before.at})  # the latter lets the index begin there
    return rows.order_by(f"-{field}", "pk")


def _line(one: MatchCandidate) -> MatchLine:
    status = MatchCandidate.Status(one.status)
    against = contradictions_of(one)
    return MatchLine(
        pk=one.pk,
        one=str(one.a),
        other=str(one.b),
        score=_score(one, against),
        against=comparison.conflict_words(against),
        why=comparison.reasons(one.features) or str(MatchCandidate.Origin(one.origin).label),
        outcome=str(status.label) if status in DECIDED else "",
        outcome_icon=OUTCOMES.get(status, ""),
    )


def _score(one: MatchCandidate, against: Collection[Contradiction]) -> str:
    """However much agrees: nobody is nearly certain while something contradicts."""
    return percent(min(one.score, MOST) if against else one.score)


# --- two of them side by side -------------------------------------------------------------------------------------


def match(candidate: MatchCandidate, reader: User) -> dict[str, Any]:
    """The two, what agrees and what does not. The number of queries does not depend on them."""
    merge = preview(candidate.a, candidate.b, reader)
    people = [_person(candidate.a, merge.staying, reader), _person(candidate.b, merge.moving, reader)]
    names = source_names(one.source for one in [*merge.staying, *merge.moving])
    shared = frozenset.intersection(*(frozenset(line.value for line in one.identifiers) for one in people))
    profiles, hidden = (merge.staying, merge.moving), under_other_names(hidden_from(reader))
    mine, theirs = (
        comparison.values(one.customer, one.identifiers, shared, said, hidden)
        for one, said in zip(people, profiles, strict=True)
    )
    against = _against(candidate, merge)
    living = not (candidate.a.merged_into_id or candidate.b.merged_into_id)
    return {
        "candidate": candidate,
        "people": people,
        "shared": shared,
        "rows": comparison.rows(candidate.features, mine, theirs, against),
        "score": _score(candidate, against),
        "contradicted": bool(against),
        "moving": len(merge.moving),
        "origin": MatchCandidate.Origin(candidate.origin).label,
        "found": ago(candidate.created_at),
        "warnings": warnings_of(merge, names, writing_about([candidate.a, candidate.b], but=reader), against),
        "differing": _differing(len(merge.conflicts)),
        "outcome": _outcome(candidate),
        "decidable": living and candidate.status not in DECIDED,
        "reopenable": living and candidate.status in DECIDED,
    }


def _against(candidate: MatchCandidate, merge: Preview) -> list[Contradiction]:
    """What was found when the two were compared, and what their profiles say by now."""
    found = {*contradictions_of(candidate), *contradictions_between(merge)}
    if Contradiction.HOUSEHOLD in found:
        found.discard(Contradiction.NAME)
    return [one for one in Contradiction if one in found]


def _person(customer: Customer, profiles: Sequence[Heard], reader: User) -> Person:
    ids = [one.profile for one in profiles]
    rows = story.newest(ids, Interaction.objects.visible_to(reader), limit=ENTRIES)
    return Person(customer, facts(customer), profile.identifiers(ids), entries(rows))


def _differing(count: int) -> str:
    if not count:
        return ""
    words = ngettext("%(count)d attribute differs", "%(count)d attributes differ", count) % {"count": count}
    return gettext("%(words)s: the more trusted or later word is kept, unless you choose.") % {"words": words}


def _outcome(candidate: MatchCandidate) -> str:
    if candidate.status not in DECIDED or candidate.reviewed_at is None:
        return ""
    name = candidate.reviewer or gettext("by a rule")
    said = {"words": candidate.get_status_display(), "name": name, "day": day(candidate.reviewed_at)}
    return gettext("%(words)s: %(name)s, %(day)s") % said


# --- many at once, and how well it does ---------------------------------------------------------------------------


def acceptable(score: float) -> dict[str, Any]:
    """How many suggestions have this score or more, and the least likely of them. Two queries."""
    likely = MatchCandidate.objects.to_review().filter(score__gte=score)
    count = likely.order_by()[: COUNTED + 1].values("pk").count()
    lowest = likely.select_related("a", "b").order_by("score", "-pk")[:LOWEST]
    return {
        "count": count,
        "count_words": f"{number_format(COUNTED, 0, force_grouping=True)}+" if count > COUNTED else str(count),
        "lowest": [_line(one) for one in lowest],
        "merging": min(count, ACCEPTED_AT_ONCE),
        "merging_words": number_format(min(count, ACCEPTED_AT_ONCE), 0, force_grouping=True),
        "threshold": percent(score),
        "most": ACCEPTED_AT_ONCE,
    }


def quality() -> dict[str, Any]:
    """What people said of the suggestions of the model in use (or, without one, of all), by band. Two queries."""
    model = MatchModel.objects.order_by("-trained_at", "-pk").first()
    suggested = MatchCandidate.objects.filter(model=model) if model else MatchCandidate.objects.all()
    return {
        "model": _model(model) if model else "",
        "bands": [_band(float(start), same, different) for start, same, different in suggested.by_band()],
    }


def _model(model: MatchModel) -> str:
    known = {
        "version": model.pk,
        "when": date_format(timezone.localtime(model.trained_at), "SHORT_DATETIME_FORMAT"),
        "customers": number_format(model.customers, 0, force_grouping=True),
        "pairs": number_format(model.pairs, 0, force_grouping=True),
    }
    words = (
        gettext("Model %(version)s of %(when)s compared %(customers)s customers and suggested %(pairs)s pairs.") % known
    )
    if not model.left_out:
        return words
    more = {"count": number_format(model.left_out, 0, force_grouping=True)}
    return f"{words} " + gettext("There were %(count)s more than one run may suggest: the likeliest were taken.") % more


def _band(start: float, same: int, different: int) -> Band:
    count = same + different
    share = round(100 * same / count)
    words = ngettext("%(share)d %% of %(count)d were one person", "%(share)d %% of %(count)d were one person", count)
    return Band(
        label=gettext("from %(start)s") % {"start": percent(start)},
        same=same,
        different=different,
        words=words % {"share": share, "count": count},
        same_width=str(share),
        different_width=str(100 - share),
    )
