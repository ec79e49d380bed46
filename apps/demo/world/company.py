"""The company as Klatsch knows it: teams, people, wrap-up codes, sources and their keys."""

from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts.actions import audit
from apps.accounts.models import ApiToken, Role, Team, User, digest_of
from apps.accounts.roles import is_staff_role
from apps.channels.actions import create_source
from apps.channels.models import Source, WriteKey
from apps.customers.attributes.definitions import OWN
from apps.customers.models import AttributeDefinition
from apps.demo.world import cast, events, particulars
from apps.interactions.models import Disposition

PASSWORD = "klatsch"  # noqa: S105 - of the demo, printed on the screen
DROP = django_settings.DROP_ROOTS[0] / "loyalty"  # a CSV file put here becomes part of the story
CLUB_CARDS = {
    "id": "receipt",
    "when": "date",
    "who": {"loyalty": "card", "email": "email"},
    "traits": {"name": "name", "city": "city"},
    "channel": "store",
    "kind": "points",
    "title": "Collected {points} points",
    "touchpoint": "{store}",
    "reference": "receipt",
}
CAMPAIGNS = {
    "id": "id",
    "when": "sent_at",
    "who": {"email": "recipient"},
    "channel": "campaign",
    "kind": "campaign",
    "direction": "outbound",
    "title": "{campaign}: {subject}",
    "reference": "campaign",
}
# Slug, name, kind and settings. Silent for more than three hours, the bank is said to be behind.
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (events.SHOP, "Web shop", "segment", {"currency": "GBP"}),
    (events.TILL, "Tills of the stores", "poslog", {"loyalty": "card", "currency": "GBP"}),
    (events.PHONE, "Telephone", "freeswitch", {}),
    (events.MAIL, "Mailbox", "imap", {"host": "localhost", "port": 143, "security": "none", "folders": "INBOX"}),
    (events.TALK, "Chat and social media", "chatwoot", {}),
    (events.BANK, "Lindwell Money", "camt", {"whose": "customer"}),
    (events.CLUB, "Loyalty club", "drop", {"folder": str(DROP), "mapping": CLUB_CARDS}),
    (events.MARKETING, "Campaigns and surveys", "webhook", {"mapping": CAMPAIGNS}),
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


# Key, label, type and what else is said of it. The bank has seen an identity card, a shop only what was typed.
ATTRIBUTES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("born", "Date of birth", "date", {"precedence": [events.BANK, events.SHOP, events.CLUB]}),
    ("street", "Street", "text", {"precedence": [events.BANK, events.SHOP]}),
    ("postcode", "Postcode", "text", {"precedence": [events.BANK, events.SHOP]}),
    ("favourite_store", "Favourite store", "text", {}),
    ("water_hardness", "Water hardness", "choice", {"choices": list(particulars.WATER)}),
    ("best_time", "Best time to call", "choice", {"choices": list(particulars.TIMES)}),
    (
        "credit_limit",
        "Credit limit",
        "number",
        {"editable": False, "visible_to": [Role.SUPERVISOR, Role.OWNER, Role.AGENT]},
    ),
)


@transaction.atomic
def found() -> None:
    """Write it all down. Raises IntegrityError where it is there already."""
    teams = {sheet.name: Team.objects.create(**sheet._asdict()) for sheet in cast.TEAMS}
    password = make_password(PASSWORD)  # once: to hash it for everybody would take longer than all the customers
    for colleague in cast.COLLEAGUES:
        person = User.objects.create(
            username=colleague.username,
            password=password,
            role=colleague.role,
            team=teams[colleague.team],
            first_name=colleague.first_name,
            last_name=colleague.last_name,
            email=f"{colleague.username}@lindwell.example",
            is_staff=is_staff_role(colleague.role),
            is_superuser=colleague.role == Role.OWNER,
        )
        audit(None, "person.add", person=person.pk, username=colleague.username, role=str(colleague.role))
    Disposition.objects.bulk_create(
        (
            Disposition(code=code, label=label, channels=channels, position=10 * place)
            for place, (code, label, channels) in enumerate(DISPOSITIONS, 1)
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "channels", "position"],
    )
    AttributeDefinition.objects.bulk_create(
        AttributeDefinition(
            key=key, label=label, type=kind, position=OWN.index(key) if key in OWN else len(OWN) + place, **rest
        )
        for place, (key, label, kind, rest) in enumerate(ATTRIBUTES, 1)
    )
    _connect()
    ApiToken.objects.create(
        name="demo",
        digest=digest_of("demo-api"),
        scopes=list(ApiToken.Scope),
        acts_as=User.objects.get(username="agent"),
    )


def _connect() -> None:
    """The sources, as a supervisor would have connected them. There is no mailbox behind the demo: it is off."""
    DROP.mkdir(parents=True, exist_ok=True)
    for slug, name, kind, settings in SOURCES:
        create_source(actor=None, slug=slug, name=name, kind=kind, timezone="Europe/London", settings=settings)
    Source.objects.filter(slug=events.MAIL).update(active=False)
    Source.objects.filter(slug=events.BANK).update(silent_after=180)
    shop = Source.objects.get(slug=events.SHOP)
    WriteKey.objects.create(source=shop, digest=digest_of("demo-web"), hint="demo-web")
