"""What the customer's page shows: the feed, and what frames it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.customer import attributes, profile
from apps.desktop.customer.composer import composer_context
from apps.desktop.customer.entries import ICONS, entries
from apps.desktop.customer.forms import FilterForm
from apps.desktop.customer.last_time import last_time
from apps.desktop.customer.permission_panel import permission_panel
from apps.desktop.customer.presence import names_of
from apps.desktop.customer.queries import rows_of
from apps.desktop.customer.rows import CustomerRows
from apps.desktop.moments.panels import panel as moments_panel
from apps.desktop.shell.open_tabs import tab_lines
from apps.desktop.sources.page import missing
from apps.foundation.db.keyset import Cursor
from apps.interactions import timeline as story
from apps.interactions.models import Channel


def page(
    request: PersonRequest, customer: Customer, draft: dict[str, Any], read_before: datetime | None
) -> dict[str, Any]:
    """The whole page: the feed, the side panel, who else is here, the composer."""
    rows = rows_of(customer, request.user)
    shown = feed(request, customer, {one.profile: one.source for one in rows.profiles}, read_before=read_before)
    return {
        **shown,
        **panels(request.user, customer, rows),
        "news_count": sum(entry.new for entry in shown["entries"]),
        "read_before": read_before,
        "local_time": profile.local_time(customer),
        "last_time": last_time(rows.own_words, rows.promised),
        "opened": timezone.now().isoformat(),
        "open_tabs": tab_lines(rows.tabs, customer.public_id),
        "colleagues": rows.colleagues,
        "colleague_names": names_of(rows.colleagues),
        "channels": [(channel.value, channel.label, ICONS[channel]) for channel in Channel],
        **composer_context(request.user, customer, draft),
    }


def panels(reader: User, customer: Customer, rows: CustomerRows) -> dict[str, Any]:
    """The side panel."""
    return {
        "aside": profile.aside(rows),
        "permission": permission_panel(customer, reader, rows),
        "attributes": attributes.panel(reader, customer, rows.profiles),
        "pins": rows.pins,
        "moments": moments_panel(reader, rows.moments),
    }


def feed(
    request: PersonRequest, customer: Customer, sources: Mapping[int, str] | None = None, **marks: Any
) -> dict[str, Any]:
    """The page of the story that the query string asks for. `sources` are the customer's profiles and what reports of
    them, for whoever has read them already."""
    form = FilterForm(request.GET)
    filters = form.filters()
    before = Cursor.parse(request.GET.get("before", ""))
    try:
        after = timezone.localdate(before.at) if before else None
    except OverflowError:  # on the last day there is, elsewhere
        before = after = None
    place = request.GET.get("from", "")[:9]
    start = max(1, int(place)) if before and place.isdecimal() else 1
    found = story.page(customer, request.user, filters, before=before, sources=sources)
    query = request.GET.copy()
    for name in ("before", "from"):
        query.pop(name, None)
    return {
        "customer": customer,
        "entries": entries(found.entries, after=after, start=start, **marks),
        "older": found.older.token if found.older else "",
        "next_place": start + len(found.entries),
        "hidden": found.hidden,
        "hidden_more": found.hidden >= story.HIDDEN_COUNTED,
        "query": query.urlencode(),
        "filtered": filters.any(),
        "seen": max((row.pk for row in found.entries), default=0),
        "first": before is None,
        "missing": missing(found.sources) if before is None else None,
        "form": form,
        "oob": request.htmx.target == "timeline",
    }
