"""A promise as it is shown, on an entry and in every list."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext

from apps.desktop.shell.dates import clock, day_heading
from apps.interactions.models import FollowUp


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """`tone` is `kept`, `late`, `today`, `open` or `broken`."""

    pk: int
    text: str
    due: str
    tone: str
    label: str
    owner: str
    open: bool


def promise_line(promise: FollowUp) -> PromiseLine:
    due = timezone.localtime(promise.due_at)
    tone, label = _state(promise, due)
    return PromiseLine(
        pk=promise.pk,
        text=promise.text,
        due=f"{day_heading(due.date())}, {clock(due.hour, due.minute, get_language())}",
        tone=tone,
        label=label,
        owner=str(promise.owner),
        open=promise.state == FollowUp.State.OPEN,
    )


def _state(promise: FollowUp, due: datetime) -> tuple[str, str]:
    if promise.state != FollowUp.State.OPEN:
        return promise.state, str(FollowUp.State(promise.state).label)
    if due < timezone.now():
        return "late", gettext("Late")
    if due.date() == timezone.localdate():
        return "today", gettext("Due today")
    return "open", gettext("Promised")
