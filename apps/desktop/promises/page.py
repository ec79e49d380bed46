"""What was promised to customers: one's own and the team's, due now, later, and settled; a page of fifty at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.moments.page import end_of_today, time_words
from apps.desktop.promises.line import PromiseLine, promise_line
from apps.foundation.db.keyset import Cursor
from apps.interactions.models import FollowUp, FollowUpQuerySet
from apps.interactions.promises.models import Handover

PAGE = 50
TOLD = 5
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
    "settled": (_("Nothing has been settled yet"), _("What you have done, and what was missed, stays here.")),
}


class ListedPromise(NamedTuple):
    """A promise and to whom it was made."""

    customer: Customer
    promise: PromiseLine


@dataclass(frozen=True, slots=True)
class ToldHandover:
    """What this person, or their team, was given: from whom, how many, when, and with what note."""

    public_id: str
    words: str
    note: str
    when: str


def told(user: User) -> list[ToldHandover]:
    """What was handed to this person or their team, until they say that they know. One query."""
    return [_told(handover, user) for handover in Handover.objects.told_to(user)[:TOLD]]


def _told(handover: Handover, user: User) -> ToldHandover:
    said = {"name": handover.actor, "count": handover.promises, "team": handover.to_team}
    to_team = ngettext(
        "%(name)s handed %(count)d promise to %(team)s", "%(name)s handed %(count)d promises to %(team)s",
        handover.promises,
    )  # fmt: skip
    to_me = ngettext(
        "%(name)s handed you %(count)d promise", "%(name)s handed you %(count)d promises", handover.promises
    )
    words = (to_team if handover.to_team else to_me) % said
    return ToldHandover(str(handover.public_id), words, handover.note, time_words(handover.at))


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
    found = list(rows.with_customer().with_proposal(user)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    shown = [ListedPromise(one.profile.customer, promise_line(one, user)) for one in found[:PAGE]]
    return shown, Cursor(getattr(last, field), last.pk) if last else None
