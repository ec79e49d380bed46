"""Strangers who share something and are not made one: each story as the sources tell it, and what the page says."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.models import Customer, Identifier, MatchCandidate, SourceProfile
from apps.customers.normalisation import normalise
from apps.interactions.actions import record
from apps.interactions.drafts import Draft, InteractionDraft
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

DAWN = datetime(2024, 1, 5, 9, 0, tzinfo=UTC)


def said(source, who, *, day=0, **known):
    """`source` tells of an order of somebody: `email`, `phone`, `loyalty`, `user_id` and `name`."""
    name = known.pop("name", None)
    handles = []
    for kind, raw in known.items():
        value = normalise(kind, raw, "GB")
        if value:
            handles.append(Handle(kind, value, source if kind == "user_id" else ""))
    at = DAWN + timedelta(days=day)
    claim = Claim(ProfileKey(source, who), at, handles=tuple(handles), traits={"name": name} if name else {})
    record([Draft(claim, InteractionDraft(f"{who}-{day}", at, "order", "order_placed", "Order"))])
    return customer(source, who)


def customer(source, who):
    return SourceProfile.objects.select_related("customer").get(source=source, external_id=who).customer


def explained(client, one):
    client.force_login(UserFactory())
    return client.get(f"/desk/customers/{one.public_id}/identity/").content.decode()


def test_a_household_telephone_does_not_join_its_members(client):
    anna = said("shop", "anna", phone="+442079460001", email="anna@example.org", name="Anna Weber")
    ben = said("shop", "ben", day=1, phone="+442079460001", email="ben@example.org", name="Ben Weber")
    assert anna != ben
    assert said("tickets", "7", day=2, phone="+442079460001", name="B. Weber") == ben
    page = explained(client, anna)
    assert "B. Weber" in page  # as he called himself last
    assert "the first names differ" in page


def test_a_tills_number_is_nobodys(client):
    """Staff type the store's own number where a customer gives none."""
    people = [said("till", f"card-{n}", day=n, loyalty=f"L{n:04}", phone="+442079460999") for n in range(8)]
    assert len({one.pk for one in people}) == 8
    assert Identifier.objects.get(type="phone").status == "shared"
    assert len({customer("till", f"card-{n}").pk for n in range(8)}) == 8
    assert "joins nobody" in explained(client, people[0])


def test_who_a_till_had_joined_before_it_was_noticed_is_taken_out():
    """Without cards nobody can tell them apart until enough of them have a name."""
    nameless = said("till", "r1", phone="+442079460999", email="one@example.org")
    assert said("till", "r2", day=1, phone="+442079460999", email="two@example.org") == nameless
    for day, name in enumerate(("Ada Byron", "Bo Chen", "Cy Young", "Di Ross", "Ed Moss", "Flo Hart"), 2):
        said("till", name, day=day, phone="+442079460999", name=name)
    assert Identifier.objects.get(type="phone").status == "shared"
    assert customer("till", "r1") != customer("till", "r2")
    assert Customer.objects.filter(merged_into=None).count() == 8


def test_an_agent_who_signs_in_as_customers_does_not_join_them(client):
    names = ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")
    people = [
        said("shop", f"u{n}", day=n, user_id=f"u{n}", email=f"c{n}@example.org", name=name)
        for n, name in enumerate(names)
    ]
    for n in range(6):
        said("shop", f"u{n}", day=10 + n, user_id=f"u{n}", email="helpful@company.example")
    assert len({customer("shop", f"u{n}").pk for n in range(6)}) == 6
    assert Identifier.objects.get(value="helpful@company.example").status == "shared"
    assert "joins nobody" in explained(client, people[0])


def test_guest_is_not_a_person():
    one = said("shop", "order-1", email="guest@shop.example", user_id="guest")
    other = said("shop", "order-2", day=1, email="guest@shop.example", user_id="guest")
    assert one != other
    assert not Identifier.objects.exists()


def test_a_number_given_to_somebody_else_years_later_does_not_bring_them_the_story(client):
    before = said("shop", "old", phone="+442079460001", email="old@example.org")
    after = said("club", "new", day=365 * 4, phone="+442079460001", email="new@example.org")
    assert before != after
    assert "nobody was seen with it" in explained(client, before)


def test_a_number_given_to_somebody_of_another_name_does_not_either():
    before = said("shop", "old", phone="+442079460001", name="Carla Moss")
    after = said("club", "new", day=200, phone="+442079460001", name="Dev Patel")
    assert before != after


def test_two_accounts_of_one_shop_are_left_to_people(client):
    """One person with two accounts, or two with one address: nobody but a person can know."""
    one = said("shop", "u1", user_id="u1", email="weber@example.org", name="Anna Weber")
    other = said("shop", "u2", day=1, user_id="u2", email="weber@example.org", name="Anna Weber")
    assert one != other
    assert {one.compared_at, other.compared_at} == {None}
    assert not MatchCandidate.objects.exists()  # the comparison that is due makes one
    assert "user id" in explained(client, one).lower()
