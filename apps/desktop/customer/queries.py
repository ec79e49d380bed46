"""What the page asks of one customer beside their story, all of it in one statement."""

from copy import copy
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import DateTimeField, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.models import User
from apps.contact.models import Preference
from apps.customers.attributes.precedence import Heard
from apps.customers.models import Customer, SourceProfile
from apps.desktop.customer import household, last_time, permission_panel, presence, profile, trade
from apps.desktop.customer.rows import CustomerRows
from apps.desktop.moments import panels
from apps.desktop.shell.open_tabs import NEWS, tab_rows
from apps.foundation.db.bundle import Bundle, Param, Parts
from apps.insights.models import PropensityScore
from apps.interactions.models import Pin

CUSTOMER: Any = Param("customer")  # stands for a customer in querysets that take one
READER, TEAM = -(2**61), -(2**61) - 1  # stand for the reader's id and their team's
PINNED = 10


def rows_of(customer: Customer, reader: User, until: datetime | None = None) -> CustomerRows:
    """One statement, whatever the customer's history. `until`: contacts and words as they were then."""
    now = timezone.now()
    until = until or now
    values = {
        "customer": customer.pk,
        "reader": reader.pk,
        "team": reader.team_id,
        "until": until,
        "remembered": until - last_time.REMEMBERED,
        "traded": until - trade.HEARD_OF,
        "settled": now - last_time.SETTLED_LATELY,
        "lately": now - permission_panel.BEING_SAID,
        "alive": now - presence.GONE_AFTER,
        "yesterday": now - NEWS,
    }
    key = (reader.role, reader.is_superuser, reader.team_id is None)
    found = _rows.read(values, key, _anybody_like(reader))
    return CustomerRows(**{**found, "profiles": [Heard(*row) for row in found["profiles"]]})


def _anybody_like(reader: User) -> User:
    """Somebody of this reader's role, with a team or without as they are."""
    somebody = copy(reader)
    somebody.pk, somebody.team_id = READER, TEAM if reader.team_id else None
    return somebody


def _instant(name: str) -> Any:
    return Param(name, DateTimeField())


def _parts(reader: User) -> Parts:
    return {
        "profiles": _profiles(),
        "evidence": profile.evidence(CUSTOMER),
        "scores": PropensityScore.objects.filter(customer=CUSTOMER).order_by("kind"),
        "promises": profile.promises(CUSTOMER, reader),
        "open_promises": permission_panel.open_promises(CUSTOMER),
        "promised": last_time.promised(CUSTOMER, reader, _instant("settled")),
        "own_words": last_time.with_words_of(CUSTOMER, reader, _instant("remembered"), _instant("until")),
        "contacts": last_time.contacts(CUSTOMER, reader, _instant("remembered"), _instant("until")),
        "trades": last_time.trades(CUSTOMER, reader, _instant("traded")),
        "shared": household.shared_identifiers(CUSTOMER),
        "candidates": profile.candidates(CUSTOMER),
        "preferences": Preference.objects.filter(profile__customer=CUSTOMER).order_by("-at", "-pk")[:1],
        "consents": permission_panel.consents(CUSTOMER),
        "stops": permission_panel.stops(CUSTOMER),
        "deliveries": permission_panel.deliveries(CUSTOMER, _instant("lately")),
        "campaigns": permission_panel.campaigns(CUSTOMER, _instant("lately")),
        "moments": panels.open_moments(CUSTOMER, reader),
        "pins": Pin.objects.visible_to(reader).filter(profile__customer=CUSTOMER).with_entry().order_by("-at")[:PINNED],
        "tabs": tab_rows(reader, _instant("yesterday")),
        "colleagues": presence.others(CUSTOMER, reader, _instant("alive")),
    }


def _profiles() -> Any:
    trusted = Coalesce(BoolOr(Q(evidence__verified=True) | Q(evidence__typed_by__isnull=False)), True)
    mine = SourceProfile.objects.filter(customer=CUSTOMER).annotate(trusted=trusted).order_by("pk")
    return mine.values_list("pk", "customer_id", "source", "traits", "first_seen", "last_seen", "trusted")


_rows = Bundle(_parts, {READER: "reader", TEAM: "team"})
