"""What people say about who is the same person: merge, take it back, decide on suggestions, block a value."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.accounts.models import AuditEntry, Role, User
from apps.customers.attributes.actions import forget_chosen, keep_chosen
from apps.customers.attributes.traits import show
from apps.customers.identity.conflicts import contradictions_of
from apps.customers.identity.evidence import holders, kept_apart, lock_customers
from apps.customers.identity.merge import Merge, Unmerge, merge, take_out
from apps.customers.identity.repartition import Drift, repartition
from apps.customers.models import Customer, Identifier, MatchCandidate, MergeRecord, SourceProfile, Verdict
from apps.foundation.db.rows import rows

BY_HAND = "by hand"
ACCEPTED_AT_ONCE = 500  # suggestions in one go
REDRAWN_AT_ONCE = 2000  # customers; for more there is `manage.py recompute_identity`
MAY_ACCEPT_ALL = frozenset({Role.SUPERVISOR, Role.OWNER})
MAY_MERGE = MAY_ACCEPT_ALL | {Role.AGENT, Role.STORE}


class CannotMerge(ValueError):
    """These two cannot be made one; the message tells a person why and what to do."""


class CannotUnmerge(ValueError):
    """This merge cannot be taken back; the message tells a person why."""


def may_merge(user: User) -> bool:
    return user.is_active and (user.is_superuser or user.role in MAY_MERGE)


def may_accept_all(user: User) -> bool:
    return user.is_active and (user.is_superuser or user.role in MAY_ACCEPT_ALL)


@transaction.atomic
def merge_customers(
    *,
    actor: User,
    survivor: Customer,
    absorbed: Customer,
    reason: str,
    chosen: Mapping[str, Any] | None = None,
    candidate: MatchCandidate | None = None,
) -> MergeRecord:
    """Two customers are one from now on, whatever the rules say, until somebody takes it back (`unmerge`).

    Moves source profiles only; `chosen` are values to keep where the two differ, by attribute key. Raises
    `CannotMerge`, and PermissionDenied for roles that only look.
    """
    _check(may_merge(actor))
    lock_customers([survivor.pk, absorbed.pk])
    _check_both_live(survivor, absorbed)
    anchors = _anchor(survivor.pk), _anchor(absorbed.pk)
    _withdraw(survivor.pk, absorbed.pk)
    (pk,) = merge([Merge(survivor.pk, absorbed.pk)], rule=BY_HAND, reason=reason[:200], actor=actor.pk)
    record = MergeRecord.objects.select_related("survivor", "absorbed").get(pk=pk)
    _say(actor, *anchors, same=True, reason=reason, record=record)
    _decided(actor, survivor.pk, absorbed.pk, MatchCandidate.Status.MATCHED)
    keep_chosen(actor=actor, record=record, chosen=chosen or {})
    show([survivor.pk])
    audit(
        actor,
        "customer.merge",
        subject=survivor.public_id,
        absorbed=str(absorbed.public_id),
        record=pk,
        profiles=len(record.profiles),
        suggestion=candidate.pk if candidate else None,
    )
    return record


@transaction.atomic
def unmerge(*, actor: User, record: MergeRecord, reason: str, apart: bool = True) -> MergeRecord:
    """Take a merge back: exactly the profiles it moved return. The record of it.

    `apart`: the two are never to be joined again, neither by an identifier nor by a suggestion; False where somebody
    merely takes back what they just did. Raises `CannotUnmerge`.
    """
    _check(may_merge(actor))
    record = MergeRecord.objects.select_for_update(of=("self",)).select_related("absorbed").get(pk=record.pk)
    if record.kind != MergeRecord.Kind.MERGE or record.undone_by_id:
        raise CannotUnmerge(_("This has been taken back already."))
    living = Customer.objects.survivor_of(record.absorbed.public_id).get()
    lock_customers([living.pk, record.absorbed_id])
    moved = list(
        SourceProfile.objects.filter(pk__in=record.profiles, customer=living)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not moved:
        raise CannotUnmerge(_("Nothing of what was merged then is left with this customer."))
    (pk,) = take_out([Unmerge(living.pk, record.absorbed_id, moved)], rule=BY_HAND, reason=reason[:200], actor=actor.pk)
    undone = MergeRecord.objects.select_related("survivor", "absorbed").get(pk=pk)
    Verdict.objects.filter(record=record, withdrawn_at=None).update(withdrawn_at=now())
    _tie_to_who_stayed(living.pk, record.absorbed_id)
    if apart:
        _say(actor, _side_of(record, living.pk), _anchor(record.absorbed_id), same=False, reason=reason, record=undone)
    _decided(
        actor,
        living.pk,
        record.absorbed_id,
        MatchCandidate.Status.DIFFERENT if apart else MatchCandidate.Status.OPEN,
    )
    forget_chosen(actor=actor, record=record)
    show([living.pk, record.absorbed_id])
    audit(
        actor,
        "customer.unmerge",
        subject=living.public_id,
        restored=str(record.absorbed.public_id),
        record=pk,
        profiles=len(moved),
    )
    return undone


@transaction.atomic
def review(*, actor: User, candidate: MatchCandidate, status: str) -> str:
    """Decide on a suggestion without merging: not the same, later, or open again. The status it had.

    Raises `CannotMerge` where they have become one meanwhile.
    """
    _check(may_merge(actor))
    before = MatchCandidate.objects.select_for_update(of=("self",)).select_related("a", "b").get(pk=candidate.pk)
    lock_customers([before.a_id, before.b_id])
    _check_both_live(before.a, before.b)
    _withdraw(before.a_id, before.b_id)
    if status == MatchCandidate.Status.DIFFERENT:
        _say(actor, _anchor(before.a_id), _anchor(before.b_id), same=False, reason="")
    _decided(actor, before.a_id, before.b_id, status)
    audit(actor, f"suggestion.{status}", subject=before.a.public_id, suggestion=before.pk)
    return before.status


@transaction.atomic
def accept_above(*, actor: User, score: float) -> int:
    """Merge the likeliest `ACCEPTED_AT_ONCE` suggestions from this score on, but for those that contradict each other;
    how many were. Raises PermissionDenied."""
    _check(may_accept_all(actor))
    likely = (
        MatchCandidate.objects.to_review().filter(score__gte=score).order_by("-score", "id").select_related("a", "b")
    )
    pairs = [(one.a_id, one.b_id, one.pk) for one in likely[:ACCEPTED_AT_ONCE] if not contradictions_of(one)]
    lock_customers({pk for a, b, _pk in pairs for pk in (a, b)})
    barred = {frozenset(pair) for pair in kept_apart({a for a, _b, _pk in pairs})}
    living = set(
        Customer.objects.filter(merged_into=None, pk__in={pk for pair in pairs for pk in pair[:2]}).values_list(
            "pk", flat=True
        )
    )
    wanted = [(a, b, pk) for a, b, pk in pairs if {a, b} <= living and frozenset((a, b)) not in barred]
    wanted = _once_each(wanted)
    anchors = _anchors(pk for a, b, _pk in wanted for pk in (a, b))
    records = merge(
        [Merge(a, b) for a, b, _pk in wanted], rule=BY_HAND, reason=_("Accepted with others"), actor=actor.pk
    )
    by_absorbed = dict(MergeRecord.objects.filter(pk__in=records).values_list("absorbed_id", "pk"))
    Verdict.objects.bulk_create(
        Verdict(a_id=anchors[a], b_id=anchors[b], same=True, actor=actor, record_id=by_absorbed[b])
        for a, b, _pk in wanted
        if a in anchors and b in anchors
    )
    MatchCandidate.objects.filter(pk__in=[pk for _a, _b, pk in wanted]).update(
        status=MatchCandidate.Status.MATCHED, reviewer=actor, reviewed_at=now(), accepted_at_once=True
    )
    show({a for a, _b, _pk in wanted})
    _audit_each(actor, records)
    audit(actor, "suggestion.accept_all", score=score, accepted=len(wanted))
    return len(wanted)


def _audit_each(actor: User, records: Iterable[int]) -> None:
    """Every customer's own audit trail tells of it, as of a merge that stood alone."""
    merged = MergeRecord.objects.filter(pk__in=records).select_related("survivor", "absorbed").order_by("pk")
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=actor,
            actor_label=str(actor)[:120],
            action="customer.merge",
            subject=record.survivor.public_id,
            detail={"absorbed": str(record.absorbed.public_id), "record": record.pk, "profiles": len(record.profiles)},
        )
        for record in merged
    )


@transaction.atomic
def set_identifier_status(*, actor: User, identifier: Identifier, status: str, reason: str = "") -> Drift:
    """Block a value, call it shared, or let it count again; whoever it had joined is told apart, or joined, at once.

    Raises `CannotMerge` where more than `REDRAWN_AT_ONCE` customers have it.
    """
    held = Identifier.objects.select_for_update().get(pk=identifier.pk)
    customers = set(holders([held.pk])[held.pk])
    if len(customers) > REDRAWN_AT_ONCE:
        raise CannotMerge(_("Too many customers have it to do that here. Ask the system owner for recompute_identity."))
    Identifier.objects.filter(pk=held.pk).update(status=status)
    drift = repartition(customers, rule=f"value {status}")
    audit(
        actor,
        f"identifier.{status}",
        identifier=held.pk,
        reason=reason,
        joined=len(drift.merges),
        unmerged=len(drift.moves),
    )
    return drift


def _check(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("saying who is the same person is for those who talk to them")


def _check_both_live(survivor: Customer, absorbed: Customer) -> None:
    if survivor.pk == absorbed.pk:
        raise CannotMerge(_("That is the same customer. Choose another one."))
    if Customer.objects.filter(pk__in=[survivor.pk, absorbed.pk], merged_into=None).count() < 2:
        raise CannotMerge(_("One of them has just been merged by somebody else. Look again."))


def _once_each(pairs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Pairs of which nobody is in two: the best of each, the others are left for the next go."""
    taken: set[int] = set()
    once = []
    for a, b, pk in pairs:
        if a not in taken and b not in taken:
            once.append((a, b, pk))
            taken |= {a, b}
    return once


def _anchor(customer: int) -> int | None:
    return _anchors([customer]).get(customer)


def _anchors(customers: Iterable[int]) -> dict[int, int]:
    """The profile of each customer that a decision is tied to: the eldest of those that prove most."""
    return dict(
        rows(
            """
            SELECT DISTINCT ON (p.customer_id) p.customer_id, p.id FROM customers_sourceprofile p
            LEFT JOIN LATERAL (
                SELECT max(verified::int) AS proves FROM customers_evidence WHERE profile_id = p.id
            ) e ON true
            WHERE p.customer_id = ANY(%s) ORDER BY p.customer_id, e.proves DESC NULLS LAST, p.id
            """,
            list(customers),
        )
    )


def _side_of(record: MergeRecord, living: int) -> int | None:
    """The profile that stands for whom the absorbed was merged with, and for nobody merged since: those may be taken
    out again, and the decision is not about them."""
    since = MergeRecord.objects.standing().filter(pk__gt=record.pk)
    came = {
        pk
        for profiles in since.filter(survivor=record.survivor_id).values_list("profiles", flat=True)
        for pk in profiles
    }
    went = since.filter(absorbed=record.survivor_id).order_by("pk").values_list("profiles", flat=True).first()
    theirs = _proving(SourceProfile.objects.filter(customer=living).values_list("pk", flat=True))
    side = [pk for pk in theirs if pk not in came and (went is None or pk in went)]
    return next(iter(side or theirs), None)


def _proving(profiles: Iterable[int]) -> list[int]:
    """These profiles, those that prove most first, then by age."""
    found = rows(
        """
        SELECT p.id FROM customers_sourceprofile p LEFT JOIN customers_evidence e ON e.profile_id = p.id
        WHERE p.id = ANY(%s) GROUP BY p.id ORDER BY max(e.verified::int) DESC NULLS LAST, p.id
        """,
        list(profiles),
    )
    return [pk for (pk,) in found]


def _say(
    actor: User, a: int | None, b: int | None, *, same: bool, reason: str, record: MergeRecord | None = None
) -> None:
    if a and b:
        Verdict.objects.create(a_id=a, b_id=b, same=same, reason=reason[:200], actor=actor, record=record)


def _withdraw(one: int, other: int) -> None:
    """Whatever was decided about these two before holds no longer."""
    for a, b in ((one, other), (other, one)):
        Verdict.objects.filter(a__customer=a, b__customer=b, withdrawn_at=None).update(withdrawn_at=now())


def _tie_to_who_stayed(living: int, unmerged: int) -> None:
    """Other merges said that somebody who stays is who has just left: they meant everybody on that side of theirs, and
    are tied to one of them who stays, if any does."""
    between = Q(a__customer=living, b__customer=unmerged) | Q(a__customer=unmerged, b__customer=living)
    untied = list(Verdict.objects.filter(between, same=True, withdrawn_at=None).select_related("a", "record"))
    if not untied:
        return
    proving = _proving(SourceProfile.objects.filter(customer=living).values_list("pk", flat=True))
    for verdict in untied:
        stays, left = (verdict.a_id, verdict.b_id) if verdict.a.customer_id == living else (verdict.b_id, verdict.a_id)
        absorbed = set(verdict.record.profiles) if verdict.record else set()
        side = [pk for pk in proving if pk != stays and (pk in absorbed) == (left in absorbed)]
        if side:
            Verdict.objects.create(
                a_id=stays,
                b_id=side[0],
                same=True,
                reason=verdict.reason,
                actor_id=verdict.actor_id,
                record=verdict.record,
                at=verdict.at,
            )
    Verdict.objects.filter(pk__in=[verdict.pk for verdict in untied]).update(withdrawn_at=now())


def _decided(actor: User, one: int, other: int, status: str) -> None:
    a, b = sorted((one, other))
    open_again = status == MatchCandidate.Status.OPEN
    MatchCandidate.objects.filter(a=a, b=b).update(
        status=status, reviewer=None if open_again else actor, reviewed_at=None if open_again else now()
    )
