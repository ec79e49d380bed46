"""Putting right what was logged wrongly: the original stays, and nobody reads it in a story any more."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.customers.identity.actions import merge_customers, unmerge
from apps.interactions.actions import Promise, log, pin
from apps.interactions.corrections import (
    UNDO,
    CannotCorrect,
    correctable_by,
    may_move,
    may_retract,
    move,
    retract,
    take_back,
    undo,
)
from apps.interactions.drafts import InteractionDraft
from apps.interactions.lookup import find
from apps.interactions.models import Attachment, Correction, FollowUp, Interaction, Pin
from apps.interactions.search import everywhere
from apps.interactions.timeline import Filters, page
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.interactions import DAWN, InteractionFactory
from tests.interactions.doorbell import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory(username="agent")


@pytest.fixture
def supervisor():
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def here():
    return CustomerFactory(name="Wrong Customer")


@pytest.fixture
def there():
    return CustomerFactory(name="Right Customer")


def logged(agent, customer, key="k1", **fields):
    said = {
        "channel": "voice", "kind": "call", "title": "Call", "body": "A leaking frother", "verbatim": "Never again",
        "sentiment": "negative", "staff_id": agent.pk, "staff_name": str(agent),
    }  # fmt: skip
    promise = Promise("Call back", timezone.now() + timedelta(days=1))
    file = SimpleUploadedFile("letter.txt", b"words")
    at = fields.pop("occurred_at", DAWN + timedelta(minutes=fields.pop("minute", 0)))
    what = InteractionDraft(external_id=key, occurred_at=at, **said | fields)
    return log(actor=agent, customer=customer, touch=what, promise=promise, files=[file])


def story(customer, reader):
    return page(customer, reader, Filters()).entries


def told(*actions):
    return sorted(AuditEntry.objects.filter(action__in=actions).values_list("action", flat=True))


# --- undo ---------------------------------------------------------------------------------------------------------


def test_what_was_just_logged_is_undone_with_its_promise(agent, here):
    entry = logged(agent, here)
    correction = undo(actor=agent, entry=entry)
    assert story(here, agent) == []
    assert (correction.kind, correction.actor, correction.interaction) == ("undone", agent, entry)
    assert FollowUp.objects.get().state == FollowUp.State.CANCELLED
    assert FollowUp.objects.get().closed_at is None
    assert told("interaction.undo") == ["interaction.undo"]
    assert Interaction.originals.get().body == "A leaking frother"
    with pytest.raises(CannotCorrect):
        undo(actor=agent, entry=entry)


def test_undo_is_for_who_logged_it_and_for_a_few_seconds(agent, here, supervisor):
    entry = logged(agent, here)
    with pytest.raises(PermissionDenied):
        undo(actor=supervisor, entry=entry)
    entry.recorded_at -= UNDO * 2
    with pytest.raises(CannotCorrect):
        undo(actor=agent, entry=entry)
    assert Interaction.objects.count() == 1


def test_the_same_key_again_is_not_logged_anew_once_it_was_undone(agent, here):
    undo(actor=agent, entry=logged(agent, here))
    again = logged(agent, here)
    assert (again.withdrawn, Interaction.objects.count(), FollowUp.objects.open().count()) == ("undone", 0, 0)


# --- retract ------------------------------------------------------------------------------------------------------


def test_a_retracted_entry_is_gone_from_all_that_reads_and_stays_as_it_was_written(agent, here):
    entry = logged(agent, here)
    pin(actor=agent, interaction=entry)
    before = Interaction.originals.filter(pk=entry.pk).values().get()
    correction = retract(actor=agent, entry=entry, reason="Somebody else's call")
    assert story(here, agent) == []
    assert everywhere("frother", agent) == []
    assert not Interaction.objects.exists()
    assert not here.profiles.get().interactions.exists()
    assert not Pin.objects.visible_to(agent).exists()
    assert not FollowUp.objects.open().exists()
    assert page(here, agent, Filters(text="frother"), marks=True).entries == []
    assert [row.pk for row in page(here, agent, Filters(), marks=True).entries] == [entry.pk]
    assert {**before, "withdrawn": "retracted"} == Interaction.originals.filter(pk=entry.pk).values().get()
    assert (correction.reason, told("interaction.retract")) == ("Somebody else's call", ["interaction.retract"])
    assert "Somebody" not in str(AuditEntry.objects.get(action="interaction.retract").detail)


def test_a_retraction_taken_back_is_as_if_it_had_not_been(agent, here):
    entry = logged(agent, here)
    kept = FollowUp.objects.create(
        profile=entry.profile, interaction=entry, text="Done", due_at=timezone.now(), owner=agent, state="kept"
    )
    correction = retract(actor=agent, entry=entry, reason="By mistake")
    take_back(actor=agent, correction=correction)
    assert story(here, agent) == [entry]
    assert {row.state for row in FollowUp.objects.exclude(pk=kept.pk)} == {"open"}
    kept.refresh_from_db()
    assert kept.state == "kept"
    with pytest.raises(CannotCorrect):
        take_back(actor=agent, correction=correction)
    retract(actor=agent, entry=entry, reason="After all")
    assert Correction.objects.filter(interaction=entry).count() == 2


def test_the_last_contact_is_the_last_that_stands(agent, here):
    before = InteractionFactory(profile__customer=here, call=True, occurred_at=DAWN)
    entry = logged(agent, here, minute=600)
    assert find("Wrong Customer", agent, ["GB"])[0].last_at == entry.occurred_at
    retract(actor=agent, entry=entry, reason="No")
    assert find("Wrong Customer", agent, ["GB"])[0].last_at == before.occurred_at


# --- move ---------------------------------------------------------------------------------------------------------


def test_a_moved_entry_stands_in_the_other_story_at_its_own_time_with_what_hung_on_it(agent, here, there):
    entry = logged(agent, here)
    pin(actor=agent, interaction=entry)
    correction = move(actor=agent, entry=entry, to=there, reason="Two of one name")
    (copy,) = story(there, agent)
    assert story(here, agent) == []
    same = ("occurred_at", "title", "body", "verbatim", "sentiment", "staff_id", "channel", "kind", "source")
    assert [getattr(copy, name) for name in same] == [getattr(entry, name) for name in same]
    assert (correction.copy, correction.interaction) == (copy, entry)
    hanging = (FollowUp.objects.get(), Pin.objects.get())
    assert [(row.interaction, row.profile.customer) for row in hanging] == [(copy, there)] * 2
    assert Attachment.objects.get().interaction == copy
    assert FollowUp.objects.get().state == "open"
    rows = AuditEntry.objects.filter(action__startswith="interaction.move").order_by("id")
    assert [row.subject for row in rows] == [here.public_id, there.public_id]


def test_a_move_can_be_taken_back_and_only_once(agent, here, there):
    entry = logged(agent, here)
    correction = move(actor=agent, entry=entry, to=there, reason="")
    take_back(actor=agent, correction=correction)
    assert (story(here, agent), story(there, agent)) == ([entry], [])
    assert page(there, agent, Filters(), marks=True).entries == []
    assert (FollowUp.objects.get().interaction, FollowUp.objects.get().profile.customer) == (entry, here)
    assert Attachment.objects.get().interaction == entry
    with pytest.raises(CannotCorrect):
        take_back(actor=agent, correction=correction)


def test_what_was_moved_on_is_not_moved_back_past_it(agent, here, there):
    first = move(actor=agent, entry=logged(agent, here), to=there, reason="")
    retract(actor=agent, entry=first.copy, reason="Neither")
    with pytest.raises(CannotCorrect), transaction.atomic():
        take_back(actor=agent, correction=first)
    assert (story(here, agent), story(there, agent)) == ([], [])
    assert Correction.objects.in_force().count() == 2


def test_an_entry_is_not_moved_to_where_it_is_nor_twice(agent, here, there):
    entry = logged(agent, here)
    with pytest.raises(CannotCorrect):
        move(actor=agent, entry=entry, to=here, reason="")
    stale = Interaction.objects.get(pk=entry.pk)
    move(actor=agent, entry=entry, to=there, reason="")
    with pytest.raises(CannotCorrect), transaction.atomic():
        move(actor=agent, entry=stale, to=CustomerFactory(), reason="")
    with pytest.raises(CannotCorrect), transaction.atomic():
        retract(actor=agent, entry=stale, reason="")


@pytest.mark.django_db(transaction=True)
def test_the_open_pages_of_both_are_rung(agent, here, there):
    entry = logged(agent, here)
    with listening() as heard:
        move(actor=agent, entry=entry, to=there, reason="", tab="t1")
        rung = heard()
    assert rung == [f"t1|{','.join(sorted([str(here.public_id), str(there.public_id)]))}"]


def test_corrections_survive_a_merge_and_its_undoing(agent, here, there):
    entry = logged(agent, here)
    other = logged(agent, there, key="k2")
    retract(actor=agent, entry=entry, reason="No")
    record = merge_customers(actor=agent, survivor=there, absorbed=here, reason="One person")
    assert story(there, agent) == [other]
    unmerge(actor=agent, record=record, reason="Two people")
    here.refresh_from_db()
    assert (story(here, agent), story(there, agent)) == ([], [other])


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
def test_nobody_corrects_what_a_colleague_logged(agent, here, there, role):
    entry, colleague = logged(agent, here), UserFactory(role=role)
    with pytest.raises(PermissionDenied):
        retract(actor=colleague, entry=entry, reason="No")
    with pytest.raises(PermissionDenied):
        move(actor=colleague, entry=entry, to=there, reason="")
    correction = retract(actor=agent, entry=entry, reason="Yes")
    with pytest.raises(PermissionDenied):
        take_back(actor=colleague, correction=correction)
    assert not correctable_by(colleague).exists()
    assert list(correctable_by(agent)) == [entry]


def test_a_supervisor_corrects_what_others_logged(agent, here, there, supervisor):
    entry = logged(agent, here)
    correction = move(actor=supervisor, entry=entry, to=there, reason="Heard the recording")
    take_back(actor=supervisor, correction=correction)
    assert may_retract(supervisor, entry)
    assert set(correctable_by(supervisor)) == {entry, correction.copy}


def test_nobody_corrects_what_was_not_logged_by_hand(agent, supervisor):
    reported = InteractionFactory(call=True, staff=agent)
    of_a_moment = InteractionFactory(profile__source="desk", kind="moment", staff=agent)
    for entry in (reported, of_a_moment):
        assert not may_retract(agent, entry)
        assert not may_move(supervisor, entry)


def test_whoever_has_left_corrects_nothing(agent, here):
    entry = logged(agent, here)
    agent.is_active = False
    assert not may_retract(agent, entry)
    assert not correctable_by(agent).exists()


def test_what_was_undone_is_nobody_s_to_bring_back(agent, here):
    correction = undo(actor=agent, entry=logged(agent, here))
    with pytest.raises(PermissionDenied):
        take_back(actor=agent, correction=correction)


def test_the_database_knows_one_correction_at_a_time(agent, here):
    entry = logged(agent, here)
    retract(actor=agent, entry=entry, reason="No")
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(interaction=entry, kind="retracted", actor=agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(interaction=logged(agent, here, key="k3"), kind="moved", actor=agent)
