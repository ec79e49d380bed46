"""Whom a look-up found, as the desk lists them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.customer.profile import ago
from apps.interactions.lookup import Found, FoundPage, find_page

SHORTEST = 2  # characters that are looked for


def regions(user: User) -> list[str]:
    """Whose spelling of phone numbers is tried: the team's own first."""
    return list(dict.fromkeys([user.region or settings.PHONE_REGIONS[0], *settings.PHONE_REGIONS]))


def with_ages(found: Sequence[Found]) -> list[tuple[Found, str]]:
    """Each with how long ago they were last heard of."""
    return [(one, ago(one.last_at) if one.last_at else "") for one in found]


def found_list(request: PersonRequest, purpose: str, without: Customer | None = None) -> dict[str, Any]:
    """Customers for what has been typed so far, a page at a time, without the one for whom another is looked up. What
    was found is audited, as reading it is."""
    words, after = request.GET.get("q", "").strip()[:300], request.GET.get("after", "")
    asked = len(words) >= SHORTEST
    page = find_page(words, request.user, regions(request.user), after) if asked else FoundPage([])
    found = [one for one in page.found if one.customer != without]
    if found:
        shown = [str(one.customer.public_id) for one in found]
        audit(request.user, "customer.lookup", purpose=purpose, shown=shown)
    place = request.GET.get("from", "")[:4]
    start = int(place) if after and place.isdecimal() else 1
    going_on = {"q": words, "after": page.more, "from": start + len(found)}
    return {
        "named": with_ages([one for one in found if not one.similar]),
        "similar": with_ages([one for one in found if one.similar]),
        "words": words,
        "nobody": asked and not after and all(one.similar for one in found),
        "start": start,
        "more": f"{request.path}?{urlencode(going_on)}" if page.more else "",
        "crowded": page.crowded,
    }
