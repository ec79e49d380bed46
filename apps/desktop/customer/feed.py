"""The story as the page shows it: from today back, from a place on either way, or around one entry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.customer.entries import entries
from apps.desktop.customer.forms import FilterForm
from apps.desktop.sources.page import missing
from apps.foundation.db.keyset import Cursor
from apps.interactions import timeline as story
from apps.interactions.story_search import marks as marks_of
from apps.interactions.timeline import Page

PLACES = ("before", "after", "from", "around")  # of the query string: where in the story, not what of it
NEWEST, OLDER, NEWER, AROUND = "newest", "older", "newer", "around"


def feed(
    request: PersonRequest, customer: Customer, sources: Mapping[int, str] | None = None, **marks: Any
) -> dict[str, Any]:
    """The page of the story that the query string asks for. `sources` are the customer's profiles and what reports of
    them, for whoever has read them already."""
    form = FilterForm(request.GET)
    filters = form.filters()
    before, day = _day_of(Cursor.parse(request.GET.get("before", "")))
    place = request.GET.get("from", "")[:9]
    start = max(1, int(place)) if before and place.isdecimal() else 1
    way, found = _found(request, customer, filters, before, sources)
    query = request.GET.copy()
    for name in PLACES:
        query.pop(name, None)
    return {
        "customer": customer,
        "entries": entries(found.entries, after=day, start=start, reader=request.user, **marks),
        "older": found.older.token if found.older else "",
        "newer": found.newer.token if found.newer else "",
        "way": way,
        "lost": "around" in request.GET and way == NEWEST,
        "next_place": start + len(found.entries),
        "hidden": found.hidden,
        "hidden_more": found.hidden >= story.HIDDEN_COUNTED,
        "query": query.urlencode(),
        "filtered": filters.any(),
        "marks": marks_of(filters.text) if filters.text else None,
        "found": _count(found, request.user, filters) if filters.text and way in (NEWEST, AROUND) else None,
        "seen": _seen(request, found, way),
        "first": way in (NEWEST, AROUND),
        "missing": missing(found.sources) if way in (NEWEST, AROUND) else None,
        "form": form,
        "oob": request.htmx.target == "timeline",
    }


def _found(
    request: PersonRequest,
    customer: Customer,
    filters: story.Filters,
    before: Cursor[Any] | None,
    sources: Mapping[int, str] | None,
) -> tuple[str, Page]:
    after, wanted = Cursor.parse(request.GET.get("after", "")), request.GET.get("around", "")[:19]
    if before:
        return OLDER, story.page(customer, request.user, filters, before=before, sources=sources, marks=True)
    if after:
        return NEWER, story.newer_page(customer, request.user, filters, after=after)
    if wanted.isdecimal() and int(wanted) < 2**63:
        found = story.around(customer, request.user, int(wanted), sources=sources)
        if found:
            return AROUND, found
    return NEWEST, story.page(customer, request.user, filters, sources=sources, marks=True)


def _day_of(before: Cursor[Any] | None) -> tuple[Cursor[Any] | None, date | None]:
    """A place in the story with its day here; the last day there is, elsewhere, is no place."""
    try:
        return before, timezone.localdate(before.at) if before else None
    except OverflowError:
        return None, None


def _seen(request: PersonRequest, found: Page, way: str) -> int:
    """Up to which entry the reader has the newest page, so that what comes later is news."""
    if way == AROUND and found.newer:
        return story.newest_seen(found.profiles, request.user)
    return max((row.pk for row in found.entries), default=0)


def _count(page: Page, reader: User, filters: story.Filters) -> str:
    """How many entries a search finds; counted only where they are more than a page."""
    whole = page.older is None and page.newer is None
    count = len(page.entries) if whole else story.count_found(page.profiles, reader, filters)
    return f"{story.FOUND_COUNTED}+" if count > story.FOUND_COUNTED else str(count)
