"""Who owns a moment while it goes from hand to hand, and what is told on the way."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.contact.actions import note_consent
from apps.contact.models import Delivery
from apps.contact.permission import NotPermitted
from apps.interactions.models import Interaction
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, StaysInside, outcomes
from apps.moments.drafts import MomentDraft
from apps.moments.models import Moment, Outcome, State, Step
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import InteractionFactory
from tests.factories.moments import MomentFactory, MomentKindFactory, a_moment

pytestmark = pytest.mark.django_db


def again(moment):
    return Moment.objects.select_related("profile__customer").get(pk=moment.pk)


def titles(customer):
    return list(
        Interaction.objects.filter(profile__customer=customer, kind="moment")
        .order_by("id")
        .values_list("title", flat=True)
    )


def later(**time):
    return timezone.now() + timedelta(**time)


def test_whoever_marks_it_owns_it(agent, customer):
    moment = a_moment(agent, customer)
    assert (moment.owner_user, moment.owner_team, moment.state) == (agent, None, State.OPEN)
    assert titles(customer) == ["Praise worth answering: a moment to seize"]
    entry = AuditEntry.objects.get(action="moment.mark")
    assert entry.subject == customer.public_id
    assert "coffee" not in str(entry.detail)


def test_marked_twice_it_is_one(agent, customer):
    assert a_moment(agent, customer, key="same") == a_moment(agent, customer, key="same")
    assert Step.objects.count() == 1


def test_it_hangs_on_the_profile_it_grew_from(agent, customer):
    elsewhere = SourceProfileFactory(customer=customer, source="mail")
    letter = InteractionFactory(profile=elsewhere)
    moment = a_moment(agent, customer, origins=(letter.pk,))
    assert (moment.profile, moment.happened_at) == (elsewhere, letter.occurred_at)
    assert list(moment.origins.all()) == [letter]


def test_a_marketer_marks_nothing(sofia, customer):
    with pytest.raises(PermissionDenied):
        a_moment(sofia, customer)


def test_a_card_number_is_never_kept(agent, customer):
    moment = a_moment(agent, customer, reason="My card 4111 1111 1111 1111 was charged twice")
    assert "4111" not in moment.reason
    assert moment.reason.endswith("1111 was charged twice")


def test_the_database_refuses_none_and_two_owners(agent, marketing):
    for fields in ({"owner_user": None}, {"owner_user": agent, "owner_team": marketing}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Moment.objects.filter(pk=MomentFactory().pk).update(**fields)


def test_the_database_refuses_half_an_offer(marketing):
    for fields in ({"state": "offered"}, {"offered_to_team": marketing}, {"state": "done"}, {"outcome": "bought"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Moment.objects.filter(pk=MomentFactory().pk).update(**fields)


def test_the_database_changes_no_step(agent, customer):
    a_moment(agent, customer)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Step.objects.update(note="never happened")


def test_the_sender_owns_it_until_it_is_accepted(agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    assert (moment.owner_user, moment.holder, moment.queue) == (agent, None, marketing)
    actions.accept(actor=sofia, moment=moment)
    assert (moment.owner_user, moment.holder, moment.came_from_user) == (sofia, sofia.pk, agent)
    assert titles(customer)[-1] == "Praise worth answering: accepted by Sofia"


def test_a_decline_has_a_reason_and_leaves_it_with_the_sender(agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    with pytest.raises(ValueError, match="reason"):
        actions.decline(actor=sofia, moment=moment, reason=" ")
    actions.decline(actor=sofia, moment=moment, reason="Say what she liked")
    assert (moment.owner_user, moment.state, moment.queue) == (agent, State.OPEN, agent.team)
    last = moment.steps.latest("version")
    assert (last.act, last.actor, last.to_user, last.note) == ("decline", sofia, agent, "Say what she liked")


def test_who_comes_second_learns_who_has_it(agent, sofia, marco, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    shown = again(moment)
    actions.accept(actor=sofia, moment=moment)
    with pytest.raises(AlreadyChanged, match="Taken by Sofia"):
        actions.accept(actor=marco, moment=shown)
    with pytest.raises(AlreadyChanged, match="Taken by Sofia"):
        actions.accept(actor=marco, moment=again(moment))


def test_nobody_else_accepts_it(agent, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    with pytest.raises(PermissionDenied):
        actions.accept(actor=UserFactory(team=TeamFactory()), moment=moment)


def test_who_has_no_team_passes_on_nothing_of_others(agent, marketing, customer):
    moment, stranger = a_moment(agent, customer), UserFactory(team=None)
    with pytest.raises(PermissionDenied):
        actions.offer(actor=stranger, moment=moment, team=marketing)
    assert again(moment).state == State.OPEN


def test_given_back_it_is_whose_it_was(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    actions.give_back(actor=sofia, moment=moment, reason="She wrote to the store")
    assert (moment.owner_user, moment.came_from_user) == (agent, None)


def test_given_back_to_somebody_who_has_left_it_is_their_teams(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    agent.is_active = False
    agent.save()
    actions.give_back(actor=sofia, moment=again(moment), reason="She wrote to the store")
    assert again(moment).owner_team == agent.team


def test_a_colleague_of_the_desk_gets_it_without_being_asked(agent, sofia, marco, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    actions.reassign(actor=sofia, moment=moment, user=marco)
    assert moment.owner_user == marco
    with pytest.raises(PermissionDenied):
        actions.reassign(actor=marco, moment=moment, user=agent)


def test_without_agreement_nothing_goes_to_marketing(agent, marketing, profile):
    with pytest.raises(NotPermitted, match="never asked"):
        a_moment(agent, profile.customer, to=marketing)


def test_withdrawn_between_hand_off_and_accepting_it_is_not_taken(agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    note_consent(actor=agent, customer=customer, channel="email", status="withdrawn", origin="On the phone")
    with pytest.raises(NotPermitted):
        actions.accept(actor=sofia, moment=moment)
    assert again(moment).owner_user == agent


def test_withdrawn_after_accepting_nobody_is_contacted(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    note_consent(actor=agent, customer=customer, channel="email", status="withdrawn", origin="On the phone")
    with pytest.raises(NotPermitted):
        actions.contact(actor=sofia, moment=moment, channel="email")
    with pytest.raises(NotPermitted):
        actions.finish(actor=sofia, moment=again(moment), outcome=Outcome.REACHED, channel="email")
    assert not Delivery.objects.exists()
    actions.finish(actor=sofia, moment=again(moment), outcome=Outcome.NO_PERMISSION)
    assert again(moment).state == State.DONE


@pytest.mark.parametrize("tag", ["health", "dispute", "minor", "complaint"])
def test_what_is_nobody_elses_business_stays_inside(agent, marketing, customer, tag):
    with pytest.raises(StaysInside) as stopped:
        a_moment(agent, customer, to=marketing, tags=(tag,))
    assert stopped.value.tags == [tag]
    assert a_moment(agent, customer, to=TeamFactory(), tags=(tag,), key="inside").disclosed is None


def test_what_a_source_says_of_the_customer_keeps_it_inside(agent, marketing, customer):
    customer.profiles.update(traits={"tags": ["VIP", "Health"]})
    with pytest.raises(StaysInside):
        a_moment(agent, customer, to=marketing)


def test_what_came_of_it_is_on_the_story_with_a_line_to_the_sender(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    actions.finish(actor=sofia, moment=moment, outcome=Outcome.THANKED, line="She sent a photo", channel="email")
    assert (moment.state, moment.outcome, moment.owner_user) == (State.DONE, "thanked", sofia)
    story = Interaction.objects.filter(kind="moment").latest("id")
    assert (story.title, story.body) == ("Praise worth answering: thanked", "She sent a photo")
    assert list(Moment.objects.sent_by(agent, later(hours=-1)).closed()) == [moment]
    assert Delivery.objects.get().outcome == Delivery.Outcome.SENT


def test_contacted_and_finished_is_one_contact(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    actions.contact(actor=sofia, moment=moment, channel="email")
    actions.finish(actor=sofia, moment=moment, outcome=Outcome.REACHED, channel="email")
    assert Delivery.objects.count() == 1


def test_once_contacted_they_may_still_withdraw(agent, sofia, marketing, customer):
    """A second contact is asked for like the first; and so is one that was taken back."""
    called, written = (actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing)) for _number in "12")
    actions.contact(actor=sofia, moment=called, channel="email")
    actions.finish(actor=sofia, moment=written, outcome=Outcome.REACHED, channel="email")
    actions.undo(actor=sofia, moment=written)
    note_consent(actor=agent, customer=customer, channel="email", status="withdrawn", origin="On the phone")
    for again_said in (
        lambda: actions.contact(actor=sofia, moment=again(called), channel="email"),
        lambda: actions.finish(actor=sofia, moment=again(written), outcome=Outcome.REACHED, channel="email"),
    ):
        with pytest.raises(NotPermitted):
            again_said()
    actions.finish(actor=sofia, moment=again(called), outcome=Outcome.REACHED, channel="email")  # it was, before that
    assert list(Delivery.objects.standing().values_list("outcome", flat=True)) == ["sent"]


def test_two_contacts_are_two(agent, sofia, marketing, customer):
    moment = actions.accept(actor=sofia, moment=a_moment(agent, customer, to=marketing))
    made = [actions.contact(actor=sofia, moment=moment, channel="email") for _time in "12"]
    assert len({one.pk for one in made}) == 2


@pytest.mark.parametrize("act", ["accept", "contact", "decline", "finish", "snooze"])
def test_the_last_step_is_taken_back(agent, sofia, marketing, customer, act):
    moment = a_moment(agent, customer, to=marketing)
    if act in ("contact", "finish", "snooze"):
        actions.accept(actor=sofia, moment=moment)
    before = Moment.objects.values().get(pk=moment.pk)
    if act == "decline":
        actions.decline(actor=sofia, moment=moment, reason="Not ours")
    elif act == "finish":
        actions.finish(actor=sofia, moment=moment, outcome=Outcome.BOUGHT, channel="email")
    elif act == "contact":
        actions.contact(actor=sofia, moment=moment, channel="email")
    elif act == "snooze":
        actions.snooze(actor=sofia, moment=moment, until=later(hours=2))
    else:
        actions.accept(actor=sofia, moment=moment)
    actions.undo(actor=sofia, moment=moment)
    after = Moment.objects.values().get(pk=moment.pk)
    assert {**after, "version": 0, "changed_at": 0} == {**before, "version": 0, "changed_at": 0}
    assert not Delivery.objects.standing().exists()


def test_nobody_takes_back_what_somebody_has_acted_on(agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    assert actions.may_undo(agent, moment)
    actions.accept(actor=sofia, moment=moment)
    with pytest.raises(PermissionDenied):
        actions.undo(actor=agent, moment=moment)


def test_after_half_a_minute_it_stands(agent, marketing, customer, monkeypatch):
    moment = a_moment(agent, customer, to=marketing)
    assert timedelta(seconds=30) == outcomes.TAKEN_BACK_WITHIN
    monkeypatch.setattr(outcomes, "TAKEN_BACK_WITHIN", timedelta(0))
    assert actions.may_undo(agent, moment) is None


def test_amended_it_is_offered_again_as_it_is_now(agent, sofia, marketing, customer):
    moment = a_moment(agent, customer, to=marketing)
    actions.decline(actor=sofia, moment=moment, reason="What did she like?")
    moment = again(moment)
    seen = MomentDraft(kind="praise", key="", reason="Best coffee in town", suggestion="Thank her for the photo")
    actions.amend(actor=agent, moment=moment, seen=seen)
    actions.offer(actor=agent, moment=moment, team=marketing)
    assert moment.disclosed["suggestion"] == "Thank her for the photo"


def test_a_merge_takes_moments_along(agent, customer):
    moment = a_moment(agent, customer)
    other = SourceProfileFactory(customer__name="Anna Weber").customer
    moment.profile.__class__.objects.filter(pk=moment.profile_id).update(customer=other)
    assert list(Moment.objects.of(other)) == [moment]
    actions.finish(actor=agent, moment=again(moment), outcome=Outcome.THANKED)
    assert titles(other)[-1].endswith("thanked")


class TestTime:
    def test_silence_goes_to_who_may_decide_and_then_back_to_the_sender(self, agent, marketing, customer):
        deciders = TeamFactory(name="Heads of marketing", kind="department")
        MomentKindFactory(code="praise", lead_team=deciders, accept_minutes=60)
        moment = a_moment(agent, customer, to=marketing)
        assert actions.escalate_overdue(at=later(minutes=59)) == 0
        assert actions.escalate_overdue(at=later(minutes=61)) == 1
        moment = again(moment)
        assert (moment.offered_to_team, moment.owner_user, moment.handoff) == (deciders, agent, "escalation")
        assert actions.escalate_overdue(at=later(minutes=122)) == 1
        moment = again(moment)
        assert (moment.state, moment.owner_user, moment.queue) == (State.OPEN, agent, agent.team)
        assert list(moment.steps.order_by("version").values_list("act", flat=True)) == [
            "mark", "offer", "escalate", "return",
        ]  # fmt: skip
        assert moment.steps.get(act="return").to_user == agent

    def test_back_from_silence_it_is_the_team_s_where_its_sender_has_left(self, agent, care, marketing, customer):
        moment = a_moment(agent, customer, to=marketing)
        agent.is_active = False
        agent.save()
        actions.escalate_overdue(at=later(days=1))
        back = again(moment).steps.get(act="return")
        assert (back.to_user, back.to_team, again(moment).owner_team) == (None, care, care)

    def test_a_silent_person_is_helped_by_their_team(self, agent, sofia, marketing, customer):
        moment = a_moment(agent, customer)
        actions.offer(actor=agent, moment=moment, user=sofia)
        actions.escalate_overdue(at=later(days=1))
        assert again(moment).offered_to_team == marketing

    def test_what_its_owner_lets_lie_is_offered_to_their_team(self, agent, care, customer):
        moment = a_moment(agent, customer)
        actions.escalate_overdue(at=later(days=3))
        moment = again(moment)
        assert (moment.owner_user, moment.offered_to_team) == (agent, care)

    def test_what_has_not_travelled_does_not_escalate_to_another_department(self, agent, care, marketing, customer):
        MomentKindFactory(code="praise", lead_team=marketing, may_leave=False)
        moment = a_moment(agent, customer)
        for days in (3, 6, 9):
            actions.escalate_overdue(at=later(days=days))
            assert again(moment).offered_to_team in (None, care)

    def test_what_came_back_and_stays_inside_now_does_not_leave_again(self, agent, lead, sofia, marketing, customer):
        """Declined, it turned out to touch health: neither time nor a lead sends the copy that had left once more."""
        MomentKindFactory(code="praise", lead_team=marketing)
        moment = a_moment(agent, customer, to=marketing)
        actions.decline(actor=sofia, moment=moment, reason="Not ours")
        actions.amend(
            actor=agent, moment=moment, seen=MomentDraft(kind="praise", key="", reason="Ill", tags=("health",))
        )
        for days in (3, 6):
            actions.escalate_overdue(at=later(days=days))
            assert again(moment).offered_to_team in (None, agent.team)
        with pytest.raises(StaysInside):
            actions.reassign(actor=lead, moment=again(moment), user=sofia)

    def test_what_was_put_off_wakes(self, agent, customer):
        moment = a_moment(agent, customer)
        actions.snooze(actor=agent, moment=moment, until=later(hours=2))
        assert not Moment.objects.held_by(agent).exists()
        assert actions.wake_due(at=later(hours=1)) == 0
        assert actions.wake_due(at=later(hours=2, minutes=1)) == 1
        assert list(Moment.objects.held_by(agent)) == [moment]

    def test_what_was_put_off_past_its_time_comes_back_all_the_same(self, agent, customer):
        moment = a_moment(agent, customer, kind="birthday")
        actions.snooze(actor=agent, moment=moment, until=later(days=9))
        actions.sweep(at=later(days=8))
        actions.sweep(at=later(days=9, minutes=1))
        assert list(Moment.objects.held_by(agent)) == [moment]
        actions.sweep(at=later(days=13))
        assert again(moment).state == State.EXPIRED

    def test_what_nobody_seized_expires_and_is_told(self, agent, customer):
        moment = a_moment(agent, customer)
        actions.expire(at=later(days=20))
        moment = again(moment)
        assert (moment.state, moment.outcome, moment.owner_user) == (State.EXPIRED, "too_late", agent)
        assert titles(customer)[-1] == "Praise worth answering: too late"

    def test_a_complaint_never_expires(self, agent, customer):
        moment = a_moment(agent, customer, kind="complaint")
        actions.expire(at=later(days=2000))
        assert again(moment).is_live

    def test_many_cost_what_one_does(self, agent, customer):
        def late(count):
            for number in range(count):
                a_moment(agent, customer, key=f"late {count} {number}")

        def cost():
            with CaptureQueriesContext(connection) as queries:
                actions.escalate_overdue(at=later(days=3))
            return len(queries)

        late(1)
        cost()  # what is remembered from then on is nobody's cost
        late(2)
        one = cost()
        late(20)
        assert cost() == one
