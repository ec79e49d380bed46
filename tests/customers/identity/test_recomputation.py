"""Everybody drawn anew from the evidence."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from apps.customers.actions import desk_profile
from apps.customers.identity.actions import merge_customers, set_identifier_status, unmerge
from apps.customers.identity.recomputation import recompute
from apps.customers.identity.resolution import resolve
from apps.customers.identity.rules import DEFAULTS
from apps.customers.models import Customer, Identifier, IdentityRule, SourceProfile
from tests.customers.identity.claims import claim, email, phone
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def partition():
    groups = {}
    for name, customer in SourceProfile.objects.values_list("external_id", "customer"):
        groups.setdefault(customer, set()).add(name)
    return sorted(map(sorted, groups.values()))


def test_whoever_came_in_order_is_who_the_evidence_says():
    resolve([claim("u1", email("anna"), name="Anna")])
    resolve([claim("u2", phone("0001"), day=1)])
    resolve([claim("u3", email("anna"), phone("0001"), day=2)])
    report = recompute(apply=False)
    assert (report.customers, report.drifted) == (1, False)


def test_what_arrived_late_is_drift_and_applying_ends_it():
    """The order of arrival: a number of two people, then the nameless call that came before both."""
    resolve([claim("u1", phone("0001"), day=1, name="Anna Weber")])
    resolve([claim("u2", phone("0001"), day=2, name="Ben Weber")])
    resolve([claim("u0", phone("0001"), day=0)])
    assert partition() == [["u0"], ["u1"], ["u2"]]

    report = recompute(apply=False)
    assert (report.joined, report.left) == (1, 0)  # the first to give a name is who had called
    assert partition() == [["u0"], ["u1"], ["u2"]], "nothing changes unasked"

    recompute(apply=True)
    assert partition() == [["u0", "u1"], ["u2"]]
    assert not recompute(apply=False).drifted


def test_a_stricter_rule_shares_and_parts():
    for name in ("u1", "u2"):
        resolve([claim(name, phone("0001"), name=f"Name {name}")])
    resolve([claim("v1", phone("0001"), day=1, name="Zoe")])
    stricter = {**DEFAULTS["phone"], "customers_per_value": 1}
    IdentityRule.objects.update_or_create(type="phone", defaults=stricter)
    assert recompute(apply=False).shared == 1
    recompute(apply=True)
    assert Identifier.objects.get().status == "shared"
    assert partition() == [["u1"], ["u2"], ["v1"]]


def test_what_people_said_outlives_it():
    agent = UserFactory()
    resolve([claim("u1", email("anna")), claim("u2", email("berta"))])
    one, other = Customer.objects.order_by("pk")
    merge_customers(actor=agent, survivor=one, absorbed=other, reason="Told me so")
    assert not recompute(apply=True).drifted
    assert partition() == [["u1", "u2"]]


def test_what_was_written_here_stays_with_its_customer():
    resolve([claim("u1", email("anna"))])
    note = desk_profile(Customer.objects.get())
    recompute(apply=True)
    note.refresh_from_db()
    assert note.customer.profiles.count() == 2


def test_the_command_tells_and_applies():
    resolve([claim("u1", phone("0001"), day=1, name="Anna Weber")])
    resolve([claim("u2", phone("0001"), day=2, name="Ben Weber")])
    resolve([claim("u0", phone("0001"), day=0)])
    said = StringIO()
    call_command("recompute_identity", stdout=said)
    assert "1 would be joined" in said.getvalue()
    said = StringIO()
    call_command("recompute_identity", "--apply", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert (told["joined"], told["applied"]) == (1, True)
    said = StringIO()
    call_command("recompute_identity", stdout=said)
    assert "All of them are who the evidence says they are." in said.getvalue()


def test_who_was_told_apart_by_hand_stays_apart_when_a_value_counts_again():
    agent = UserFactory(role="supervisor")
    abc = [email("a"), email("b"), email("c")]
    resolve([claim("u6", unverified=abc)])
    resolve([claim("u0", email("a"), day=1)])
    liar, owner = (SourceProfile.objects.get(external_id=name).customer for name in ("u6", "u0"))
    record = merge_customers(actor=agent, survivor=liar, absorbed=owner, reason="x")
    resolve([claim("u1", *abc, day=2)])
    unmerge(actor=agent, record=record, reason="two")
    assert partition() == [["u0"], ["u1", "u6"]]

    set_identifier_status(actor=agent, identifier=Identifier.objects.get(value="a@example.org"), status="active")

    assert partition() == [["u0"], ["u1"], ["u6"]]  # she is not he, and the liar not her: that is all that is known
    assert not recompute(apply=False).drifted


def test_a_profile_that_belongs_to_another_customer_goes_there():
    """Two who share a telephone and have no name: the third was taken for the one, and turns out to be the other."""
    resolve([claim("u1", phone("0001"), name="Anna Weber")])
    resolve([claim("u2", email("b"), day=1, name="Ben Weber")])
    resolve([claim("u3", phone("0001"), day=2)])
    resolve([claim("u3", email("b"), day=1)])  # heard of later, though it was said before
    assert partition() == [["u1", "u2", "u3"]] or partition() == [["u1", "u3"], ["u2"]]
    SourceProfile.objects.filter(external_id="u3").update(customer=Customer.objects.get(profiles__external_id="u1"))
    recompute(apply=True)
    assert partition() == [["u1"], ["u2", "u3"]]


def test_what_was_said_of_somebody_without_identifiers_holds_for_whom_they_are_now():
    """Nobody knows the walk-in by anything, so they go where their customer goes: not to whom they were told from."""
    agent = UserFactory(role="supervisor")
    resolve([claim("walk-in", name="Ben Weber")])
    resolve([claim("u0", email("a"), day=1)])
    walk_in, nameless = Customer.objects.order_by("pk")
    record = merge_customers(actor=agent, survivor=walk_in, absorbed=nameless, reason="said so")
    resolve([claim("u1", email("a"), day=2, name="Anna Weber")])
    unmerge(actor=agent, record=record, reason="two people")
    anna = SourceProfile.objects.get(external_id="u1").customer
    merge_customers(actor=agent, survivor=anna, absorbed=walk_in, reason="her son")
    assert partition() == [["u0"], ["u1", "walk-in"]]
    recompute(apply=True)
    assert partition() == [["u0"], ["u1", "walk-in"]]


@pytest.mark.parametrize("absorbs", [True, False])
def test_who_is_taken_out_of_two_merges_takes_nobody_along_and_is_not_brought_back(absorbs):
    """Three are one by two merges; the first is taken back. What the second said holds for the two who stay."""
    agent = UserFactory(role="supervisor")
    for number, name in enumerate(("mail", "son", "mother")):
        resolve([claim(name, email(name), day=number, name=name)])
    mail, son, mother = Customer.objects.order_by("pk")
    record = merge_customers(actor=agent, survivor=son, absorbed=mail, reason="said so")
    pair = {"survivor": mother, "absorbed": son} if absorbs else {"survivor": son, "absorbed": mother}
    merge_customers(actor=agent, **pair, reason="said so, too")
    unmerge(actor=agent, record=record, reason="another mail")
    assert partition() == [["mail"], ["mother", "son"]]
    recompute(apply=True)
    assert partition() == [["mail"], ["mother", "son"]]
    assert not recompute(apply=False).drifted


def test_what_was_said_later_holds_for_what_happened_before():
    """Two were said to be one, and a third to be neither: a number the third shares with one is no way in."""
    agent = UserFactory(role="supervisor")
    resolve([claim("walk-in")])
    resolve([claim("club", email("a"), day=1)])
    resolve([claim("caller", phone("0001"), day=2)])
    walk_in, club, caller = Customer.objects.order_by("pk")
    record = merge_customers(actor=agent, survivor=caller, absorbed=walk_in, reason="said so")
    merge_customers(actor=agent, survivor=club, absorbed=caller, reason="said so, too")
    resolve([claim("walk-in", phone("0001"), day=3)])
    unmerge(actor=agent, record=record, reason="a friend's telephone")
    assert partition() == [["caller", "club"], ["walk-in"]]
    recompute(apply=True)
    assert partition() == [["caller", "club"], ["walk-in"]]
