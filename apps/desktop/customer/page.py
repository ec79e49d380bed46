"""What the customer's page shows around the story."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.customer import attributes, profile
from apps.desktop.customer.composer import composer_context
from apps.desktop.customer.entries import ICONS
from apps.desktop.customer.feed import feed
from apps.desktop.customer.household import household
from apps.desktop.customer.last_time import last_time
from apps.desktop.customer.permission_panel import permission_panel
from apps.desktop.customer.presence import names_of
from apps.desktop.customer.queries import rows_of
from apps.desktop.customer.rows import CustomerRows
from apps.desktop.moments.panels import panel as moments_panel
from apps.desktop.shell.open_tabs import tab_lines
from apps.interactions.models import Channel


def page(
    request: PersonRequest, customer: Customer, draft: dict[str, Any], read_before: datetime | None
) -> dict[str, Any]:
    """The whole page: the feed, the side panel, who else is here, the composer."""
    begun = timezone.now()
    rows = rows_of(customer, request.user)
    shown = feed(request, customer, {one.profile: one.source for one in rows.profiles}, read_before=read_before)
    return {
        **shown,
        **panels(request.user, customer, rows),
        "news_count": sum(entry.new for entry in shown["entries"]),
        "read_before": read_before,
        "local_time": profile.local_time(customer),
        "last_time": last_time(request.user, rows),
        "household": household(rows.shared),
        "opened": timezone.now().isoformat(),
        "open_tabs": tab_lines(rows.tabs, customer.public_id),
        "drawn_at": begun.isoformat(),
        "colleagues": rows.colleagues,
        "colleague_names": names_of(rows.colleagues),
        "channels": [(channel.value, channel.label, ICONS[channel]) for channel in Channel],
        **composer_context(request.user, customer, draft),
    }


def panels(reader: User, customer: Customer, rows: CustomerRows) -> dict[str, Any]:
    """The side panel."""
    return {
        "aside": profile.aside(rows, reader),
        "permission": permission_panel(customer, reader, rows),
        "attributes": attributes.panel(reader, customer, rows.profiles),
        "moments": moments_panel(reader, rows.moments),
    }
