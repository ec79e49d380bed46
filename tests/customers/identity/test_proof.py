"""Why customers who have something in common are not one: the page must say what the rules really do."""

from datetime import timedelta

import pytest

from apps.customers.drafts import Handle
from apps.customers.identity.actions import merge_customers, review, unmerge
from apps.customers.identity.proof import HISTORY, NAMED, PROBED, SHOWN, Why, history_of, proof_of
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, Identifier, MatchCandidate, SourceProfile
from tests.customers.identity.claims import DAWN, claim, device, email, phone
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    EvidenceFactory,
    IdentifierFactory,
    MatchCandidateFactory,
    MergeRecordFactory,
    SourceProfileFactory,
)

pytestmark = pytest.mark.django_db
SHOP = ("user_id", "shop")


def user_id(value, scope="shop"):
    return Handle("user_id", value, scope)


def met(external_id, *handles, **told):
    """Who this is by the rules, as if an event had said it."""
    found = resolve([claim(external_id, *handles, **told)])
    return Customer.objects.get(pk=next(iter(found.values())).customer)


def others(customer):
    """Everybody who has something in common with them, and why they are not one."""
    return {other.customer: other for crowd in proof_of(customer).crowds for other in crowd.others}


def why(one, other):
    """The same from both sides."""
    mine, theirs = others(one)[other].why, others(other)[one].why
    assert mine == theirs
    return mine


def test_what_nobody_else_has_is_only_evidence():
    anna = met("u1", email("anna"), phone("0001"), name="Anna Lind")
    proof = proof_of(anna)
    assert {one.identifier.type for one in proof.evidence} == {"email", "phone"}
    assert (proof.more, proof.crowds) == (False, [])


def test_people_come_before_machines_and_the_verified_before_the_claimed():
    anna = met("u1", device("d1"), email("anna"), unverified=[phone("0001")])
    told = [(one.identifier.type, one.verified) for one in proof_of(anna).evidence]
    assert told == [("email", True), ("phone", False), ("device", True)]


def test_a_household_telephone_with_two_first_names():
    anna, ben = met("u1", phone("0001"), name="Anna Weber"), met("u2", phone("0001"), name="Ben Weber")
    assert anna != ben
    assert why(anna, ben) == Why.NAMES


def test_a_father_and_a_son_of_the_same_name():
    father = met("u1", phone("0001"), name="Jan Weber", born="1950-02-14")
    son = met("u2", phone("0001"), name="Jan Weber", born="1984-07-30")
    assert father != son
    assert why(father, son) == Why.BIRTHS


def test_two_user_ids_of_one_shop():
    one = met("u1", user_id("1"), email("both"), name="Anna Lind")
    other = met("u2", user_id("2"), email("both"), name="Anna Lind")
    assert one != other
    assert why(one, other) == Why.LIMIT
    assert others(one)[other].limit == SHOP


def test_a_number_nobody_used_for_years():
    before = met("u1", phone("0001"))
    after = met("u2", phone("0001"), day=5 * 365)
    assert before != after
    assert why(before, after) == Why.STALE
    assert others(after)[before].gap == timedelta(days=5 * 365)


def test_a_device_of_two_who_are_known_by_something_better():
    one, other = met("u1", device("d1"), email("anna")), met("u2", device("d1"), email("ben"))
    assert one != other
    assert why(one, other) == Why.WEAK


def test_what_is_only_claimed():
    anna = met("u1", email("anna"), name="Anna Lind")
    somebody = met("u2", phone("0001"), unverified=[email("anna")], source="mail")
    assert anna != somebody
    assert why(anna, somebody) == Why.CLAIMED


def test_what_a_person_said_comes_before_what_the_rules_say():
    agent = UserFactory()
    anna, ben = met("u1", phone("0001"), name="Anna Weber"), met("u2", phone("0001"), name="Ben Weber")
    review(actor=agent, candidate=MatchCandidateFactory(a=anna, b=ben), status=MatchCandidate.Status.DIFFERENT)
    assert why(anna, ben) == Why.APART
    assert others(ben)[anna].verdict.actor == agent


def test_what_is_taken_back_is_no_reason_any_longer():
    agent = UserFactory()
    anna, ben = met("u1", phone("0001"), name="Anna Weber"), met("u2", phone("0001"), name="Ben Weber")
    candidate = MatchCandidateFactory(a=anna, b=ben)
    review(actor=agent, candidate=candidate, status=MatchCandidate.Status.DIFFERENT)
    review(actor=agent, candidate=candidate, status=MatchCandidate.Status.OPEN)
    assert why(anna, ben) == Why.NAMES


def test_an_identifier_of_two_people_does_not_say_which_of_them_a_third_is():
    anna, ben = met("u1", phone("0001"), name="Anna Weber"), met("u2", phone("0001"), name="Ben Weber")
    third = met("u3", phone("0001"), email("third"))
    assert third not in {anna, ben}
    assert {other.why for other in others(third).values()} == {Why.AMBIGUOUS}


def test_a_value_too_many_have_is_counted_and_the_first_are_named():
    till = [met(f"u{n}", Handle("loyalty", "TILL1"), email(f"c{n}"), user_id(str(n))) for n in range(6)]
    assert Identifier.objects.get(value="TILL1").status == Identifier.Status.SHARED
    (crowd,) = proof_of(till[0]).crowds
    assert (crowd.count, crowd.more, len(crowd.others)) == (5, False, NAMED)
    assert {other.why for other in crowd.others} == {Why.SHARED}


def test_nothing_keeps_them_apart_where_the_rules_would_join_them_by_now():
    identifier = IdentifierFactory(type="email", value="both@example.org")
    one, other = (EvidenceFactory(identifier=identifier).profile.customer for _ in range(2))
    assert why(one, other) == Why.NOTHING


def test_somebody_merged_away_is_not_named():
    identifier = IdentifierFactory()
    one, other = (EvidenceFactory(identifier=identifier).profile.customer for _ in range(2))
    agent = UserFactory()
    merge_customers(actor=agent, survivor=one, absorbed=other, reason="x")
    assert others(one) == {}


def test_not_all_evidence_is_read():
    profile = SourceProfileFactory()
    EvidenceFactory.create_batch(SHOWN + 1, profile=profile)
    proof = proof_of(profile.customer)
    assert (len(proof.evidence), proof.more) == (SHOWN, True)


def test_a_crowd_is_counted_up_to_a_bound():
    identifier = IdentifierFactory(status=Identifier.Status.SHARED)
    EvidenceFactory.create_batch(PROBED + 5, identifier=identifier)
    me = SourceProfile.objects.order_by("id").first().customer
    (crowd,) = proof_of(me).crowds
    assert crowd.more
    assert PROBED - 1 <= crowd.count <= PROBED


@pytest.mark.parametrize("count", [1, 8])
def test_the_proof_costs_the_same_for_one_and_for_many(django_assert_num_queries, count):
    profile = SourceProfileFactory()
    for _ in range(count):
        identifier = IdentifierFactory()
        EvidenceFactory(profile=profile, identifier=identifier)
        EvidenceFactory.create_batch(2, identifier=identifier)
    proof_of(profile.customer)  # the rules are read once
    with django_assert_num_queries(7):
        assert len(proof_of(profile.customer).crowds) == count


# history


def test_history_tells_of_those_absorbed_too_and_of_who_left():
    agent = UserFactory()
    anna, bea, cleo = (SourceProfileFactory().customer for _ in range(3))
    inner = merge_customers(actor=agent, survivor=bea, absorbed=cleo, reason="first")
    outer = merge_customers(actor=agent, survivor=anna, absorbed=bea, reason="second")
    assert [record.pk for record in history_of(anna)[0]] == [outer.pk, inner.pk]
    unmerged = unmerge(actor=agent, record=outer, reason="two people")
    records, more = history_of(anna)
    assert [(record.pk, record.undone_by_id) for record in records] == [(unmerged.pk, None), (outer.pk, unmerged.pk)]
    assert not more
    bea.refresh_from_db()
    assert [record.pk for record in history_of(bea)[0]] == [unmerged.pk, outer.pk, inner.pk]


def test_history_is_bounded():
    customer = CustomerFactory()
    MergeRecordFactory.create_batch(HISTORY + 1, survivor=customer, at=DAWN)
    records, more = history_of(customer)
    assert (len(records), more) == (HISTORY, True)
