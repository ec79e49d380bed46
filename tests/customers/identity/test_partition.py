"""Who is one person, as pure logic: what is known beforehand, and what happens in its order."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.customers.drafts import Handle
from apps.customers.identity.partition import Facts, Holding, Partition
from apps.customers.models import IdentityRule

DAWN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
EMAIL, PHONE, DEVICE, CARD = (
    Handle("email", "a@example.org"),
    Handle("phone", "+442079460001"),
    Handle("device", "d1", "web"),
    Handle("loyalty", "L1"),
)
RULES = {
    "user_id": IdentityRule(type="user_id", priority=1, per_customer=1),
    "loyalty": IdentityRule(type="loyalty", priority=2),
    "email": IdentityRule(type="email", priority=3),
    "phone": IdentityRule(type="phone", priority=4, names_must_agree=True, customers_per_value=2, stale_after=365),
    "device": IdentityRule(type="device", priority=9, tier="weak"),
}


def user(name):
    return Handle("user_id", name, "shop")


def claim(name):
    return "claim", name


def customer(pk):
    return "customer", pk


@pytest.fixture
def partition():
    return Partition(RULES)


def known(partition, pk, *handles, name=None, born=None, day=0):
    facts = Facts.of(name, born)
    partition.know(customer(pk), facts)
    for handle in handles:
        partition._facts[partition.find(customer(pk))].hold(handle, RULES.get(handle.type))
        at = DAWN + timedelta(days=day)
        partition.hold(handle, customer(pk), Holding(True, at, at))


def came(partition, name, *handles, called=None, born=None, day=1, unverified=()):
    partition.know(claim(name), Facts.of(called, born))
    partition.place(claim(name), handles, DAWN + timedelta(days=day))
    partition.lean(claim(name), unverified, DAWN + timedelta(days=day))


def groups(partition):
    return sorted(sorted(str(name) for _kind, name in group) for group in partition.groups())


def refusals(partition):
    return {why for _one, _other, _handle, why in partition.refused}


def test_claims_stay_apart_until_something_joins_them(partition):
    came(partition, "a")
    came(partition, "b", EMAIL)
    assert groups(partition) == [["a"], ["b"]]


def test_joining_is_transitive(partition):
    known(partition, 1, EMAIL)
    known(partition, 2, PHONE)
    came(partition, "a", EMAIL)
    came(partition, "b", EMAIL, PHONE)
    assert groups(partition) == [["1", "2", "a", "b"]]


def test_a_weak_identifier_joins_the_nameless_to_the_one_who_is_named(partition):
    known(partition, 1, EMAIL, DEVICE)
    known(partition, 2, DEVICE)
    came(partition, "a", DEVICE)
    assert groups(partition) == [["1", "2", "a"]]


def test_a_weak_identifier_of_two_named_people_leaves_a_stranger_a_stranger(partition):
    known(partition, 1, EMAIL, DEVICE)
    known(partition, 2, PHONE, DEVICE)
    came(partition, "a", DEVICE)
    assert groups(partition) == [["1"], ["2"], ["a"]]
    assert refusals(partition) == {"ambiguous"}


def test_whoever_is_named_takes_the_device_that_was_nobodys(partition):
    came(partition, "a", DEVICE)
    came(partition, "b", DEVICE, EMAIL, day=2)
    came(partition, "c", DEVICE, PHONE, day=3)
    assert groups(partition) == [["a", "b"], ["c"]]
    assert refusals(partition) == {"weak"}


def test_more_values_than_one_person_has_are_two_people(partition):
    known(partition, 1, user("u1"), EMAIL)
    came(partition, "a", user("u2"), EMAIL)
    assert groups(partition) == [["1"], ["a"]]
    assert refusals(partition) == {"limit"}


def test_who_says_both_user_ids_are_theirs_is_believed(partition):
    known(partition, 1, user("u1"))
    known(partition, 2, user("u2"))
    came(partition, "a", user("u1"), user("u2"))
    assert groups(partition) == [["1", "2", "a"]]


def test_the_weakest_identifier_gives_way(partition):
    known(partition, 1, user("u1"), CARD)
    known(partition, 2, user("u2"), EMAIL)
    came(partition, "a", CARD, EMAIL)  # cannot be both: the card is worth more
    assert groups(partition) == [["1", "a"], ["2"]]


def test_somebody_without_a_name_could_be_either_and_is_neither(partition):
    known(partition, 1, PHONE, name="Anna Weber")
    known(partition, 2, PHONE, name="Ben Weber")
    came(partition, "a", PHONE)
    assert groups(partition) == [["1"], ["2"], ["a"]]


def test_somebody_with_a_name_finds_themselves_in_a_household(partition):
    known(partition, 1, PHONE, name="Anna Weber")
    known(partition, 2, PHONE, name="Ben Weber")
    came(partition, "a", PHONE, called="B. Weber")
    assert groups(partition) == [["1"], ["2", "a"]]


def test_one_name_and_two_dates_of_birth_are_father_and_son(partition):
    known(partition, 1, PHONE, name="Karl Weber", born="1950-03-01")
    came(partition, "a", PHONE, called="Karl Weber", born="1981-07-19")
    came(partition, "b", PHONE, called="Karl Weber", born="1950-01-03")  # day and month swapped
    assert groups(partition) == [["1", "b"], ["a"]]


def test_a_number_not_seen_for_long_may_be_somebody_elses(partition):
    known(partition, 1, PHONE)
    came(partition, "a", PHONE, day=365)
    came(partition, "b", PHONE, day=800)
    assert groups(partition) == [["1", "a"], ["b"]]
    assert refusals(partition) == {"stale"}


def test_who_was_told_apart_stays_apart_whoever_else_joins(partition):
    known(partition, 1, EMAIL)
    known(partition, 2, PHONE)
    partition.keep_apart(customer(1), customer(2))
    came(partition, "a", EMAIL)
    came(partition, "b", PHONE)
    came(partition, "c", EMAIL, PHONE)
    assert groups(partition) == [["1", "a", "c"], ["2", "b"]]
    assert "apart" in refusals(partition)


def test_a_muted_identifier_joins_nobody():
    partition = Partition(RULES, mute={EMAIL})
    known(partition, 1, EMAIL)
    came(partition, "a", EMAIL)
    came(partition, "b", unverified=[EMAIL])
    assert groups(partition) == [["1"], ["a"], ["b"]]


def test_an_identifier_of_more_people_than_allowed_is_told(partition):
    for number, name in enumerate(("Anna", "Ben"), 1):
        known(partition, number, PHONE, name=name)
    assert partition.overshared() == set()
    came(partition, "a", PHONE, called="Carla")
    assert partition.overshared() == {PHONE}


def test_claimed_identifiers_do_not_make_a_value_shared(partition):
    known(partition, 1, user("u1"), PHONE)
    for number in range(4):
        came(partition, f"a{number}", user(f"x{number}"), unverified=[PHONE])
    assert partition.overshared() == set()


def test_leaning_attaches_to_the_only_one_and_to_none_of_two(partition):
    known(partition, 1, EMAIL)
    known(partition, 2, CARD)
    known(partition, 3, user("u3"), CARD)
    came(partition, "a", unverified=[EMAIL])
    came(partition, "b", unverified=[CARD])
    assert groups(partition) == [["1", "a"], ["2"], ["3"], ["b"]]


def test_leaning_goes_by_proof_before_it_goes_by_claims(partition):
    known(partition, 1, EMAIL)
    came(partition, "liar", PHONE, unverified=[EMAIL])
    came(partition, "mail", unverified=[EMAIL])
    assert groups(partition) == [["1", "mail"], ["liar"]]


def test_whoever_is_placed_does_not_lean(partition):
    known(partition, 1, EMAIL)
    came(partition, "a", CARD, unverified=[EMAIL])
    partition.unite(customer(2), claim("b"))
    came(partition, "b", unverified=[EMAIL])
    assert groups(partition) == [["1"], ["2", "b"], ["a"]]


def test_a_day_of_birth_that_means_unknown_tells_nobody_apart(partition):
    known(partition, 1, PHONE, born="1980-05-31")
    came(partition, "a", PHONE, born="0001-01-01")
    came(partition, "b", PHONE, born="1980-05-30", day=2)
    assert groups(partition) == [["1", "a"], ["b"]]


# what a colleague typed


def typed(partition, pk, *handles, called=None, day=0):
    partition.know(customer(pk), Facts.of(called, None))
    at = DAWN + timedelta(days=day)
    for handle in handles:
        partition.hold(handle, customer(pk), Holding(False, at, at, typed=True))


def test_a_stranger_who_proves_what_was_typed_is_whom_it_was_typed_for(partition):
    typed(partition, 1, EMAIL)
    came(partition, "a", EMAIL)
    assert groups(partition) == [["1", "a"]]


def test_what_was_typed_joins_no_two_whom_we_know(partition):
    typed(partition, 1, EMAIL)
    known(partition, 2, PHONE)
    came(partition, "a", PHONE, EMAIL)
    assert groups(partition) == [["1"], ["2", "a"]]


def test_what_was_typed_for_two_is_neither_of_them(partition):
    typed(partition, 1, EMAIL)
    typed(partition, 2, EMAIL)
    came(partition, "a", EMAIL)
    assert groups(partition) == [["1"], ["2"], ["a"]]


def test_who_proves_a_number_typed_for_somebody_of_another_name_is_somebody_else(partition):
    typed(partition, 1, PHONE, called="Anna Weber")
    came(partition, "a", PHONE, called="Ben Weber")
    assert groups(partition) == [["1"], ["a"]]


def test_whoever_calls_from_a_number_proved_by_one_and_typed_for_another_may_be_either(partition):
    known(partition, 1, PHONE, name="Anna Weber")
    typed(partition, 2, PHONE, called="Ben Weber")
    came(partition, "a", unverified=[PHONE])
    assert groups(partition) == [["1"], ["2"], ["a"]]


@pytest.mark.parametrize(("called", "found"), [("Anna Weber", [["1", "a"]]), ("Ben Weber", [["1"], ["a"]])])
def test_whom_a_colleague_met_is_called_as_they_were_told(partition, called, found):
    known(partition, 1, PHONE, name="Anna Weber")
    partition.know(claim("a"), Facts.of(called, None))
    partition.lean(claim("a"), [PHONE], DAWN, typed=True)
    assert groups(partition) == found
