"""What must hold whatever people and time do to moments: one owner at every instant, and none is lost.

`KLATSCH_SEQUENCES` says how many sequences are tried.
"""

import os
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.accounts.models import AuditEntry, Team, User
from apps.contact.actions import note_consent
from apps.contact.models import Block
from apps.contact.permission import NotPermitted
from apps.foundation.cache import clear
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, StaysInside
from apps.moments.drafts import MomentDraft
from apps.moments.models import CLOSED, Moment, Outcome, State, Step
from tests.factories.accounts import MarketerFactory, SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.moments import MomentKindFactory

pytestmark = pytest.mark.django_db

SEQUENCES = int(os.environ.get("KLATSCH_SEQUENCES", "40"))
PEOPLE = 6
REFUSALS = (PermissionDenied, NotPermitted, StaysInside, AlreadyChanged, ValueError)
OWNERS_ACTS = ["offer", "offer_somebody", "give_back", "reassign", "snooze", "contact", "finish", "amend"]
WITHOUT_OWNER = "SELECT count(*) FROM moments_moment WHERE num_nonnulls(owner_user_id, owner_team_id) <> 1"


class Moments(RuleBasedStateMachine):
    """`seen` is what the machine knows was marked; `stale` are moments as somebody's page showed them before."""

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        clear("moment_kinds")
        care, marketing = TeamFactory(name="Care"), TeamFactory(name="Marketing", kind=Team.Kind.DEPARTMENT)
        desk = TeamFactory(name="Second line")
        self.teams = [care, marketing, desk]
        self.people = [
            UserFactory(team=care), UserFactory(team=care), SupervisorFactory(team=desk),
            MarketerFactory(team=marketing), MarketerFactory(team=marketing), UserFactory(),
        ]  # fmt: skip
        MomentKindFactory(code="praise", lead_team=desk, lapse_days=30)
        self.customers = []
        for _number in range(2):
            profile = SourceProfileFactory()
            ConsentFactory(profile=profile)
            self.customers.append(profile.customer)
        self.seen, self.stale = {}, []
        for number in range(2):
            seen = MomentDraft(kind="praise", key=f"key {number}", reason="So good", disclose_words=True)
            made = actions.mark(actor=self.people[number], customer=self.customers[number], seen=seen)
            self.seen[made.key] = made.pk

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            clear("moment_kinds")

    @rule(
        who=st.integers(0, PEOPLE - 1),
        kind=st.sampled_from(["praise", "wish", "leaving"]),
        number=st.integers(0, 5),
        tags=st.sampled_from([(), (), ("complaint",), ("complaint", "health")]),
    )
    def somebody_marks(self, who, kind, number, tags):
        seen = MomentDraft(kind=kind, key=f"key {number}", reason="So good", disclose_words=number % 2 == 0, tags=tags)
        with transaction.atomic():
            try:
                made = actions.mark(actor=self.people[who], customer=self.customers[number % 2], seen=seen)
            except PermissionDenied:
                return
        self.seen.setdefault(f"key {number}", made.pk)

    @precondition(lambda self: self.seen)
    @rule(
        data=st.data(),
        act=st.sampled_from(
            ["offer", "offer_somebody", "accept", "accept", "decline", "withdraw", "give_back", "reassign", "snooze",
             "wake", "contact", "finish", "undo", "undo", "amend"]
        ),
        who=st.integers(0, PEOPLE - 1),
        other=st.integers(0, PEOPLE - 1),
        stale=st.booleans(),
    )  # fmt: skip
    def somebody_acts(self, data, act, who, other, stale):
        self.act(act, self.people[who], self.some(data, stale), self.people[other])

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), choice=st.integers(0, 30), other=st.integers(0, PEOPLE - 1))
    def it_goes_its_way(self, data, choice, other):
        """One of the acts that are somebody's to do."""
        moment = self.some(data, False)
        likely = self.likely(moment)
        if likely:
            act, actor = likely[choice % len(likely)]
            self.act(act, actor, moment, self.people[other])

    def likely(self, moment):
        here = [person for person in self.people if person.is_active]
        accepting = [person for person in here if actions.may_accept(person, moment)]
        owning = [person for person in here if moment.is_live and moment.owner_user_id == person.pk]
        undoing = [person for person in here if actions.may_undo(person, moment)]
        answers = ["accept", "accept", "decline"] if moment.state == State.OFFERED else ["accept", "offer"]
        acts = ["withdraw"] if moment.state == State.OFFERED else ["wake"] if moment.snoozed_until else OWNERS_ACTS
        return [
            *((act, person) for person in accepting for act in answers),
            *((act, person) for person in owning for act in acts),
            *(("undo", person) for person in undoing),
        ]

    def act(self, act, actor, moment, other):
        before, shown, refusal = self.kept(moment), moment.version, None
        try:
            with transaction.atomic():
                self.do(act, actor, moment, other)
        except REFUSALS as refused:
            refusal = refused
        if refusal:
            assert self.kept(moment) == before, f"{act} was refused ({refusal!r}), and nothing changed"
        else:
            assert shown == before["version"] or act == "amend", "what had changed meanwhile is not acted on"

    def kept(self, moment):
        return Moment.objects.values("version", "owner_user", "owner_team", "state").get(pk=moment.pk)

    def do(self, act, actor, moment, other):
        if act == "offer":
            actions.offer(actor=actor, moment=moment, team=self.teams[self.people.index(other) % 3])
        elif act == "offer_somebody":
            actions.offer(actor=actor, moment=moment, user=other, handoff="referral")
        elif act in ("decline", "give_back"):
            getattr(actions, act)(actor=actor, moment=moment, reason="Not for us")
        elif act == "reassign":
            actions.reassign(actor=actor, moment=moment, user=other)
        elif act == "snooze":
            actions.snooze(actor=actor, moment=moment, until=timezone.now() + timedelta(hours=3))
        elif act == "contact":
            actions.contact(actor=actor, moment=moment, channel="email")
        elif act == "finish":
            actions.finish(actor=actor, moment=moment, outcome=Outcome.THANKED, line="They were glad")
        elif act == "amend":
            tags = ("dispute",) if moment.tags == ["complaint"] else tuple(moment.tags[1:])
            seen = MomentDraft(kind=moment.kind, key="", reason="Even better", channel="email", tags=tags)
            actions.amend(actor=actor, moment=moment, seen=seen)
        else:
            getattr(actions, act)(actor=actor, moment=moment)

    @rule(hours=st.sampled_from([1, 3, 30, 24 * 40]))
    def time_passes(self, hours):
        actions.sweep(at=timezone.now() + timedelta(hours=hours))

    @rule(number=st.integers(0, 1), status=st.sampled_from(["withdrawn", "granted"]))
    def a_customer_changes_their_mind(self, number, status):
        note_consent(
            actor=self.people[0], customer=self.customers[number], channel="email", status=status, origin="On the phone"
        )

    @rule(who=st.integers(0, PEOPLE - 1), active=st.booleans())
    def somebody_leaves_or_comes_back(self, who, active):
        User.objects.filter(pk=self.people[who].pk).update(is_active=active)
        self.people[who].is_active = active

    @invariant()
    def every_moment_has_one_owner(self):
        if not hasattr(self, "atomic"):
            return
        with connection.cursor() as cursor:
            cursor.execute(WITHOUT_OWNER)
            assert cursor.fetchone()[0] == 0

    @invariant()
    def none_is_lost(self):
        if not hasattr(self, "atomic"):
            return
        assert dict(Moment.objects.values_list("key", "pk")) == self.seen

    @invariant()
    def every_step_is_told_and_audited(self):
        if not hasattr(self, "atomic"):
            return
        versions = dict(Moment.objects.values_list("pk", "version"))
        for pk, version in versions.items():
            told = list(Step.objects.filter(moment=pk).order_by("version").values_list("version", flat=True))
            assert told == list(range(1, version + 1))
        assert AuditEntry.objects.filter(action__startswith="moment.").count() == sum(versions.values())

    @invariant()
    def what_marketers_hold_was_disclosed(self):
        if not hasattr(self, "atomic"):
            return
        theirs = Moment.objects.filter(owner_user__role="marketer") | Moment.objects.filter(
            state=State.OFFERED, offered_to_team=self.teams[1]
        )
        assert not theirs.filter(disclosed=None).exists()

    @invariant()
    def contact_knows_what_is_open(self):
        if not hasattr(self, "atomic"):
            return
        lived = Moment.objects.live().values_list("public_id", "profile", "happened_at", "tags")
        expected = {(subject, profile, since, tag) for subject, profile, since, tags in lived for tag in tags}
        assert set(Block.objects.values_list("subject", "profile", "since", "tag")) == expected

    @invariant()
    def what_is_over_stays_over_but_for_an_undo(self):
        if not hasattr(self, "atomic"):
            return
        for pk in Moment.objects.filter(state__in=CLOSED).values_list("pk", flat=True):
            acts = list(Step.objects.filter(moment=pk).order_by("version").values_list("act", flat=True))
            assert acts[-1] in (Step.Act.DONE, Step.Act.EXPIRE)

    def some(self, data, stale):
        """A moment as it is, or as it was when somebody looked."""
        if stale and self.stale:
            return data.draw(st.sampled_from(self.stale))
        pk = data.draw(st.sampled_from(sorted(self.seen.values())))
        self.stale.append(Moment.objects.select_related("profile__customer").get(pk=pk))
        return Moment.objects.select_related("profile__customer").get(pk=pk)


def test_what_holds_whatever_happens():
    run_state_machine_as_test(
        Moments,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
