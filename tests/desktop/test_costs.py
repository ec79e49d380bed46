"""Each page asks the database the same number of questions, whatever there is to show."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.contact.models import Consent
from apps.customers.models import IdentifierType
from apps.insights.models import PropensityScore
from apps.interactions.attachments import attach
from apps.interactions.lookup import FEW
from apps.interactions.models import Channel, Direction
from tests.desktop.conftest import signed_in
from tests.desktop.html import older, places, queries
from tests.factories.accounts import UserFactory
from tests.factories.customers import ConsentFactory, CustomerFactory, EvidenceFactory, OpenTabFactory
from tests.factories.interactions import DAWN, DispositionFactory, FollowUpFactory, InteractionFactory, PinFactory

pytestmark = pytest.mark.django_db
FEED = {"HX-Request": "true", "HX-Target": "timeline"}
MANY = 4


@pytest.fixture
def furnish(profile, agent):
    """One more of everything a page of this customer can show, for this reader, since their last visit."""

    def one_more():
        number = len(made)
        colleague = UserFactory()
        entry = InteractionFactory(
            profile=profile, occurred_at=DAWN + timedelta(hours=number), disposition=DispositionFactory(),
            staff=colleague, thread="complaint", sentiment="negative", verbatim="Never again", body="Long. " * 60,
        )  # fmt: skip
        InteractionFactory(profile=profile, visit=True, occurred_at=DAWN + timedelta(hours=number, minutes=30))
        InteractionFactory(profile=profile, channel=Channel.ATM, occurred_at=entry.occurred_at)
        sent = {"channel": Channel.CAMPAIGN, "direction": Direction.OUTBOUND, "title": "Sale"}
        InteractionFactory(profile=profile, occurred_at=timezone.now(), **sent)
        attach(entry, SimpleUploadedFile("letter.txt", b"words"))
        FollowUpFactory(profile=profile, interaction=entry, owner=agent if number % 2 == 0 else colleague)
        PinFactory(interaction=entry, actor=colleague)
        EvidenceFactory(profile=profile)
        ConsentFactory(profile=profile, channel=Consent.Channel.values[number % 5])
        OpenTabFactory(user=agent)
        OpenTabFactory(customer=profile.customer, user=colleague, alive_at=timezone.now())
        if number < 2:
            PropensityScore.objects.create(
                customer=profile.customer, kind=PropensityScore.Kind.values[number], value=60, model="m"
            )
        made.append(entry)

    made = []
    return one_more


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE])
def test_a_page_costs_the_same_with_one_and_with_many_items(agent, profile, furnish, role):
    agent.role = role
    agent.save()
    desk, customer = signed_in(agent), profile.customer
    furnish()
    CustomerFactory.create_batch(FEW)  # of whom nobody is asked whether they are misspelt
    desk.get(customer.get_absolute_url())  # now the customer is open
    with_one = _costs(desk, customer)
    for _more in range(MANY):
        furnish()
    assert _costs(desk, customer) == with_one


def _costs(desk, customer):
    names = ["desk", "open_tabs", "customer", "timeline", "news", "aside", "presence", "lookup", "pop"]
    costs = {name: queries(desk, _address(name, customer)) for name in names}
    return {**costs, "feed": queries(desk, customer.get_absolute_url(), **FEED)}


def _address(name, customer):
    if name in ("lookup", "pop"):
        return f"{reverse(name)}?{'q' if name == 'lookup' else 'phone'}=Customer"
    return reverse(name, args=[customer.public_id]) if name not in ("desk", "open_tabs") else reverse(name)


def test_looking_up_costs_the_same_for_few_found_and_for_many(desk, profile):
    def known(names):
        for name in names:
            found = EvidenceFactory(
                identifier__type=IdentifierType.EMAIL, identifier__value=f"cafe-{name}@shop.example"
            )
            InteractionFactory(profile=found.profile)

    known("abc")
    with_few = queries(desk, f"{reverse('lookup')}?q=cafe")
    known("defghij")
    assert queries(desk, f"{reverse('lookup')}?q=cafe") == with_few


def test_an_older_page_costs_what_the_first_does(desk, profile, url):
    for number in range(120):
        InteractionFactory(profile=profile, occurred_at=DAWN + timedelta(hours=number))
    desk.get(url)
    first = desk.get(url)
    second = desk.get(older(first), headers=FEED)
    assert places(second) == list(range(51, 101))
    costs = [queries(desk, address, **FEED) for address in (older(first), older(second))]
    assert costs[0] == costs[1]
