import pytest
from django.db import IntegrityError

from apps.accounts.models import Role
from apps.interactions.models import VISIT, Channel, Disposition, FollowUp, Interaction
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SourceProfileFactory
from tests.factories.interactions import DispositionFactory, FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db

HIDDEN = {
    Role.AGENT: set(),
    Role.STORE: {"atm", "payment"},
    Role.MARKETER: {"voice", "email", "chat", "sms", "social", "store", "atm", "payment", "note"},
    Role.SUPERVISOR: set(),
    Role.OWNER: set(),
}


@pytest.mark.parametrize("role", Role.values)
def test_a_role_sees_what_it_needs_and_the_rest_is_countable(role):
    for channel in Channel.values:
        InteractionFactory(channel=channel)
    reader = UserFactory(role=role)

    seen = set(Interaction.objects.visible_to(reader).values_list("channel", flat=True))
    hidden = set(Interaction.objects.hidden_from(reader).values_list("channel", flat=True))

    assert hidden == HIDDEN[role]
    assert seen == set(Channel.values) - hidden


def test_somebody_who_has_left_sees_nothing():
    InteractionFactory()

    assert Interaction.objects.visible_to(UserFactory(is_active=False)).count() == 0


def test_browsing_can_be_left_out():
    InteractionFactory(visit=True)
    chat = InteractionFactory()

    assert list(Interaction.objects.without_browsing()) == [chat]
    assert Interaction.objects.filter(kind=VISIT).count() == 1


def test_a_second_delivery_is_refused_by_the_database():
    one = InteractionFactory()

    with pytest.raises(IntegrityError):
        InteractionFactory(source=one.source, external_id=one.external_id)


def test_promises_of_a_customer_and_open_ones():
    profile = SourceProfileFactory()
    mine = FollowUpFactory(profile=profile)
    kept = FollowUpFactory(profile=profile, state=FollowUp.State.KEPT)
    FollowUpFactory(profile__customer=CustomerFactory())

    assert set(FollowUp.objects.of(profile.customer)) == {mine, kept}
    assert list(FollowUp.objects.of(profile.customer).open()) == [mine]


def test_an_interaction_and_a_code_say_what_they_are():
    assert str(InteractionFactory(call=True)) == "Call: Call"
    assert str(DispositionFactory(code="sent-new")) == "Sent new"
    assert Disposition.objects.get(code="sent-new").active is True
