"""What a merge would do, and what taking it back would: looked at before it is done."""

import pytest

from apps.accounts.models import Role
from apps.customers.identity.actions import merge_customers, review
from apps.customers.identity.preview import elder_first, going_back, preview
from apps.customers.models import AttributeDefinition, MatchCandidate, SourceProfile
from tests.customers.identity.claims import email, phone
from tests.customers.identity.test_proof import met, user_id
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    EvidenceFactory,
    MatchCandidateFactory,
    SourceProfileFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


def conflicts(one, other, reader):
    return {
        conflict.definition.key: (conflict.mine.value, conflict.theirs.value, conflict.theirs_win)
        for conflict in preview(one, other, reader).conflicts
    }


def test_the_elder_stays_unless_somebody_chooses_otherwise():
    elder, younger = CustomerFactory(), CustomerFactory()
    assert elder_first(younger, elder) == elder_first(elder, younger) == (elder, younger)


def test_profiles_are_told_by_whose_they_are(agent):
    one, other = SourceProfileFactory(), SourceProfileFactory()
    told = preview(one.customer, other.customer, agent)
    assert [[found.profile for found in side] for side in (told.staying, told.moving)] == [[one.pk], [other.pk]]


def test_where_they_differ_the_one_heard_from_last_wins(agent):
    anna = met("u1", email("anna"), name="Anna Lind", city="Lyon", tier="gold")
    annie = met("m1", email("annie"), day=1, name="Anne Lind", city="Paris", tier="gold")
    assert conflicts(anna, annie, agent) == {
        "city": ("Lyon", "Paris", True),
        "name": ("Anna Lind", "Anne Lind", True),
    }
    assert conflicts(annie, anna, agent)["city"] == ("Paris", "Lyon", False)


def test_a_source_that_is_trusted_wins_over_one_heard_later(agent):
    AttributeDefinition.objects.create(key="city", label="Town", precedence=["web"])
    anna = met("u1", email("anna"), city="Lyon")
    annie = met("m1", email("annie"), source="mail", day=1, city="Paris")
    assert conflicts(anna, annie, agent) == {"city": ("Lyon", "Paris", False)}


def test_what_a_role_does_not_see_it_does_not_decide():
    AttributeDefinition.objects.create(key="income", label="Income", visible_to=[Role.SUPERVISOR])
    anna, annie = met("u1", email("anna"), income="1"), met("m1", email("annie"), income="2")
    assert conflicts(anna, annie, UserFactory()) == {}
    assert set(conflicts(anna, annie, UserFactory(role=Role.SUPERVISOR))) == {"income"}


def test_what_only_one_of_them_says_is_no_conflict(agent):
    anna, annie = met("u1", email("anna"), city="Lyon", note=["a"]), met("m1", email("annie"), tier="gold", note=["b"])
    assert conflicts(anna, annie, agent) == {}


def test_whatever_speaks_against_it_is_told(agent):
    anna = met("u1", user_id("1"), name="Anna Weber", born="1950-02-14")
    ben = met("u2", user_id("2"), name="Ben Weber", born="1984-07-30")
    told = preview(anna, ben, agent)
    assert (told.names_differ, told.births_differ, told.limit) == (True, True, ("user_id", "shop"))
    assert told.verdict is None
    review(actor=agent, candidate=MatchCandidateFactory(a=anna, b=ben), status=MatchCandidate.Status.DIFFERENT)
    assert preview(ben, anna, agent).verdict.actor == agent


def test_nothing_speaks_against_two_who_only_look_alike(agent):
    told = preview(met("u1", email("anna"), name="Anna Lind"), met("m1", phone("0001"), name="Anne Lind"), agent)
    assert (told.names_differ, told.births_differ, told.limit, told.verdict) == (False, False, None, None)


@pytest.mark.parametrize("count", [1, 6])
def test_a_preview_costs_the_same_for_one_and_for_many(django_assert_num_queries, agent, count):
    one, other = CustomerFactory(), CustomerFactory()
    for customer in (one, other):
        for _ in range(count):
            EvidenceFactory(profile=SourceProfileFactory(customer=customer, traits={"city": str(customer.pk)}))
    preview(one, other, agent)  # the rules are read once
    with django_assert_num_queries(6):
        assert len(preview(one, other, agent).conflicts) == 1


# taking it back


def test_what_goes_back_is_what_came(agent):
    anna, annie = met("u1", email("anna")), met("m1", phone("0001"), source="mail")
    came = list(SourceProfile.objects.filter(customer=annie))
    record = merge_customers(actor=agent, survivor=anna, absorbed=annie, reason="x")
    back = going_back(record)
    assert (back.living, back.profiles, back.more, back.staying) == (anna, came, False, True)
    assert [one.identifier.type for one in back.evidence] == ["phone"]


def test_what_goes_back_comes_from_whoever_has_it_now(agent):
    anna, bea, cleo = (SourceProfileFactory().customer for _ in range(3))
    record = merge_customers(actor=agent, survivor=bea, absorbed=cleo, reason="x")
    merge_customers(actor=agent, survivor=anna, absorbed=bea, reason="x")
    assert going_back(record).living == anna


def test_it_is_told_where_nothing_would_stay(agent):
    empty, one = CustomerFactory(), SourceProfileFactory().customer
    record = merge_customers(actor=agent, survivor=empty, absorbed=one, reason="x")
    assert not going_back(record).staying
