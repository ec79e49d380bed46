"""The company as Klatsch knows it: teams, people, wrap-up codes, sources and their keys."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts.actions import audit
from apps.accounts.models import ApiToken, Role, Team, User, digest_of
from apps.accounts.roles import is_staff_role
from apps.channels.models import Source, WriteKey
from apps.demo.world import cast, events
from apps.interactions.models import Disposition

PASSWORD = "klatsch"  # noqa: S105 - of the demo, printed on the screen
SOURCES = (
    (events.SHOP, "Web shop", "segment", "GB"),
    (events.TILL, "Tills of the stores", "demo", "GB"),
    (events.PHONE, "Telephone", "demo", "GB"),
    (events.MAIL, "Mailbox", "demo", "GB"),
    (events.TALK, "Chat and social media", "demo", "GB"),
    (events.BANK, "Lindwell Money", "demo", "GB"),
    (events.CLUB, "Loyalty club", "demo", "GB"),
    (events.MARKETING, "Campaigns and surveys", "demo", "GB"),
)
DISPOSITIONS: tuple[tuple[str, str, list[str]], ...] = (
    ("delivery", "Delivery", []),
    ("damaged", "Damaged or faulty", []),
    ("return", "Return or exchange", []),
    ("billing", "Invoice or refund", []),
    ("order_change", "Order changed", []),
    ("repair", "Repair", []),
    ("advice", "Help with a product", []),
    ("sales", "Advice before buying", []),
    ("loyalty", "Loyalty club", []),
    ("account", "Details changed", []),
    ("bank", "Card or cash machine", ["voice", "chat", "email"]),
    ("privacy", "Consent or privacy", []),
    ("complaint", "Complaint", []),
    ("praise", "Praise", []),
)


@transaction.atomic
def found() -> None:
    """Write it all down. Raises IntegrityError where it is there already."""
    teams = {sheet.name: Team.objects.create(**sheet._asdict()) for sheet in cast.TEAMS}
    password = make_password(PASSWORD)  # once: to hash it for everybody would take longer than all the customers
    for one in cast.COLLEAGUES:
        person = User.objects.create(
            username=one.username,
            password=password,
            role=one.role,
            team=teams[one.team],
            first_name=one.first_name,
            last_name=one.last_name,
            email=f"{one.username}@lindwell.example",
            is_staff=is_staff_role(one.role),
            is_superuser=one.role == Role.OWNER,
        )
        audit(None, "person.add", person=person.pk, username=one.username, role=str(one.role))
    Disposition.objects.bulk_create(
        Disposition(code=code, label=label, channels=channels, position=10 * place)
        for place, (code, label, channels) in enumerate(DISPOSITIONS, 1)
    )
    for slug, name, kind, region in SOURCES:
        Source.objects.create(slug=slug, name=name, kind=kind, region=region, timezone="Europe/London")
    shop = Source.objects.get(slug=events.SHOP)
    WriteKey.objects.create(source=shop, digest=digest_of("demo-web"), hint="demo-web")
    ApiToken.objects.create(
        name="demo",
        digest=digest_of("demo-api"),
        scopes=[ApiToken.Scope.READ, ApiToken.Scope.LOG],
        acts_as=User.objects.get(username="agent"),
    )
