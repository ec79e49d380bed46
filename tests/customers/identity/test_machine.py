"""What must hold whatever happens: events, merges and un-merges by people, values blocked, everything recomputed.

`KLATSCH_SEQUENCES` says how many sequences are tried; 2,000 take some minutes.
"""

import os
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
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

from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.identity.actions import merge_customers, set_identifier_status, unmerge
from apps.customers.identity.repartition import drift_of, repartition
from apps.customers.models import Customer, Evidence, Identifier, MergeRecord, SourceProfile, Verdict
from apps.foundation import cache
from apps.interactions.actions import record
from apps.interactions.drafts import Draft, InteractionDraft
from apps.interactions.models import Interaction
from tests.customers.identity.claims import DAWN, device, email, phone
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

SEQUENCES = int(os.environ.get("KLATSCH_SEQUENCES", "40"))
PEOPLE = 8
CLAIMERS = {6, 7}  # they prove nothing
NAMES = (None, "Anna Weber", "Ben Weber", "Anna Weber")
HANDLES = [email("a"), email("b"), email("c"), phone("0001"), phone("0002"), device("d1"), device("d2")]


def user_id(who):
    return Handle("user_id", f"u{who % 3}", "shop")


class Identity(RuleBasedStateMachine):
    """`by_hand`: a person has said something, so what the evidence alone would give is no measure any longer."""

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        cache.clear_all()
        self.agent = UserFactory(role="supervisor")
        self.claims, self.days, self.by_hand, self.where = [], 0, False, {}

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(
        who=st.integers(0, PEOPLE - 1),
        held=st.lists(st.sampled_from(HANDLES), max_size=3, unique=True),
        signed_in=st.booleans(),
    )
    def something_happens(self, who, held, signed_in):
        self.days += 1
        sure = who not in CLAIMERS
        name = NAMES[who % len(NAMES)]
        handles = (*held, user_id(who)) if sure and signed_in and who % 2 else tuple(held)
        claim = Claim(
            ProfileKey("shop", f"p{who}"),
            DAWN + timedelta(days=self.days),
            handles=handles if sure else (),
            unverified=() if sure else handles,
            traits={"name": name} if name else {},
        )
        number = len(self.claims)
        touch = InteractionDraft(f"t{number}", claim.seen_at, "chat", "chat", "Hello")
        self.claims.append(Draft(claim, touch))
        record([self.claims[-1]])
        self.where[f"t{number}"] = f"p{who}"

    @precondition(lambda self: self.claims)
    @rule(until=st.integers(1, 20))
    def it_is_all_delivered_again(self, until):
        before = self.partition()
        record(self.claims[:until])
        assert self.partition() == before

    @precondition(lambda self: len(self.living()) > 1)
    @rule(data=st.data())
    def somebody_merges_and_takes_it_back(self, data):
        before = self.partition()
        record = self.merged(data)
        unmerge(actor=self.agent, record=record, reason="a slip", apart=False)
        assert self.partition() == before

    @precondition(lambda self: len(self.living()) > 1)
    @rule(data=st.data())
    def somebody_merges(self, data):
        self.by_hand = True
        self.merged(data)

    @precondition(lambda self: MergeRecord.objects.standing().exists())
    @rule(data=st.data())
    def somebody_unmerges(self, data):
        self.by_hand = True
        record = data.draw(st.sampled_from(list(MergeRecord.objects.standing().order_by("pk"))))
        held = set(
            SourceProfile.objects.filter(
                pk__in=record.profiles, customer=Customer.objects.survivor_of(record.absorbed.public_id).get()
            ).values_list("pk", flat=True)
        )
        if held:
            unmerge(actor=self.agent, record=record, reason="two people")
            assert set(SourceProfile.objects.filter(customer=record.absorbed).values_list("pk", flat=True)) == held

    @precondition(lambda self: Identifier.objects.exists())
    @rule(data=st.data(), status=st.sampled_from(Identifier.Status.values))
    def somebody_decides_about_a_value(self, data, status):
        one = data.draw(st.sampled_from(list(Identifier.objects.order_by("pk"))))
        set_identifier_status(actor=self.agent, identifier=one, status=status)
        self.by_hand = True

    @precondition(lambda self: self.claims)
    @rule()
    def everything_is_recomputed(self):
        living = self.living()
        drift = drift_of(living)
        assert drift == drift_of(living), "the same evidence gives the same people"
        if not self.by_hand and not MergeRecord.objects.filter(kind="unmerge").exists():
            assert not drift.any(), "living through it ends where replaying it does"
        repartition(living, rule="recomputed")
        assert not drift_of(self.living()).any(), "once is enough"

    @invariant()
    def nothing_is_lost_or_in_two_places(self):
        if not hasattr(self, "atomic"):
            return
        living = set(self.living())
        assert set(SourceProfile.objects.values_list("customer_id", flat=True)) <= living
        told = dict(Interaction.objects.values_list("external_id", "profile__external_id"))
        assert told == self.where

    @invariant()
    def whoever_was_told_apart_is_apart(self):
        if not hasattr(self, "atomic"):
            return
        apart = Verdict.objects.filter(same=False, withdrawn_at=None)
        for a, b in apart.values_list("a__customer", "b__customer"):
            assert a != b

    @invariant()
    def nobody_has_more_user_ids_than_one_person_has(self):
        if not hasattr(self, "atomic") or self.by_hand:
            return
        held = defaultdict(set)
        for customer, value in Evidence.objects.filter(identifier__type="user_id").values_list(
            "profile__customer", "identifier__value"
        ):
            held[customer].add(value)
        assert all(len(values) == 1 for values in held.values())

    @invariant()
    def whoever_is_together_has_something_in_common(self):
        if not hasattr(self, "atomic") or self.by_hand:
            return
        groups = {pk: {pk} for pk in SourceProfile.objects.values_list("pk", flat=True)}
        having = defaultdict(list)
        for identifier, profile in Evidence.objects.filter(identifier__status="active").values_list(
            "identifier", "profile"
        ):
            having[identifier].append(profile)
        for first, *others in having.values():
            for other in others:
                both = groups[first] | groups[other]
                for pk in both:
                    groups[pk] = both
        for profiles in self.partition():
            assert profiles <= groups[next(iter(profiles))]

    def merged(self, data):
        survivor, absorbed = data.draw(st.lists(st.sampled_from(self.living()), min_size=2, max_size=2, unique=True))
        people = Customer.objects.in_bulk([survivor, absorbed])
        return merge_customers(actor=self.agent, survivor=people[survivor], absorbed=people[absorbed], reason="said so")

    def living(self):
        return sorted(Customer.objects.filter(merged_into=None).values_list("pk", flat=True))

    def partition(self):
        groups = defaultdict(set)
        for pk, customer in SourceProfile.objects.values_list("pk", "customer"):
            groups[customer].add(pk)
        return sorted(groups.values(), key=min)


def test_what_holds_whatever_happens():
    run_state_machine_as_test(
        Identity,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
