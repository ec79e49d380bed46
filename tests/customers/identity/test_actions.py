"""What people say about who is the same person."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts.models import AuditEntry
from apps.customers.identity.actions import (
    CannotMerge,
    CannotUnmerge,
    accept_above,
    merge_customers,
    review,
    set_identifier_status,
    unmerge,
)
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, Identifier, MatchCandidate, MergeRecord, SourceProfile, Verdict
from tests.customers.identity.claims import claim, email, phone
from tests.factories.accounts import MarketerFactory, SupervisorFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.interactions import InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


@pytest.fixture
def anna():
    return met("u1", email("anna"), name="Anna Lind", city="Lyon")


@pytest.fixture
def annie():
    return met("m1", phone("0001"), source="mail", day=1, name="Anne Lind", city="Paris")


def met(external_id, *handles, **told):
    found = resolve([claim(external_id, *handles, **told)])
    return Customer.objects.get(pk=next(iter(found.values())).customer)


def partition():
    return dict(SourceProfile.objects.values_list("external_id", "customer"))


def suggested(a, b, score=0.9):
    return MatchCandidate.objects.create(a=a, b=b, score=score, origin="model")


# merging


def test_merging_moves_profiles_and_no_interaction(agent, anna, annie):
    InteractionFactory(profile=annie.profiles.get())
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="Told me so")
    annie.refresh_from_db()
    assert set(partition().values()) == {anna.pk}
    assert annie.merged_into == anna
    assert (record.rule, record.reason, record.actor) == ("by hand", "Told me so", agent)
    assert AuditEntry.objects.get(action="customer.merge").subject == anna.public_id


def test_a_person_may_join_whom_the_rules_keep_apart(agent):
    one, other = met("u1", phone("0001"), name="Anna Weber"), met("u2", phone("0001"), name="Ben Weber")
    assert one != other
    merge_customers(actor=agent, survivor=one, absorbed=other, reason="Changed their name")
    resolve([claim("u2", phone("0001"), day=3, city="Lyon")])
    assert set(partition().values()) == {one.pk}


@pytest.mark.parametrize("role", ["marketer"])
def test_marketers_do_not_merge(role, anna, annie):
    with pytest.raises(PermissionDenied):
        merge_customers(actor=UserFactory(role=role), survivor=anna, absorbed=annie, reason="x")


def test_nobody_is_merged_with_themselves_or_with_somebody_who_is_gone(agent, anna, annie):
    with pytest.raises(CannotMerge):
        merge_customers(actor=agent, survivor=anna, absorbed=anna, reason="x")
    merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    with pytest.raises(CannotMerge):
        merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")


def test_whom_the_absorbed_may_be_the_survivor_may_be(agent, anna, annie):
    third = met("u3", email("third"))
    suggested(annie, third, 0.8)
    merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    waiting = MatchCandidate.objects.to_review().get()
    assert (waiting.a, waiting.b, waiting.score) == (anna, third, 0.8)


# taking it back


def test_unmerging_restores_exactly_who_they_were(agent, anna, annie):
    before = partition()
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    undone = unmerge(actor=agent, record=record, reason="Two people")
    assert partition() == before
    record.refresh_from_db()
    annie.refresh_from_db()
    anna.refresh_from_db()
    assert record.undone_by == undone
    assert (annie.merged_into, annie.name, annie.city, anna.city) == (None, "Anne Lind", "Paris", "Lyon")


def test_who_was_unmerged_is_not_joined_again_and_later_events_go_to_the_right_side(agent, anna, annie):
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    unmerge(actor=agent, record=record, reason="Two people")
    resolve([claim("u10", phone("0001"), day=5)])
    resolve([claim("u9", email("anna"), phone("0001"), day=6)])
    assert partition()["u1"] == partition()["u9"] == anna.pk
    assert partition()["m1"] == partition()["u10"] == annie.pk


def test_a_slip_taken_back_leaves_no_trace_in_who_may_be_joined(agent, anna, annie):
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    unmerge(actor=agent, record=record, reason="slip", apart=False)
    assert not Verdict.objects.filter(withdrawn_at=None).exists()
    resolve([claim("u9", email("anna"), phone("0001"), day=5)])
    assert set(partition().values()) == {anna.pk}


def test_a_merge_within_a_longer_chain_comes_out_of_whoever_has_it_now(agent, anna, annie):
    eldest = CustomerFactory()
    first = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    merge_customers(actor=agent, survivor=eldest, absorbed=anna, reason="y")
    unmerge(actor=agent, record=first, reason="Two people")
    assert (partition()["m1"], partition()["u1"]) == (annie.pk, eldest.pk)


@pytest.mark.parametrize("taken_along", [True, False])
def test_who_was_told_apart_stays_so_when_whoever_came_later_leaves_again(agent, taken_along):
    """Whoever was merged with them meanwhile is not whom the decision is about, though their profile be the eldest."""
    later, anna, annie = met("c1", email("cleo")), met("u1", email("anna")), met("m1", phone("0001"))
    first = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="")
    pair = {"survivor": later, "absorbed": anna} if taken_along else {"survivor": anna, "absorbed": later}
    second = merge_customers(actor=agent, reason="", **pair)
    unmerge(actor=agent, record=first, reason="two sisters")
    unmerge(actor=agent, record=second, reason="a slip")

    resolve([claim("x1", email("anna"), phone("0001"), day=5)])

    assert partition()["u1"] != partition()["m1"]


def test_a_value_that_was_chosen_goes_with_its_merge_out_of_a_longer_chain(agent, anna, annie):
    last = CustomerFactory()
    first = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="", chosen={"name": "Annie Lind"})
    merge_customers(actor=agent, survivor=last, absorbed=anna, reason="")
    unmerge(actor=agent, record=first, reason="")
    assert not SourceProfile.objects.filter(traits__name="Annie Lind").exists()


def test_what_was_taken_back_cannot_be_taken_back_again(agent, anna, annie):
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    unmerge(actor=agent, record=record, reason="x")
    with pytest.raises(CannotUnmerge):
        unmerge(actor=agent, record=record, reason="x")


def test_a_person_can_change_their_mind_and_join_again(agent, anna, annie):
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    unmerge(actor=agent, record=record, reason="Two people")
    merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="One after all")
    assert set(partition().values()) == {anna.pk}
    assert Verdict.objects.get(withdrawn_at=None).same


def test_what_a_rule_joined_a_person_can_part(agent, anna, annie):
    resolve([claim("u3", email("anna"), phone("0001"), day=2, name="Ann Lind")])
    record = MergeRecord.objects.standing().get()
    assert record.rule == "shared identifier"
    unmerge(actor=agent, record=record, reason="Mother and daughter")
    assert partition()["m1"] == annie.pk


# suggestions


def test_a_suggestion_is_decided_and_opened_again(agent, anna, annie):
    candidate = suggested(anna, annie)
    assert review(actor=agent, candidate=candidate, status="different") == "open"
    resolve([claim("u9", email("anna"), phone("0001"), day=5)])
    assert partition()["u1"] != partition()["m1"]
    assert review(actor=agent, candidate=candidate, status="open") == "different"
    candidate.refresh_from_db()
    assert (candidate.reviewer, candidate.reviewed_at) == (None, None)
    assert not Verdict.objects.filter(withdrawn_at=None).exists()


def test_merging_decides_the_suggestion(agent, anna, annie):
    candidate = suggested(anna, annie)
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x", candidate=candidate)
    candidate.refresh_from_db()
    assert (candidate.status, candidate.reviewer) == ("matched", agent)
    unmerge(actor=agent, record=record, reason="x", apart=False)
    candidate.refresh_from_db()
    assert candidate.status == "open"


def test_only_supervisors_accept_many_at_once(anna, annie):
    suggested(anna, annie, 0.99)
    for person in (UserFactory(), MarketerFactory()):
        with pytest.raises(PermissionDenied):
            accept_above(actor=person, score=0.9)
    assert partition()["u1"] != partition()["m1"]


def test_accepting_many_merges_who_is_likely_enough_and_nobody_told_apart(anna, annie):
    boss = SupervisorFactory()
    third, fourth, fifth, sixth = (met(f"x{n}", email(f"x{n}")) for n in range(4))
    suggested(anna, annie, 0.99)
    suggested(third, fourth, 0.95)
    suggested(fifth, sixth, 0.5)
    held = suggested(anna, sixth, 0.98)
    review(actor=boss, candidate=held, status="different")
    assert accept_above(actor=boss, score=0.9) == 2
    where = partition()
    assert where["u1"] == where["m1"]
    assert where["x0"] == where["x1"]
    assert len({where["u1"], where["x0"], where["x2"], where["x3"]}) == 4
    record = MergeRecord.objects.get(absorbed=annie)
    unmerge(actor=boss, record=record, reason="x")
    assert partition()["m1"] == annie.pk


def test_each_of_many_accepted_is_in_its_customers_own_audit_trail(anna, annie):
    boss = SupervisorFactory()
    suggested(anna, annie, 0.99)
    accept_above(actor=boss, score=0.9)
    entry = AuditEntry.objects.get(subject=anna.public_id, action="customer.merge")
    record = MergeRecord.objects.get()
    assert entry.actor == boss
    assert entry.detail == {"absorbed": str(annie.public_id), "record": record.pk, "profiles": 1}


def test_accepting_a_chain_takes_it_link_by_link(anna, annie):
    boss, third = SupervisorFactory(), met("x3", email("x3"))
    suggested(anna, annie, 0.99)
    suggested(annie, third, 0.98)
    assert accept_above(actor=boss, score=0.9) == 1
    assert accept_above(actor=boss, score=0.9) == 1
    assert set(partition().values()) == {anna.pk}


# values


def test_blocking_a_value_parts_whom_it_had_joined(agent):
    met("u1", email("office"), name="Anna")
    met("u2", email("office"), name="Anna")
    assert len(set(partition().values())) == 1
    drift = set_identifier_status(
        actor=agent, identifier=Identifier.objects.get(), status="blocked", reason="a form's example"
    )
    assert len(drift.moves) == 1
    assert len(set(partition().values())) == 2
    met("u3", email("office"), name="Anna")
    assert len(set(partition().values())) == 3


def test_a_value_that_counts_again_joins_again_whom_it_had_joined(agent):
    met("u1", email("office"), name="Anna")
    met("u2", email("office"), name="Anna")
    before = partition()
    value = Identifier.objects.get()
    set_identifier_status(actor=agent, identifier=value, status="shared")
    assert partition() != before
    set_identifier_status(actor=agent, identifier=value, status="active")
    assert partition() == before


def test_an_unmerge_brings_back_who_was_absorbed(agent, anna, annie):
    """Not a new customer: old links lead to whom they led to."""
    resolve([claim("u1", email("anna"), phone("0001"), day=3)])
    annie.refresh_from_db()
    assert annie.merged_into == anna
    set_identifier_status(actor=agent, identifier=Identifier.objects.get(type="phone"), status="shared")
    annie.refresh_from_db()
    assert annie.merged_into is None
    assert partition() == {"u1": anna.pk, "m1": annie.pk}
    assert MergeRecord.objects.standing().count() == 0


def test_those_told_apart_are_not_one_again_as_who_was_absorbed(agent):
    met("u1", email("anna"))
    met("u2", email("ben"), phone("0001"), day=1)
    met("u3", email("cleo"), phone("0001"), day=2)
    met("u1", email("anna"), phone("0001"), day=3)
    assert len(set(partition().values())) == 1

    set_identifier_status(actor=agent, identifier=Identifier.objects.get(type="phone"), status="blocked")

    assert len(set(partition().values())) == 3
