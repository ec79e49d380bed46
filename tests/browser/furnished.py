"""A customer with something of every kind, and small ways to look at the desk."""

from datetime import timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Locator, Page

from apps.customers.models import Customer, Identifier, IdentifierType
from apps.insights.models import PropensityScore
from apps.interactions.attachments import attach
from apps.interactions.models import Channel, Direction, NoteTemplate, Sentiment
from tests.factories.customers import ConsentFactory, EvidenceFactory, SourceProfileFactory
from tests.factories.interactions import DispositionFactory, FollowUpFactory, InteractionFactory, PinFactory

PHONE = "+442079460018"
WORDS = (
    "The machine leaks at the lower seal whenever it is hot, and it was sent in twice already without any change. " * 4
)
SMALL_TARGETS = (Path(__file__).parent / "small_targets.js").read_text()


def a_customer(phone: str = PHONE, **fields) -> Customer:
    """Somebody known by this phone number, without a story."""
    profile = SourceProfileFactory(**{f"customer__{name}": value for name, value in fields.items()})
    identifier, _new = Identifier.objects.get_or_create(type=IdentifierType.PHONE, value=phone)
    EvidenceFactory(profile=profile, identifier=identifier)
    return profile.customer


def a_whole_story(**fields) -> Customer:
    """Everything the screens can show, newest last, with names and texts that need room."""
    said = {
        "name": "Customer of a Long Double Name",
        "city": "Llanfairpwllgwyngyll",
        "tier": "gold",
        "timezone": "Asia/Tokyo",
    }
    customer = a_customer(**{**said, **fields})
    profile, now = customer.profiles.get(), timezone.now()
    for kind, value in (("email", "a.long.address@department.shop.example"), ("loyalty", "LOY-100200300")):
        EvidenceFactory(profile=profile, identifier__type=kind, identifier__value=value, verified=kind == "loyalty")
    for place, channel in enumerate(Channel):
        row = InteractionFactory(
            profile=profile,
            occurred_at=now - timedelta(hours=7 * place),
            channel=channel,
            kind="other",
            direction=list(Direction)[place % 3],
            title=f"{channel.label} about the order of last month",
            body=WORDS,
            verbatim="Never again." if place % 5 == 0 else "",
            sentiment=["", *Sentiment.values][place % 4],
            amount="1234.50" if channel == Channel.ORDER else None,
            currency="EUR",
            reference=f"ORD-{place:06}",
            thread="leak",
            touchpoint="Store in the station hall",
            staff_name="Colleague",
            disposition=DispositionFactory(),
        )
        if place < 2:
            attach(row, SimpleUploadedFile("a photo with a long name.png", b"\x89PNG\r\n"))
            FollowUpFactory(profile=profile, interaction=row, due_at=now + timedelta(days=place * 3 - 1))
            PinFactory(interaction=row)
            kind = PropensityScore.Kind.values[place]
            PropensityScore.objects.create(
                customer=customer, kind=kind, value=70, model="demo 1", reasons=["Buys every month"]
            )
    InteractionFactory(profile=profile, visit=True, occurred_at=now - timedelta(hours=1))
    ConsentFactory(profile=profile, channel="email")
    ConsentFactory(profile=profile, channel="sms", status="denied")
    NoteTemplate.objects.create(title="Asked for opening hours", text="Asked for the opening hours.")
    return customer


def a_long_story(number: int, **fields) -> Customer:
    """`number` chats, an hour apart, the newest an hour ago."""
    customer = a_customer(**fields)
    profile, now = customer.profiles.get(), timezone.now()
    for hour in range(number, 0, -1):
        InteractionFactory(profile=profile, title=f"Chat {hour}", body=WORDS, occurred_at=now - timedelta(hours=hour))
    return customer


def small_targets(page: Page) -> list[str]:
    """Controls that a thumb would miss: visible, and less than 44 pixels high or wide."""
    return list(page.evaluate(SMALL_TARGETS))


def entries(page: Page) -> Locator:
    return page.locator("#timeline > .entry")


def composer(page: Page) -> Locator:
    return page.get_by_label("What happened", exact=True)


def scroll(page: Page, to: int) -> None:
    page.locator("#stream").evaluate("(stream, to) => stream.scrollTo(0, to)", to)


def scrolled(page: Page) -> int:
    return int(page.locator("#stream").evaluate("(stream) => Math.round(stream.scrollTop)"))
