"""The same done to many moments at once: whose they are then, who was quicker, what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.contact.actions import note_consent
from apps.contact.models import Avoided
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.models import Moment, State, Step
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.customers import ConsentFactory, SourceProfileFactory
from tests.factories.moments import a_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(agent, marketing):
    """Offers a moment of somebody new who agreed to e-mails."""

    def one_more():
        person = ConsentFactory(profile=SourceProfileFactory()).profile.customer
        return a_moment(agent, person, to=marketing)

    return one_more


def ids(moments):
    return [moment.public_id for moment in moments]


def test_those_that_are_offered_are_theirs_and_everything_is_written(offer, agent, sofia):
    moments = [offer() for _one in range(3)]
    accepted = actions.accept_all(actor=sofia, moments=ids(moments))
    assert [moment.pk for moment in accepted.done] == [moment.pk for moment in moments]
    for moment in Moment.objects.all():
        assert (moment.owner_user, moment.holder, moment.state, moment.version) == (sofia, sofia.pk, State.OPEN, 3)
        assert (moment.came_from_user, moment.first_accepted_at) != (None, None)
        step = moment.steps.latest("version")
        assert (step.act, step.actor, step.from_user, step.to_user) == ("accept", sofia, agent, sofia)
    assert AuditEntry.objects.filter(action="moment.accept").count() == 3
    assert Interaction.objects.filter(title__contains="accepted by Sofia").count() == 3


def test_as_one_by_one(offer, sofia):
    """The row, its step and its audit row are what `accept` writes."""
    alone, among = offer(), offer()
    actions.accept(actor=sofia, moment=alone)
    actions.accept_all(actor=sofia, moments=[among.public_id])
    fields = ("state", "owner_user", "owner_team", "queue", "came_from_user", "came_from_team", "handoff", "version")
    assert (
        Moment.objects.filter(pk=alone.pk).values(*fields)[0] == Moment.objects.filter(pk=among.pk).values(*fields)[0]
    )
    said = [set(step.before) for step in Step.objects.filter(act="accept")]
    assert said[0] == said[1]
    details = [set(entry.detail) for entry in AuditEntry.objects.filter(action="moment.accept")]
    assert details[0] == details[1]


def test_who_was_quicker_is_said(offer, sofia, marco):
    moments = [offer() for _one in range(3)]
    actions.accept(actor=marco, moment=moments[1])
    accepted = actions.accept_all(actor=sofia, moments=ids(moments))
    assert len(accepted.done) == 2
    assert accepted.words == ["Taken by Marco."]
    assert Moment.objects.get(pk=moments[1].pk).owner_user == marco


def test_what_the_customer_no_longer_permits_stays_and_is_noted(offer, agent, sofia):
    moments = [offer(), offer()]
    customer = moments[0].profile.customer
    note_consent(actor=agent, customer=customer, channel="email", status="withdrawn", origin="On the phone")
    accepted = actions.accept_all(actor=sofia, moments=ids(moments))
    assert [moment.pk for moment in accepted.done] == [moments[1].pk]
    assert "withdrawn" in accepted.words[0]
    assert Avoided.objects.get().where == "accept"
    assert Moment.objects.get(pk=moments[0].pk).owner_user == agent


def test_nobody_else_accepts_them(offer):
    stranger = UserFactory(team=TeamFactory())
    accepted = actions.accept_all(actor=stranger, moments=ids([offer()]))
    assert (accepted.done, AuditEntry.objects.filter(action="moment.accept").count()) == ([], 0)


def test_declined_for_one_reason_they_are_back_with_who_sent_them(offer, agent, sofia):
    moments = [offer(), offer()]
    with pytest.raises(ValueError, match="reason"):
        actions.decline_all(actor=sofia, moments=ids(moments), reason=" ")
    actions.decline_all(actor=sofia, moments=ids(moments), reason="Not ours")
    assert set(Moment.objects.values_list("owner_user", "state")) == {(agent.pk, State.OPEN)}
    assert set(Step.objects.filter(act="decline").values_list("note", "to_user")) == {("Not ours", agent.pk)}


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_taken_back_they_are_offered_as_before(offer, sofia, marketing, act):
    moments = [offer() for _one in range(3)]
    more = {"reason": "Not ours"} if act == "decline" else {}
    getattr(actions, f"{act}_all")(actor=sofia, moments=ids(moments), **more)
    if act == "accept":
        actions.finish(actor=sofia, moment=Moment.objects.get(pk=moments[2].pk), outcome="reached")
    undone = actions.undo_all(actor=sofia, moments=ids(moments))
    assert len(undone.done) == 3
    states = list(Moment.objects.order_by("id").values_list("state", "offered_to_team"))
    assert states[:2] == [(State.OFFERED, marketing.pk)] * 2
    assert states[2] == ((State.OPEN, None) if act == "accept" else (State.OFFERED, marketing.pk))


@pytest.mark.parametrize("act", ["accept", "decline", "undo"])
def test_many_cost_what_one_does(offer, sofia, act):
    def cost(count):
        moments = ids([offer() for _one in range(count)])
        if act == "undo":
            actions.accept_all(actor=sofia, moments=moments)
        more = {"reason": "Not ours"} if act == "decline" else {}
        with CaptureQueriesContext(connection) as asked:
            assert len(getattr(actions, f"{act}_all")(actor=sofia, moments=moments, **more).done) == count
        return sum(not query["sql"].startswith("PREPARE ") for query in asked.captured_queries)

    cost(1)
    assert cost(1) == cost(6)


def test_a_customer_of_several_is_held_once(agent, sofia, marketing, customer):
    moments = [a_moment(agent, customer, to=marketing) for _one in range(3)]
    assert len(actions.accept_all(actor=sofia, moments=ids(moments)).done) == 3
