"""Two who want the same moment at the same instant, and a customer who changes their mind meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from apps.contact.actions import note_consent
from apps.contact.models import Delivery
from apps.contact.permission import NotPermitted
from apps.customers.identity.actions import merge_customers, unmerge
from apps.moments import actions
from apps.moments.actions import AlreadyChanged
from apps.moments.models import Moment, Outcome, Step
from tests.customers.identity.people import in_a_transaction, somebody_waits, uncommitted
from tests.factories.accounts import SupervisorFactory
from tests.factories.customers import ConsentFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db(transaction=True)


def shown(moment):
    """As a page shows it before anybody acts."""
    return Moment.objects.select_related("profile__customer").get(pk=moment.pk)


def meets(first, second):
    """Run `second` while `first` is done but not committed; it waits. What became of the second."""
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(first):
            future = threads.submit(in_a_transaction, second)
            while not somebody_waits():
                assert not future.done(), "the second did not wait for the first"
        return future.exception(20)


def test_two_who_accept_at_once_give_one_owner_and_one_who_is_told(agent, sofia, marco, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    ones, others = shown(moment), shown(moment)

    refusal = meets(
        lambda: actions.accept(actor=sofia, moment=ones),
        lambda: actions.accept(actor=marco, moment=others),
    )

    assert isinstance(refusal, AlreadyChanged)
    assert str(refusal) == "Taken by Sofia."
    assert shown(moment).owner_user == sofia
    assert Step.objects.filter(act="accept").count() == 1


def test_who_is_taken_out_of_a_merge_meanwhile_is_asked_for_themselves(agent, customer):
    """The moment goes with its profile: what the other permits is nothing to it."""
    other = ConsentFactory(status="denied").profile.customer
    moment = a_moment(agent, other)
    lead = SupervisorFactory()
    record = merge_customers(actor=lead, survivor=customer, absorbed=other, reason="One name")

    refusal = meets(
        lambda: unmerge(actor=lead, record=record, reason="Two people"),
        lambda: actions.contact(actor=agent, moment=shown(moment), channel="email"),
    )

    assert isinstance(refusal, NotPermitted)
    assert not Delivery.objects.exists()


def test_of_many_who_accept_at_once_one_has_it(agent, sofia, marco, marketing, customer):
    for number in range(5):
        moment = a_moment(agent, customer, to=marketing, key=f"again {number}")
        with ThreadPoolExecutor(6) as threads:
            acceptances = [partial(actions.accept, actor=who, moment=shown(moment)) for who in (sofia, marco) * 3]
            futures = [threads.submit(in_a_transaction, accepting) for accepting in acceptances]
        refused = [future.exception(20) for future in futures]
        assert sum(one is None for one in refused) == 1
        assert {type(one) for one in refused if one} == {AlreadyChanged}
        assert Step.objects.filter(moment=moment, act="accept").count() == 1


def test_who_takes_it_while_it_escalates_is_told_or_is_first(agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    seen, after = shown(moment), moment.answer_by + timedelta(minutes=1)
    refusal = meets(
        lambda: actions.accept(actor=sofia, moment=seen),
        lambda: actions.escalate_overdue(at=after),
    )
    assert refusal is None
    assert Step.objects.filter(moment=moment, act="accept").count() == 1
    moment = shown(moment)
    assert (moment.owner_user_id is None) != (moment.owner_team_id is None)


def test_a_withdrawal_committed_first_stops_the_contact(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    refusal = meets(
        lambda: note_consent(actor=agent, customer=customer, channel="email", status="withdrawn", origin="A call"),
        lambda: actions.finish(actor=sofia, moment=moment, outcome=Outcome.REACHED, channel="email"),
    )
    assert isinstance(refusal, NotPermitted)
    assert shown(moment).is_live


def test_a_withdrawal_waits_for_a_contact_that_came_first(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    refusal = meets(
        lambda: actions.contact(actor=sofia, moment=moment, channel="email"),
        lambda: note_consent(actor=agent, customer=customer, channel="email", status="withdrawn", origin="A call"),
    )
    assert refusal is None
