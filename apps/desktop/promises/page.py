"""What was promised to customers: one's own and the team's, due now, later, and settled; a page of fifty at a time."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.moments.page import end_of_today
from apps.desktop.promises.line import PromiseLine, promise_line
from apps.foundation.db.keyset import Cursor
from apps.interactions.models import FollowUp, FollowUpQuerySet

PAGE = 50
TABS = [
    ("today", _("Today")),
    ("later", _("Later")),
    ("team", _("My team")),
    ("settled", _("Done and missed")),
]
EMPTY = {
    "today": (_("Nothing is due today"), _("What you promise customers for today, and what is late, is listed here.")),
    "later": (_("Nothing lies ahead"), _("Promise something where you log a conversation.")),
    "team": (_("Nobody of your team has an open promise"), _("Whoever keeps them, they are all here.")),
    "settled": (_("Nothing has been settled yet"), _("What you kept, and what was broken, stays here.")),
}


class ListedPromise(NamedTuple):
    """A promise and to whom it was made."""

    customer: Customer
    promise: PromiseLine


def in_tab(user: User, tab: str) -> FollowUpQuerySet:
    """The promises of a tab in their order; each tab has an index of its own."""
    mine, today = FollowUp.objects.filter(owner=user), end_of_today()
    if tab == "settled":
        return mine.filter(closed_at__isnull=False).order_by("-closed_at", "-id")
    if tab == "team":
        ours = FollowUp.objects.open().filter(team=user.team_id) if user.team_id else FollowUp.objects.none()
        return ours.order_by("due_at", "id")
    ahead = mine.open().filter(due_at__gte=today) if tab == "later" else mine.open().filter(due_at__lt=today)
    return ahead.order_by("due_at", "id")


def listed(user: User, tab: str, after: Cursor[datetime] | None) -> tuple[list[ListedPromise], Cursor[datetime] | None]:
    """A page of the tab, and where to go on. One query."""
    field = "closed_at" if tab == "settled" else "due_at"
    rows = in_tab(user, tab)
    if after:
        rows = rows.before(field, *after) if tab == "settled" else rows.after(field, *after)
    found = list(rows.with_customer()[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    shown = [ListedPromise(one.profile.customer, promise_line(one)) for one in found[:PAGE]]
    return shown, Cursor(getattr(last, field), last.pk) if last else None
