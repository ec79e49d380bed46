"""Who is the same person."""

from datetime import timedelta

import pytest

from apps.customers.drafts import Handle, ProfileKey
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, Evidence, Identifier, MergeRecord, SourceProfile
from tests.customers.identity.claims import DAWN, claim, device, email, known, phone
from tests.factories.customers import (
    CustomerFactory,
    IdentifierFactory,
)

pytestmark = pytest.mark.django_db


def customer_of(resolved, external_id, source="web"):
    return resolved[ProfileKey(source, external_id)].customer


def owner_of(external_id, source="web"):
    return SourceProfile.objects.get(source=source, external_id=external_id).customer_id


# one customer


def test_somebody_nobody_knows_becomes_a_customer():
    found = resolve([claim("u1", email("anna"), name="Anna")])[ProfileKey("web", "u1")]

    customer = Customer.objects.get()
    assert (found.customer, found.public_id) == (customer.pk, customer.public_id)
    assert (customer.name, customer.merged_into, customer.created_at) == ("Anna", None, DAWN)
    evidence = Evidence.objects.select_related("identifier").get()
    assert evidence.profile_id == found.profile
    assert (evidence.identifier.type, evidence.identifier.value) == ("email", "anna@example.org")
    assert (evidence.verified, evidence.active) == (True, True)


def test_a_known_identifier_attaches_to_its_customer():
    customer = known(email("anna"))

    found = resolve([claim("u1", email("anna"))])

    assert customer_of(found, "u1") == customer.pk
    assert Customer.objects.count() == 1


def test_a_claim_without_any_identifier_is_somebody_of_their_own():
    found = resolve([claim("u1"), claim("u2")])

    assert customer_of(found, "u1") != customer_of(found, "u2")
    assert Identifier.objects.count() == 0


def test_claims_of_one_batch_that_share_an_identifier_are_one_person():
    found = resolve(
        [
            claim("u1", email("anna")),
            claim("u2", email("anna"), phone("0001")),
            claim("u3", phone("0001")),
            claim("u4", phone("0002")),
        ]
    )

    assert customer_of(found, "u1") == customer_of(found, "u2") == customer_of(found, "u3")
    assert Customer.objects.count() == 2


def test_a_profile_said_twice_in_a_batch_keeps_all_that_was_said():
    resolve(
        [
            claim("u1", email("anna"), day=1, city="Lyon"),
            claim("u1", phone("0001"), day=0, tier="gold", city="X"),
        ]
    )

    profile = SourceProfile.objects.get()
    assert profile.traits == {"city": "Lyon", "tier": "gold"}
    assert profile.evidence.count() == 2
    assert (profile.first_seen, profile.last_seen) == (DAWN, DAWN + timedelta(days=1))


def test_the_same_claim_again_changes_nothing_and_costs_one_query(django_assert_num_queries):
    first = resolve([claim("u1", email("anna"), name="Anna")])

    with django_assert_num_queries(1):
        again = resolve([claim("u1", email("anna"), name="Anna")])

    assert [person.made for person in first.values()] == [True]
    told = {key: person._replace(version="") for key, person in again.items()}
    assert told == {key: person._replace(made=False) for key, person in first.items()}


# several become one


def test_an_identifier_of_two_customers_makes_them_one():
    elder = known(email("anna"), external_id="c-1")
    younger = known(phone("0001"), external_id="c-2")
    moved = SourceProfile.objects.get(external_id="c-2")

    found = resolve([claim("u1", email("anna"), phone("0001"))])

    assert customer_of(found, "u1") == elder.pk
    younger.refresh_from_db()
    assert younger.merged_into_id == elder.pk
    assert owner_of("c-2", "crm") == elder.pk
    record = MergeRecord.objects.get()
    assert (record.survivor, record.absorbed, record.profiles) == (elder, younger, [moved.pk])
    assert (record.kind, record.rule, record.actor) == ("merge", "shared identifier", None)


def test_the_eldest_of_three_survives_and_each_merge_is_recorded():
    eldest, middle, youngest = (known(email(name), external_id=f"c-{name}") for name in ("anna", "berta", "carla"))

    resolve([claim("u1", email("carla"), email("berta"), email("anna"))])

    merges = {(record.absorbed_id, tuple(record.profiles)) for record in MergeRecord.objects.all()}
    profiles = {name: SourceProfile.objects.get(external_id=f"c-{name}").pk for name in ("berta", "carla")}
    assert merges == {(middle.pk, (profiles["berta"],)), (youngest.pk, (profiles["carla"],))}
    assert set(SourceProfile.objects.values_list("customer_id", flat=True)) == {eldest.pk}


def test_a_visitor_who_signs_in_brings_their_browsing_along():
    resolve([claim("anon-1", device("d1"))])
    customer = owner_of("anon-1")

    resolve([claim("u1", email("anna"), device("d1"), day=1)])

    assert owner_of("u1") == owner_of("anon-1") == customer


def test_a_customer_keeps_the_name_of_whoever_is_absorbed():
    resolve([claim("anon-1", device("d1"))])
    resolve([claim("c-1", email("anna"), source="crm", name="Anna", city="Lyon")])

    resolve([claim("anon-1", device("d1"), email("anna"), day=1)])

    survivor = Customer.objects.get(merged_into=None)
    assert survivor.pk == owner_of("anon-1")
    assert (survivor.name, survivor.city) == ("Anna", "Lyon")


# weak, unverified, blocked


def test_a_device_never_joins_two_people_whom_strong_identifiers_tell_apart():
    resolve([claim("u1", email("anna"), device("d1"))])
    resolve([claim("u2", email("berta"), device("d1"))])

    assert owner_of("u1") != owner_of("u2")
    assert MergeRecord.objects.count() == 0


def test_a_device_never_joins_people_one_of_whom_is_known_through_another_profile():
    anna = known(email("anna"), external_id="c-1")
    known(customer=anna, source="web", external_id="anon-1")  # a profile of hers that holds nothing itself
    berta = known(email("berta"), external_id="c-2")
    known(device("d1"), customer=berta, source="web", external_id="u2")

    resolve([claim("anon-1", device("d1"), day=1)])

    assert owner_of("anon-1") == anna.pk
    assert owner_of("u2") == berta.pk
    assert MergeRecord.objects.count() == 0


def test_two_devices_do_not_chain_two_people_together():
    resolve([claim("u1", email("anna"), device("d1")), claim("u2", email("berta"), device("d2"))])

    resolve([claim("anon-1", device("d1"), device("d2"), day=1)])

    assert owner_of("u1") != owner_of("u2")
    assert owner_of("anon-1") in {owner_of("u1"), owner_of("u2")}


def test_a_device_of_two_people_leaves_a_stranger_a_stranger():
    resolve([claim("u1", email("anna"), device("d1")), claim("u2", email("berta"), device("d1"))])

    resolve([claim("anon-1", device("d1"), day=1)])

    assert len({owner_of("u1"), owner_of("u2"), owner_of("anon-1")}) == 3


def test_an_unverified_identifier_finds_a_customer_but_never_merges_two():
    anna = known(email("anna"), external_id="c-1")
    berta = known(phone("0001"), external_id="c-2")

    resolve(
        [
            claim("mail-1", unverified=[email("anna")]),
            claim("mail-2", phone("0001"), unverified=[email("anna")]),
        ]
    )

    assert owner_of("mail-1") == anna.pk
    assert owner_of("mail-2") == berta.pk
    assert MergeRecord.objects.count() == 0
    unsure = Evidence.objects.filter(identifier__value="anna@example.org", verified=False)
    assert {evidence.profile.external_id for evidence in unsure} == {"mail-1", "mail-2"}


def test_a_verified_identifier_does_not_join_whoever_only_claims_to_have_it():
    resolve([claim("mail-1", unverified=[email("anna")])])

    resolve([claim("u1", email("anna"))])

    assert owner_of("u1") != owner_of("mail-1")


def test_an_unverified_identifier_of_two_customers_points_at_neither():
    shared = email("anna")
    customers = [known(shared, external_id="c-1"), known(shared, external_id="c-2")]

    resolve([claim("mail-1", unverified=[shared])])

    assert owner_of("mail-1") not in {customer.pk for customer in customers}


def test_two_unverified_claims_of_one_batch_meet_as_they_would_one_by_one():
    resolve([claim("call-1", unverified=[phone("0001")]), claim("call-2", day=1, unverified=[phone("0001")])])

    assert owner_of("call-1") == owner_of("call-2")


def test_an_identifier_that_is_verified_later_joins_then():
    anna = known(email("anna"))
    resolve([claim("u1", phone("0001"), unverified=[email("anna")])])
    assert owner_of("u1") != anna.pk

    resolve([claim("u1", phone("0001"), email("anna"))])

    assert owner_of("u1") == anna.pk
    assert Evidence.objects.get(profile__external_id="u1", identifier__type="email").verified is True


@pytest.mark.parametrize("status", [Identifier.Status.BLOCKED, Identifier.Status.SHARED])
def test_a_blocked_or_shared_value_joins_nobody(status):
    IdentifierFactory(type="email", value="anna@example.org", status=status)

    resolve([claim("u1", email("anna")), claim("u2", email("anna"))])
    resolve([claim("u3", unverified=[email("anna")])])

    assert len({owner_of("u1"), owner_of("u2"), owner_of("u3")}) == 3


# what is shown of a customer
def test_nobody_is_renamed_by_what_anyone_may_claim():
    known = resolve([claim("u1", email("anna"), name="Anna Lind")])
    mail = resolve([claim("mail-1", day=9, unverified=[email("anna")], name="Prize Department", city="York")])
    customer = Customer.objects.get()
    assert {person.customer for person in [*known.values(), *mail.values()]} == {customer.pk}
    assert (customer.name, customer.city) == ("Anna Lind", "York")  # it fills what nobody else has said


def test_newer_words_replace_and_older_ones_fill_the_gaps():
    resolve([claim("u1", email("anna"), day=2, name="Anna New", city="Lyon")])
    resolve([claim("c1", email("anna"), source="crm", day=1, name="Anna Old", tier="gold")])

    customer = Customer.objects.get()
    assert (customer.name, customer.city, customer.tier) == ("Anna New", "Lyon", "gold")


def test_words_of_one_batch_count_in_the_order_they_were_said():
    resolve(
        [
            claim("u1", email("anna"), day=2, name="Anna New"),
            claim("c1", email("anna"), source="crm", day=1, name="Anna Old", tier="gold"),
        ]
    )

    customer = Customer.objects.get()
    assert (customer.name, customer.tier) == ("Anna New", "gold")


def test_what_does_not_fit_its_column_is_kept_with_the_profile_only():
    said = {
        "country": "France",
        "since": "last March",
        "timezone": {"no": "text"},
        "language": None,
        "name": "A" * 300,
        "tier": 3,
    }
    resolve([claim("u1", email("anna"), **said)])

    customer = Customer.objects.get()
    assert (customer.country, customer.since, customer.timezone, customer.language) == ("", None, "", "")
    assert (customer.name, customer.tier) == ("A" * 200, "3")
    assert SourceProfile.objects.get().traits == said


def test_a_date_of_first_purchase_is_shown():
    resolve([claim("u1", since="2019-04-01"), claim("u2", since="2019-04-01T10:00:00Z")])

    assert {str(since) for since in Customer.objects.values_list("since", flat=True)} == {"2019-04-01"}


def test_text_the_database_cannot_store_is_made_storable():
    resolve([claim("u1", email("anna"), name="An\0na", note={"deep": "a\0b", "slash": "\\u0000"})])

    assert Customer.objects.get().name == "Anna"
    assert SourceProfile.objects.get().traits == {"name": "Anna", "note": {"deep": "ab", "slash": "\\u0000"}}


def test_a_customer_without_profiles_is_left_alone():
    lonely = CustomerFactory()

    resolve([claim("u1", email("anna"))])

    lonely.refresh_from_db()
    assert lonely.merged_into is None


def test_somebody_seen_on_another_day_costs_five_queries_and_moves_only_times(django_assert_num_queries):
    resolve([claim("u1", email("anna"), unverified=[phone("0001")], name="Anna")])
    with django_assert_num_queries(5):
        again = resolve([claim("u1", email("anna"), unverified=[phone("0001")], name="Anna", day=3)])
    assert not again[ProfileKey("web", "u1")].made
    seen = DAWN, DAWN + timedelta(days=3)
    assert SourceProfile.objects.values_list("first_seen", "last_seen").get() == seen
    assert set(Evidence.objects.values_list("first_seen", "last_seen")) == {seen}
    assert set(Evidence.objects.values_list("verified", flat=True)) == {True, False}


def test_the_profile_heard_from_last_says_the_name_even_if_it_says_nothing_new():
    resolve([claim("u1", email("anna"), name="Anna"), claim("m1", email("anna"), source="crm", day=1, name="Anne")])
    assert Customer.objects.get(merged_into=None).name == "Anne"
    resolve([claim("u1", email("anna"), name="Anna", day=5)])
    assert Customer.objects.get(merged_into=None).name == "Anna"


def test_what_is_older_than_what_we_know_adds_and_changes_nothing():
    resolve([claim("u1", email("anna"), name="Anna", day=9)])
    resolve([claim("u1", email("anna"), name="A.", city="Leeds", day=2)])
    profile = SourceProfile.objects.get()
    assert profile.traits == {"name": "Anna", "city": "Leeds"}
    assert (profile.first_seen, profile.last_seen) == (DAWN + timedelta(days=2), DAWN + timedelta(days=9))


# found to be two


def user_id(name):
    return Handle("user_id", name, "shop")


def test_who_turns_out_to_have_an_account_of_their_own_is_taken_out_again():
    """Two who share an address until one of them signs in as somebody else."""
    resolve([claim("u1", email("family"), user_id("u1"))])
    resolve([claim("v1", email("family"), day=1)])
    assert owner_of("u1") == owner_of("v1")

    found = resolve([claim("v1", user_id("u2"), day=2)])

    assert owner_of("u1") != owner_of("v1") == customer_of(found, "v1")
    record = MergeRecord.objects.get()
    assert (record.kind, record.rule) == ("unmerge", "too many values")


@pytest.mark.parametrize(
    ("told", "claimed"), [((), [email("anna")]), ((device("till"),), [])], ids=["typed an address", "used a till"]
)
def test_who_proves_at_last_who_they_are_joins_nobody_to_whom_they_were_taken_for(told, claimed):
    resolve([claim("u1", email("anna"), device("till"))])
    resolve([claim("u2", email("ben"))])
    resolve([claim("v1", *told, unverified=claimed, day=1)])
    assert owner_of("v1") == owner_of("u1")

    found = resolve([claim("v1", *told, email("ben"), unverified=claimed, day=2)])

    assert customer_of(found, "v1") == owner_of("v1") == owner_of("u2") != owner_of("u1")
    assert not MergeRecord.objects.filter(kind="merge").exists()  # not even for a moment


def test_an_account_that_was_renamed_stays_one_person():
    resolve([claim("u1", email("anna"), user_id("old"))])
    resolve([claim("u2", user_id("new"), day=1)])

    resolve([claim("u1", user_id("old"), user_id("new"), day=2)])

    assert owner_of("u1") == owner_of("u2")
