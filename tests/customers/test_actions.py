"""What people do about customers, and what is made of what they type."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.customers.actions import add_customer
from apps.customers.attributes.precedence import heard
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.identity.recomputation import recompute
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, Evidence
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
EMAIL, PHONE = Handle("email", "anna@post.example"), Handle("phone", "+442079460018")


def added(name="Anna Weber", *handles):
    return add_customer(actor=UserFactory(), name=name, handles=handles or (EMAIL, PHONE))


def came(source, own, *handles, name="", unverified=()):
    key = ProfileKey(source, own)
    claim = Claim(key, now(), tuple(handles), tuple(unverified), {"name": name} if name else {})
    return resolve([claim])[key].customer


def test_what_a_colleague_types_is_kept_as_typed_by_them_and_not_verified():
    mia = UserFactory()
    add_customer(actor=mia, name="Anna Weber", handles=[PHONE])
    said = Evidence.objects.get()
    assert (said.verified, said.verified_at, said.typed_by) == (False, None, mia)


def test_a_mail_that_proves_a_typed_address_is_about_whom_it_was_typed_for():
    anna = added()
    assert came("mail", "email:anna@post.example", EMAIL, name="Anna Weber") == anna.pk
    proved = Evidence.objects.get(profile__source="mail")
    assert (proved.verified, proved.verified_at is not None) == (True, True)


def test_a_typed_address_makes_no_one_of_two_whom_the_sources_know():
    anna = added("", EMAIL)
    shop = came("shop", "user:1", Handle("user_id", "1", "shop"))
    assert came("shop", "user:1", Handle("user_id", "1", "shop"), EMAIL) == shop
    assert Customer.objects.filter(merged_into=None).count() == 2
    assert Customer.objects.get(pk=anna.pk).merged_into is None


def test_a_call_from_a_typed_number_is_about_whom_it_was_typed_for():
    anna = added()
    assert came("phone", "phone:+442079460018", unverified=[PHONE]) == anna.pk


def test_everybody_drawn_anew_is_who_they_were():
    anna = added()
    ben = added("Ben Weber", PHONE)
    came("mail", "email:anna@post.example", EMAIL, name="Anna Weber")
    before = dict(Evidence.objects.values_list("pk", "profile__customer"))
    recompute(apply=True)
    assert dict(Evidence.objects.values_list("pk", "profile__customer")) == before
    assert {anna.pk, ben.pk} == set(before.values())


def test_what_a_colleague_wrote_down_with_a_typed_number_counts_as_much_as_before():
    anna = added()
    assert [profile.trusted for profile in heard([anna.pk])] == [True]


def test_when_a_value_was_proved_is_not_moved_by_who_only_claims_it():
    came("mail", "email:anna@post.example", EMAIL)
    proved = Evidence.objects.get().verified_at
    key = ProfileKey("mail", "email:anna@post.example")
    resolve([Claim(key, now() + timedelta(days=9), unverified=(EMAIL,), traits={"name": "Anna"})])
    said = Evidence.objects.get()
    assert (said.verified, said.verified_at) == (True, proved)
    assert said.last_seen > proved
