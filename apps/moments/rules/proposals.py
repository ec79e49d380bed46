"""Moments out of what a rule has found: whether they may be, whose they are, and who is asked first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.contact.avoidance import note_avoided
from apps.contact.locks import hold_permission
from apps.contact.models import Consent, Purpose, Where
from apps.contact.permission import Answer, Code, Reason, answers
from apps.customers.identity.evidence import lock_customers
from apps.customers.models import SourceProfile
from apps.interactions.models import Direction, Interaction
from apps.moments.actions.marks import mark, may_mark
from apps.moments.disclosure import blocked_by, leaves
from apps.moments.drafts import MomentDraft
from apps.moments.kinds import kind_of, queue_of
from apps.moments.models import Handoff, Moment, MomentRule, State, Step
from apps.moments.present import present
from apps.moments.rules.detectors import Find
from apps.moments.transitions import LEADS, Transition, step

JUST_NOW = timedelta(minutes=10)  # so long after a conversation whoever led it is still in it
NOON = time(12)
LONGEST = 1_000  # characters of the customer's words
BEFORE = 5  # entries that led to the one it was seen in
REFUSED = frozenset({Code.SUPPRESSED, Code.ADDRESS_SUPPRESSED, Code.DENIED, Code.WITHDRAWN})


class Permit(NamedTuple):
    """Whether there is a channel over which nothing lasting forbids contact; if not, why, and whether it was they who
    refused or only nobody has asked them."""

    open: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def refused(self) -> bool:
        return not REFUSED.isdisjoint(reason.code for reason in self.reasons)

    @classmethod
    def of(cls, by_channel: Mapping[str, Answer]) -> "Permit":
        lasting = [answer.lasting for answer in by_channel.values()]
        if not all(lasting):
            return cls(True)
        refused = [reasons for reasons in lasting if not REFUSED.isdisjoint(reason.code for reason in reasons)]
        return cls(False, min(refused or lasting, key=len))


class Proposals:
    """What is to come of some finds of one rule. What is read about them is read for all at once, under a lock on the
    customers: a withdrawal is before or after. `avoided` counts those that must not be contacted."""

    def __init__(self, rule: MomentRule, finds: Sequence[Find]) -> None:
        self.rule, self.finds, self.kind = rule, finds, kind_of(rule.kind)
        self.now, self.avoided = timezone.now(), 0
        customers = sorted({find.customer for find in finds})
        lock_customers(customers)
        hold_permission(customers)
        self._entries = _entries([find.entry for find in finds if find.entry])
        self._profiles = _eldest_profiles(customers)
        self._present = _present(customers, self.now)
        self._answers = answers(customers, list(Consent.Channel.values), self.kind.purpose)
        self._queue = queue_of(self.kind)

    def make(self, room: int) -> tuple[int, bool]:
        """At most `room` moments: how many there are now, and whether there would have been more."""
        count = 0
        for find in self.finds:
            profile = self._profile(find)
            if profile is None or not self._wanted(find, profile):
                continue
            if count >= room:
                return count, True
            count += self._make(find, profile)
        return count, False

    def _profile(self, find: Find) -> SourceProfile | None:
        entry = self._entries.get(find.entry)
        return entry.profile if entry else self._profiles.get(find.customer)

    def _wanted(self, find: Find, profile: SourceProfile) -> bool:
        """Where contact is what it is for, those who refuse it are left alone. Whom nobody has asked may be asked by
        those who talk to them anyway; nobody writes to them out of the blue."""
        permit = Permit.of(self._answers[find.customer])
        if permit.open or not Purpose.opt_in(self.kind.purpose):
            return True
        if permit.refused:
            self.avoided += 1
            answer = Answer(False, permit.reasons)
            note_avoided(
                actor=None, profile=profile, channel="", purpose=self.kind.purpose, answer=answer, where=Where.RULE
            )
            return False
        return find.day is None

    def _make(self, find: Find, profile: SourceProfile) -> bool:
        person = self._talking(find)
        owner = self._owner(find, profile, person)
        if owner is None:
            return False
        seen = self._draft(find)
        moment = mark(actor=None, customer=profile.customer, seen=seen, owner=owner, note=self.rule.name)
        if person and person != owner:
            self._offer(moment, person)
        return True

    def _owner(self, find: Find, profile: SourceProfile, person: User | None) -> Team | User | None:
        """The kind's queue. Where it must not leave for there: whom it escalates to, the team of whoever is in the
        conversation, any team that talks to customers, and where there is none, a lead."""
        queue = self._queue
        if queue and not leaves(queue, None):
            return queue
        about = Moment(kind=self.rule.kind, tags=self.rule.tags, profile=profile)
        if queue and Permit.of(self._answers[find.customer]).open and not blocked_by(about):
            return queue
        near = (self.kind.lead_team, person.team if person else None)
        return next((team for team in near if team and not leaves(team, None)), None) or somebody_inside()

    def _talking(self, find: Find) -> User | None:
        """Whoever led the conversation minutes ago, else who has the customer before them now."""
        entry = self._entries.get(find.entry)
        staff = entry.staff if entry and self.now - (entry.ended_at or entry.occurred_at) < JUST_NOW else None
        if staff and may_mark(staff) and not leaves(None, staff):
            return staff
        return self._present.get(find.customer)

    def _draft(self, find: Find) -> MomentDraft:
        rule, entry = self.rule, self._entries.get(find.entry)
        due = self.now + timedelta(minutes=rule.due_minutes) if rule.due_minutes else None
        about: dict[str, Any] = {"happened_at": self.now}
        if find.day:
            noon = timezone.make_aware(datetime.combine(find.day, NOON))
            about, due = {"happened_at": noon}, due or max(noon, self.now + timedelta(hours=1))
        if entry:
            said = entry.verbatim or (entry.body if entry.direction == Direction.INBOUND else "")
            about = {
                "happened_at": entry.occurred_at,
                "reason": said[:LONGEST],
                "value": entry.amount,
                "currency": entry.currency,
                "origins": (entry.pk, *self._before(entry)),
            }
        return MomentDraft(
            kind=rule.kind,
            key=find.key(rule.code),
            suggestion=rule.suggestion or str(self.kind.suggestion),
            category=rule.category,
            tags=tuple(rule.tags),
            due_at=due,
            rule=rule.mark,
            **about,
        )

    def _before(self, entry: Interaction) -> Iterable[int]:
        """What came before it, where the rule asks for that."""
        if not self.rule.preceded_by:
            return ()
        start = entry.occurred_at - timedelta(hours=self.rule.preceded_hours)
        before = Interaction.objects.filter(
            profile__customer=entry.profile.customer_id,
            kind__in=self.rule.preceded_by,
            occurred_at__range=(start, entry.occurred_at),
        ).exclude(pk=entry.pk)
        return before.newest_first().values_list("pk", flat=True)[:BEFORE]

    def _offer(self, moment: Moment, person: User) -> None:
        """Asked for a short time; then it is the owner's to act."""
        changes = {
            "state": State.OFFERED,
            "offered_to_user_id": person.pk,
            "handoff": Handoff.TRANSFER,
            "offered_at": self.now,
            "first_offered_at": self.now,
            "answer_by": self.now + timedelta(minutes=self.rule.answer_minutes),
            "queue_id": person.team_id,
        }
        step(
            None,
            moment,
            Transition(Step.Act.OFFER, changes, note=_("In the conversation right now."), to=(None, person)),
        )


def somebody_inside() -> Team | User | None:
    """A team that talks to customers; where there is none, whoever answers for all of it."""
    team = Team.objects.exclude(kind=Team.Kind.DEPARTMENT).order_by("kind", "id").first()
    leads = User.objects.filter(Q(role__in=LEADS) | Q(is_superuser=True), is_active=True)
    return team or leads.order_by("id").first()


def _entries(ids: Iterable[int]) -> dict[int, Interaction]:
    return Interaction.objects.select_related("profile__customer", "staff__team").defer("search").in_bulk(list(ids))


def _eldest_profiles(customers: Sequence[int]) -> dict[int, SourceProfile]:
    theirs = SourceProfile.objects.filter(customer__in=customers).select_related("customer")
    return {profile.customer_id: profile for profile in theirs.order_by("customer_id", "id").distinct("customer_id")}


def _present(customers: Sequence[int], now: datetime) -> dict[int, User]:
    """By customer, who has them before them: whoever is writing, else who came last."""
    here = [found for found in present(customers, now) if may_mark(found.user) and not leaves(None, found.user)]
    return {found.customer: found.user for found in sorted(here, key=lambda found: (found.writing, found.alive_at))}
