"""Promises are moved, given away, handed over, and taken back; by whom, and what is written with it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role, Team
from apps.interactions.actions import Promise, close_follow_up, log
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import FollowUp
from apps.interactions.promises import actions
from apps.interactions.promises.models import FollowUpChange, Handover
from tests.factories.accounts import MarketerFactory, OwnerFactory, SupervisorFactory, TeamFactory, UserFactory
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def care(db):
    return TeamFactory(name="Care")


@pytest.fixture
def mina(care):
    return UserFactory(username="mina", team=care)


@pytest.fixture
def priti(care):
    return UserFactory(username="priti", team=care)


def later(**time):
    return timezone.now() + timedelta(**time)


def given(owner, count=1):
    made = [FollowUpFactory(owner=owner, team=owner.team, due_at=later(hours=1)) for _one in range(count)]
    return [promise.pk for promise in made]


def owners():
    return list(FollowUp.objects.order_by("id").values_list("owner__username", flat=True))


def test_one_keeps_another_day_and_what_it_was_before_stays_known(mina):
    [promise] = given(mina)
    before = FollowUp.objects.get(pk=promise).due_at
    moved = actions.reschedule(actor=mina, promises=[promise], due_at=later(days=2))
    assert (moved.done, moved.left) == (1, 0)
    change = FollowUpChange.objects.get()
    assert change.before == {"due_at": before.isoformat()}
    entry = AuditEntry.objects.get(action="follow_up.reschedule")
    assert entry.subject == FollowUp.objects.get().profile.customer.public_id
    assert entry.detail["before"] == change.before
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpChange.objects.update(before={})


def test_nothing_is_moved_into_the_past(mina):
    with pytest.raises(ValueError, match="time to come"):
        actions.reschedule(actor=mina, promises=given(mina), due_at=later(minutes=-1))


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
def test_colleagues_do_not_move_what_is_anothers(mina, care, role):
    with pytest.raises(PermissionDenied):
        actions.reschedule(actor=UserFactory(team=care, role=role), promises=given(mina), due_at=later(days=1))
    assert not AuditEntry.objects.exists()


def test_a_supervisor_does_for_their_team_and_for_no_other(mina, priti, care):
    promises = given(mina, 2)
    actions.reassign(actor=SupervisorFactory(team=care), promises=promises, to=priti)
    assert owners() == ["priti", "priti"]
    stranger = SupervisorFactory(team=TeamFactory())
    with pytest.raises(PermissionDenied):
        actions.reschedule(actor=stranger, promises=promises, due_at=later(days=1))
    for lead in (SupervisorFactory(team=None), OwnerFactory(team=TeamFactory())):
        assert actions.reschedule(actor=lead, promises=promises, due_at=later(days=lead.pk)).done == 2


def test_of_several_only_those_that_may_be_are_changed(mina, priti):
    mine, closed, hers = given(mina), given(mina), given(priti)
    FollowUp.objects.filter(pk__in=closed).update(state="kept", closed_at=timezone.now())
    moved = actions.reschedule(actor=mina, promises=[*mine, *closed, *hers], due_at=later(days=1))
    assert (moved.done, moved.left) == (1, 2)


def test_nothing_is_given_to_strangers_or_to_those_who_have_left(mina, care):
    for to in (UserFactory(team=TeamFactory()), UserFactory(team=None), UserFactory(team=care, is_active=False)):
        with pytest.raises(PermissionDenied):
            actions.reassign(actor=mina, promises=given(mina), to=to)


def test_a_shift_goes_to_a_colleague_who_is_told_until_they_know(mina, priti):
    given(mina, 3)
    actions.hand_over(actor=mina, to=priti, note="She is in a hurry, 4111 1111 1111 1111")
    assert owners() == ["priti"] * 3
    [told] = Handover.objects.told_to(priti)
    assert (told.promises, told.actor) == (3, mina)
    assert told.note.startswith("She is in a hurry")
    assert "4111" not in told.note
    with pytest.raises(PermissionDenied):
        actions.acknowledge(reader=UserFactory(), handover=told)
    assert actions.acknowledge(reader=priti, handover=told)
    assert not actions.acknowledge(reader=priti, handover=told)
    assert not Handover.objects.told_to(priti)


def test_a_team_has_it_until_somebody_of_it_takes_it(mina):
    lyon = TeamFactory(name="Lyon")
    karim = UserFactory(username="karim", team=lyon)
    [promise] = given(mina)
    actions.hand_over(actor=mina, to=lyon)
    assert owners() == [None]
    assert Handover.objects.told_to(karim)
    with pytest.raises(PermissionDenied):
        actions.reassign(actor=mina, promises=[promise], to=mina)
    actions.reassign(actor=karim, promises=[promise], to=karim)
    assert owners() == ["karim"]


def test_promises_go_to_nobody_who_is_not_in_the_conversation(mina):
    given(mina)
    marketing = TeamFactory(kind=Team.Kind.DEPARTMENT)
    for to in (marketing, MarketerFactory(team=marketing), mina):
        with pytest.raises(PermissionDenied):
            actions.hand_over(actor=mina, to=to)
    assert not Handover.objects.exists()


def test_taken_back_it_is_as_it_was(mina, priti):
    promises = given(mina, 2)
    handed = actions.hand_over(actor=mina, to=priti)
    with pytest.raises(PermissionDenied):
        actions.undo(actor=priti, batch=handed.batch)
    close_follow_up(actor=priti, follow_up=FollowUp.objects.get(pk=promises[0]), state="kept")
    undone = actions.undo(actor=mina, batch=handed.batch)
    assert (undone.done, undone.left) == (1, 1)
    assert owners() == ["priti", "mina"]
    assert Handover.objects.get().promises == 1
    with pytest.raises(PermissionDenied):
        actions.undo(actor=mina, batch=actions.uuid4())


def test_a_day_comes_back_whatever_the_clock_of_whoever_chose_it(mina):
    [promise] = given(mina)
    before = FollowUp.objects.get(pk=promise).due_at
    with timezone.override("Asia/Tokyo"):
        moved = actions.reschedule(actor=mina, promises=[promise], due_at=timezone.localtime(later(days=1)))
        assert actions.undo(actor=mina, batch=moved.batch).done == 1
    assert FollowUp.objects.get(pk=promise).due_at == before


def test_what_has_gone_on_since_is_not_taken_back(mina, priti):
    promises = given(mina)
    moved = actions.reschedule(actor=mina, promises=promises, due_at=later(days=1))
    again = actions.reschedule(actor=mina, promises=promises, due_at=later(days=3))
    assert actions.undo(actor=mina, batch=moved.batch).done == 0
    assert actions.undo(actor=mina, batch=again.batch).done == 1


def test_after_half_a_minute_it_stays(mina, priti, monkeypatch):
    given(mina)
    handed = actions.hand_over(actor=mina, to=priti)
    monkeypatch.setattr(actions, "TAKEN_BACK_WITHIN", timedelta(0))
    with pytest.raises(PermissionDenied):
        actions.undo(actor=mina, batch=handed.batch)


@pytest.mark.parametrize("verb", ["reschedule", "reassign", "hand_over", "undo"])
def test_many_cost_what_one_does(mina, priti, verb):
    def cost(promises):
        with CaptureQueriesContext(connection) as asked:
            if verb == "reschedule":
                actions.reschedule(actor=mina, promises=promises, due_at=later(days=3))
            elif verb == "reassign":
                actions.reassign(actor=mina, promises=promises, to=priti)
            elif verb == "hand_over":
                actions.hand_over(actor=mina, to=priti, promises=promises)
            else:
                batch = actions.hand_over(actor=mina, to=priti, promises=promises).batch
                actions.undo(actor=mina, batch=batch)
        return sum(not query["sql"].startswith("PREPARE ") for query in asked.captured_queries)

    cost(given(mina))
    assert cost(given(mina)) == cost(given(mina, 7))


def test_a_marketer_settles_only_what_they_gave(mina):
    [promise] = given(mina)
    with pytest.raises(PermissionDenied):
        close_follow_up(actor=MarketerFactory(), follow_up=FollowUp.objects.get(pk=promise), state="kept")


# --- what proposes that it is done --------------------------------------------------------------------------------


def promised(agent, customer, text="Watch that it comes", **more):
    draft = InteractionDraft(
        external_id=str(actions.uuid4()), occurred_at=timezone.now(), channel="note", kind="note", title="Note"
    )
    log(actor=agent, customer=customer, touch=draft, promise=Promise(text, later(days=1), **more))
    return FollowUp.objects.latest("id")


def proposal(promise, reader):
    return FollowUp.objects.with_proposal(reader).get(pk=promise.pk).proposal


@pytest.fixture
def profile():
    profile = SourceProfileFactory()
    InteractionFactory(profile=profile, order=True, reference="ORD-1")
    return profile


def event(profile, kind, **more):
    return InteractionFactory(profile=profile, channel="order", kind=kind, occurred_at=later(minutes=1), **more)


def test_what_the_text_names_ties_it(mina, profile):
    assert promised(mina, profile.customer, "Ask about ord-1, today").reference == "ORD-1"
    assert promised(mina, profile.customer, "Ask about ORD-2").reference == ""
    assert promised(mina, SourceProfileFactory().customer, "About ORD-1").reference == ""


@pytest.mark.parametrize(("awaits", "proposing"), [("delivered", {"delivered"}), ("", {"delivered", "refund"})])
def test_only_what_it_waits_for_proposes_it(mina, profile, awaits, proposing):
    promise = promised(mina, profile.customer, reference="ORD-1", awaits=awaits)
    event(profile, "delivery", reference="ORD-1")
    event(profile, "delivered", reference="ORD-2")
    event(SourceProfileFactory(), "delivered", reference="ORD-1")
    assert proposal(promise, mina) is None
    for kind in ("refund", "delivered"):
        made = event(profile, kind, reference="ORD-1", title=kind)
        found = proposal(promise, mina)
        assert (found["kind"] if found else None) == (kind if kind in proposing else None)
        promise.refresh_from_db()
        assert promise.state == "open"
        made.delete()


def test_what_came_before_it_was_promised_proposes_nothing(mina, profile):
    InteractionFactory(profile=profile, channel="order", kind="delivered", reference="ORD-1")
    assert proposal(promised(mina, profile.customer, reference="ORD-1"), mina) is None


def test_who_may_not_read_the_event_is_told_nothing_of_it(mina, profile, care):
    promise = promised(mina, profile.customer, reference="ORD-1")
    InteractionFactory(
        profile=profile, channel="payment", kind="refund", reference="ORD-1", occurred_at=later(minutes=1)
    )
    assert proposal(promise, mina)
    assert proposal(promise, UserFactory(role=Role.STORE)) is None
