"""The kinds of moments as they stand in the admin, remembered for some seconds: every page that shows one asks."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.contact.models import Purpose
from apps.foundation.cache import Cached
from apps.moments.models import MomentKind, Tag

HOUR, DAY = 60, 24 * 60  # minutes

# What an installation begins with, and what holds for a kind that has no row: the table may be empty.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "praise": {
        "label": _("Praise worth answering"),
        "icon": "heart",
        "suggestion": _("Thank them, and ask whether we may share it"),
        "accept_minutes": 4 * HOUR,
        "act_minutes": 2 * DAY,
        "lapse_days": 14,
    },
    "complaint": {
        "label": _("Complaint in public"),
        "icon": "megaphone",
        "suggestion": _("Hold what is scheduled for them, and answer where they said it"),
        "accept_minutes": HOUR,
        "act_minutes": 4 * HOUR,
        "purpose": Purpose.SERVICE,
        "blocked_tags": [Tag.HEALTH, Tag.DISPUTE, Tag.MINOR],
    },
    "big_order": {
        "label": _("First big order"),
        "icon": "shopping-bag",
        "suggestion": _("Welcome them in person"),
        "accept_minutes": 4 * HOUR,
        "act_minutes": DAY,
        "lapse_days": 14,
    },
    "leaving": {
        "label": _("About to leave"),
        "icon": "log-out",
        "suggestion": _("Call, listen, and make it right"),
        "accept_minutes": HOUR,
        "act_minutes": 8 * HOUR,
        "purpose": Purpose.SERVICE,
    },
    "wish": {
        "label": _("A wish we could not meet"),
        "icon": "sparkles",
        "suggestion": _("Tell them when we have it"),
        "accept_minutes": DAY,
        "act_minutes": 7 * DAY,
        "lapse_days": 90,
    },
    "birthday": {
        "label": _("Birthday"),
        "icon": "coffee",
        "suggestion": _("Congratulate"),
        "accept_minutes": DAY,
        "act_minutes": DAY,
        "lapse_days": 3,
    },
    "cart": {
        "label": _("Cart left before a call"),
        "icon": "shopping-cart",
        "suggestion": _("Ask whether anything is unclear"),
        "accept_minutes": 2 * HOUR,
        "act_minutes": DAY,
        "lapse_days": 7,
    },
    "other": {"label": _("Something else"), "icon": "flag"},
}


def _load_kinds() -> Mapping[str, MomentKind]:
    given = {
        code: MomentKind(code=code, position=10 * place, **values)
        for place, (code, values) in enumerate(DEFAULTS.items(), 1)
    }
    merged = given | {kind.code: kind for kind in MomentKind.objects.select_related("team", "lead_team")}
    return dict(sorted(merged.items(), key=lambda pair: (pair[1].position, pair[0])))


# Every kind by its code, in the order in which they are offered; those switched off included. A kind's team is as old
# as the kind.
kinds = Cached(_load_kinds, name=MomentKind.cached_as, seconds=15)


def kind_of(code: str) -> MomentKind:
    """The kind of this code; one that is gone is like the last of the defaults."""
    found = kinds().get(code)
    return found or MomentKind(code=code, label=code.replace("_", " ").capitalize(), icon="flag")


def queue_of(kind: MomentKind) -> Team | None:
    """Where moments of a kind go if nobody says otherwise: its own team, else the first department there is."""
    return kind.team or Team.objects.filter(kind=Team.Kind.DEPARTMENT).order_by("id").first()
