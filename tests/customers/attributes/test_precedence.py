"""Whose word counts for an attribute."""

from datetime import timedelta

import pytest

from apps.customers.attributes.precedence import Saying, attributes, heard, history_of, ranked
from apps.customers.identity.resolution import resolve
from apps.customers.models import AttributeChange
from tests.customers.identity.claims import DAWN, claim, counted, email, phone
from tests.factories.accounts import UserFactory
from tests.factories.customers import AttributeChangeFactory, AttributeDefinitionFactory, SourceProfileFactory


def on(day):
    return DAWN + timedelta(days=day)


def says(value, source="web", *, since=0, heard=0, **fields):
    return Saying(value, source, on(since), on(heard), fields.pop("profile", 1), **fields)


def order(*words, precedence=()):
    return [one.value for one in ranked(words, precedence)]


# --- who wins -----------------------------------------------------------------------------------------------------


def test_the_profile_heard_from_last_is_believed_and_of_two_the_younger():
    assert order(says("old", heard=1), says("new", heard=2)) == ["new", "old"]
    assert order(says("first", profile=1), says("second", profile=2)) == ["second", "first"]


def test_the_order_of_sources_counts_more_and_those_it_does_not_name_follow():
    words = says("web", heard=9), says("crm", "crm", heard=1), says("bank", "bank", heard=2)
    assert order(*words, precedence=["bank", "crm"]) == ["bank", "crm", "web"]


def test_what_anybody_may_have_claimed_comes_last_whatever_the_order():
    words = says("claimed", "bank", heard=9, trusted=False), says("known", heard=1)
    assert order(*words, precedence=["bank"]) == ["known", "claimed"]


def test_what_was_typed_by_hand_comes_first_until_a_source_says_something_else():
    hand = says("hand", "desk", since=5, heard=5, actor="Ada")
    assert order(hand, says("crm", "crm", since=4, heard=9), precedence=["crm"]) == ["hand", "crm"]
    assert order(hand, says("crm", "crm", since=6, heard=6), precedence=["crm"]) == ["crm", "hand"]


def test_after_that_the_desk_is_a_source_like_any_other():
    hand = says("hand", "desk", since=5, heard=7, actor="Ada")
    assert order(hand, says("crm", "crm", since=6, heard=6)) == ["hand", "crm"]
    assert order(hand, says("crm", "crm", since=6, heard=8)) == ["crm", "hand"]


def test_a_source_that_comes_to_agree_takes_nothing_from_the_hand():
    hand = says("hand", "desk", since=5, heard=5, actor="Ada")
    words = hand, says("hand", "web", since=6, heard=6), says("crm", "crm", since=1, heard=9)
    assert order(*words, precedence=["crm"])[0] == "hand"


def test_a_claim_of_anybody_takes_nothing_from_the_hand():
    hand = says("hand", "desk", since=5, heard=5, actor="Ada")
    assert order(hand, says("claimed", since=9, heard=9, trusted=False)) == ["hand", "claimed"]


def test_of_two_hands_the_last_counts():
    first = says("first", "desk", since=5, heard=9, actor="Ada", profile=1)
    second = says("second", "desk", since=6, heard=6, actor="Ben", profile=2)
    assert order(first, second) == ["second", "first"]


# --- what the database knows --------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def customer_of(resolved):
    return next(iter(resolved.values())).customer


def known(*claims):
    return customer_of(resolve(claims))


def test_an_attribute_tells_who_says_it_since_when_and_what_the_others_say():
    customer = known(
        claim("u1", email("anna"), day=2, plan="gold"), claim("c1", email("anna"), source="crm", day=1, plan="basic")
    )
    one = attributes(heard([customer]))[customer]["plan"]
    assert (one.value, one.source, one.since, one.actor) == ("gold", "web", on(2), "")
    assert [(said.value, said.source, said.since) for said in one.said] == [
        ("gold", "web", on(2)),
        ("basic", "crm", on(1)),
    ]


def test_the_definition_says_whose_word_counts():
    AttributeDefinitionFactory(key="plan", precedence=["crm"])
    customer = known(
        claim("u1", email("anna"), day=2, plan="gold"), claim("c1", email("anna"), source="crm", day=1, plan="basic")
    )
    assert attributes(heard([customer]))[customer]["plan"].source == "crm"


def test_a_changed_value_holds_since_it_changed():
    customer = known(claim("u1", email("anna"), plan="basic", size=1))
    resolve([claim("u1", email("anna"), day=3, plan="gold", size=1)])
    found = attributes(heard([customer]))[customer]
    assert (found["plan"].since, found["size"].since) == (on(3), on(0))


def test_values_nobody_can_read_and_empty_ones_are_no_attributes():
    customer = known(claim("u1", email("anna"), tags=["a"], nested={"a": 1}, empty=" ", none=None, no=False, zero=0))
    assert {key: one.value for key, one in attributes(heard([customer]))[customer].items()} == {"no": False, "zero": 0}


def test_nobody_knows_anything_of_nobody():
    assert attributes(heard([])) == {}
    assert attributes(heard([SourceProfileFactory().customer_id])) == {}


def test_it_takes_three_queries_for_many_customers_with_many_attributes(django_assert_num_queries):
    some = [known(claim(f"u{n}", email(f"a{n}"), **{f"a{m}": m for m in range(5)})) for n in range(5)]
    with django_assert_num_queries(3):
        assert set(attributes(heard(some))) == set(some)


# --- the history --------------------------------------------------------------------------------------------------


def changes():
    rows = AttributeChange.objects.order_by("id").values_list("key", "before", "value", "at")
    return [(key, before, value, at) for key, before, value, at in rows]


def test_the_first_thing_a_new_profile_says_is_no_change():
    resolve([claim("u1", email("anna"), plan="basic")])
    assert changes() == []


def test_every_change_of_a_known_profile_is_kept_and_what_is_new_about_it():
    resolve([claim("u1", email("anna"), plan="basic")])
    resolve([claim("u1", email("anna"), day=1, plan="gold", size=4)])
    resolve([claim("u1", email("anna"), day=2, plan="gold", size=None)])
    assert changes() == [("plan", "basic", "gold", on(1)), ("size", None, 4, on(1)), ("size", 4, None, on(2))]


def test_older_words_fill_gaps_and_change_nothing():
    resolve([claim("u1", email("anna"), day=5, plan="gold")])
    resolve([claim("u1", email("anna"), day=1, plan="basic", size=4)])
    assert changes() == [("size", None, 4, on(1))]


def test_the_same_claim_again_changes_nothing_even_if_it_is_kept_otherwise():
    said = {"name": "An\0na", "at": DAWN, "k" * 61: "too long a name"}
    resolve([claim("u1", email("anna"), **said)])
    resolve([claim("u1", email("anna"), phone("0001"), day=1, **said)])
    assert changes() == []


def test_a_batch_with_changes_costs_one_statement_more():
    people = range(6)
    resolve([claim(f"u{n}", email(f"a{n}"), plan="basic") for n in people])
    with counted() as without:
        resolve([claim(f"u{n}", email(f"a{n}"), phone(f"{n:04}"), plan="basic", day=1) for n in people])
    with counted() as with_changes:
        resolve([claim(f"u{n}", email(f"a{n}"), phone(f"1{n:03}"), plan="gold", day=2) for n in people])
    assert len(with_changes) == len(without) + 1
    assert AttributeChange.objects.count() == len(people)


def test_the_history_tells_the_newest_changes_of_all_profiles_with_who_typed_them():
    profile = SourceProfileFactory(source="desk")
    other = SourceProfileFactory(source="crm", customer=profile.customer)
    ada = UserFactory(first_name="Ada", last_name="Byron")
    AttributeChangeFactory(profile=profile, key="plan", value="a", at=on(1), actor=ada)
    AttributeChangeFactory(profile=other, key="plan", value=None, before="b", at=on(2))
    AttributeChangeFactory(profile=other, key="size", value=4, at=on(3))
    AttributeChangeFactory(key="plan", value="of somebody else", at=on(4))
    told = history_of(profile.customer_id, "plan")
    assert [(one.value, one.before, one.source, one.actor) for one in told] == [
        (None, "b", "crm", ""),
        ("a", None, "desk", "Ada Byron"),
    ]
    assert len(history_of(profile.customer_id, "plan", limit=1)) == 1
