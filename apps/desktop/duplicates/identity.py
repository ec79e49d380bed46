"""How we know that a customer is one person, as the page shows it: a picture, a table, and what came before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.customers.actions import DESK
from apps.customers.identity.actions import BY_HAND
from apps.customers.identity.proof import history_of, proof_of
from apps.customers.models import Customer, Evidence, Identifier, IdentifierType, MergeRecord, SourceProfile
from apps.desktop.duplicates.picture import EvidencePicture, picture
from apps.desktop.duplicates.words import ICONS, crowd_line, day, source_names, spelt

PROFILES = 60  # read; the picture shows the first of them
STATES = {  # tone, icon and word
    "verified": ("good", "badge-check", _("verified")),
    "claimed": ("quiet", "circle-help", _("claimed")),
    "shared": ("warn", "users", _("shared")),
    "blocked": ("quiet", "ban", _("blocked")),
    "inactive": ("quiet", "unlink", _("no longer counts")),
}
RULES = {
    BY_HAND: _("by hand"),
    "shared identifier": _("an identifier both have"),
    "shared value": _("a value that too many have joins nobody any longer"),
    "too many values": _("together they had more than one person has"),
    "value blocked": _("a value was blocked"),
    "value shared": _("a value was marked as shared"),
    "value active": _("a value counts again"),
    "recomputed": _("everybody was drawn anew from the evidence"),
}


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A row of the table: which source knows the customer by what. `state` is a key of `STATES`."""

    pk: int
    kind: str
    icon: str
    shown: str
    source: str
    external: str
    state: str
    tone: str
    state_icon: str
    word: str
    first: str
    last: str
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A merge or an un-merge. `standing`: it can be taken back."""

    pk: int
    icon: str
    title: str
    by: str
    when: str
    stamp: str
    reason: str
    undone: str
    standing: bool


def identity_of(customer: Customer, *, mirrored: bool, reasons: bool) -> dict[str, Any]:
    """Everything the page shows, in at most twelve queries. `mirrored` draws the picture from right to left;
    `reasons`: what people wrote when they merged and un-merged is for this reader."""
    proof = proof_of(customer)
    profiles = list(SourceProfile.objects.of(customer).order_by("id")[: PROFILES + 1])
    names = source_names(one.source for one in [*profiles, *(one.profile for one in proof.evidence)])
    elsewhere = {crowd.identifier.pk for crowd in proof.crowds}
    records, older = history_of(customer)
    return {
        "picture": _picture(profiles[:PROFILES], proof.evidence, names, elsewhere, mirrored),
        "evidence": [_line(one, names, elsewhere) for one in _grouped(proof.evidence)],
        "more_evidence": proof.more,
        "crowds": [crowd_line(customer, crowd, names, reasons=reasons) for crowd in proof.crowds],
        "history": [_history(customer, record, reasons=reasons) for record in records],
        "older_history": older,
        "sources": len({one.source for one in profiles}),
    }


def state_of(evidence: Evidence) -> str:
    if evidence.identifier.status != Identifier.Status.ACTIVE:
        return evidence.identifier.status
    if not evidence.active:
        return "inactive"
    return "verified" if evidence.verified else "claimed"


def _grouped(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What is said of one identifier together, in the order in which each is first met."""
    met = {pk: place for place, pk in enumerate(dict.fromkeys(one.identifier_id for one in evidence))}
    return sorted(evidence, key=lambda one: met[one.identifier_id])


def _line(one: Evidence, names: Mapping[str, str], elsewhere: Collection[int]) -> EvidenceLine:
    kind, state = IdentifierType(one.identifier.type), state_of(one)
    tone, icon, said = STATES[state]
    word = str(said)
    if state == "claimed" and one.typed_by:
        icon, word = "keyboard", gettext("typed by %(name)s, not verified") % {"name": one.typed_by}
    return EvidenceLine(
        pk=one.pk,
        kind=str(kind.label),
        icon=ICONS[kind],
        shown=spelt(one.identifier),
        source=names[one.profile.source],
        external="" if one.profile.source == DESK else one.profile.external_id,
        state=state,
        tone=tone,
        state_icon=icon,
        word=word,
        first=day(one.first_seen),
        last=day(one.last_seen),
        elsewhere=one.identifier_id in elsewhere,
    )


def _picture(
    profiles: Sequence[SourceProfile],
    evidence: Sequence[Evidence],
    names: Mapping[str, str],
    elsewhere: Collection[int],
    mirrored: bool,
) -> EvidencePicture:
    identifiers = {one.identifier_id: one.identifier for one in evidence}
    return picture(
        left=[(one.pk, names[one.source], _called(one)) for one in profiles],
        right=[
            (pk, ICONS[IdentifierType(one.type)], str(IdentifierType(one.type).label), spelt(one))
            for pk, one in identifiers.items()
        ],
        lines=[
            (one.profile_id, one.identifier_id, "elsewhere" if one.identifier_id in elsewhere else "", state_of(one))
            for one in evidence
        ],
        mirrored=mirrored,
    )


def _called(one: SourceProfile) -> str:
    """What the source calls them; our own desk has no name for anybody."""
    return gettext("since %(day)s") % {"day": day(one.first_seen)} if one.source == DESK else one.external_id


# --- what came before ---------------------------------------------------------------------------------------------


def _history(customer: Customer, record: MergeRecord, *, reasons: bool) -> HistoryLine:
    merged = record.kind == MergeRecord.Kind.MERGE
    undone = record.undone_by
    return HistoryLine(
        pk=record.pk,
        icon="merge" if merged else "split",
        title=_title(customer, record),
        by=_by(record),
        when=date_format(timezone.localtime(record.at), "SHORT_DATETIME_FORMAT"),
        stamp=record.at.isoformat(),
        reason=record.reason if reasons else "",
        undone=_undone(undone) if undone else "",
        standing=merged and undone is None,
    )


def _title(customer: Customer, record: MergeRecord) -> str:
    merged, gone = record.kind == MergeRecord.Kind.MERGE, record.absorbed_id == customer.pk
    count = len(record.profiles)
    if gone and merged:
        words = ngettext(
            "Merged into %(name)s, with %(count)d profile", "Merged into %(name)s, with %(count)d profiles", count
        )
    elif gone:
        words = ngettext(
            "Un-merged from %(name)s again, with %(count)d profile",
            "Un-merged from %(name)s again, with %(count)d profiles",
            count,
        )
    elif merged:
        words = ngettext("%(name)s came in, with %(count)d profile", "%(name)s came in, with %(count)d profiles", count)
    else:
        words = ngettext(
            "%(name)s left again, with %(count)d profile", "%(name)s left again, with %(count)d profiles", count
        )
    return words % {"name": record.survivor if gone else record.absorbed, "count": count}


def _by(record: MergeRecord) -> str:
    rule = str(RULES.get(record.rule, record.rule))
    return f"{record.actor}, {rule}" if record.actor else rule


def _undone(record: MergeRecord) -> str:
    who = str(record.actor) if record.actor else str(RULES.get(record.rule, record.rule))
    return gettext("taken back on %(day)s: %(who)s") % {"day": day(record.at), "who": who}
