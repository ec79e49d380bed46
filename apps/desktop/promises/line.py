"""A promise as it is shown, on an entry and in every list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext

from apps.accounts.models import User
from apps.desktop.shell.dates import clock, day_heading
from apps.interactions.models import DELIVERED, FollowUp
from apps.interactions.promises.actions import may_arrange


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """`tone` is `kept`, `late`, `today`, `open` or `broken`. `proposal` says what has happened since that may have
    settled it, `handed` from whom it came, with what note; `waits` is of one that nobody of its team has taken yet,
    `movable` of one that the reader may move and give away."""

    pk: int
    text: str
    due: str
    tone: str
    label: str
    owner: str
    open: bool
    waits: bool = False
    movable: bool = False
    proposal: str = ""
    handed: str = ""


def promise_line(promise: FollowUp, reader: User | None = None) -> PromiseLine:
    """`reader` is whoever may move it here; without one nobody does."""
    due = timezone.localtime(promise.due_at)
    tone, label = _state(promise, due)
    is_open = promise.state == FollowUp.State.OPEN
    return PromiseLine(
        pk=promise.pk,
        text=promise.text,
        due=_when(due),
        tone=tone,
        label=label,
        owner=str(promise.owner or promise.team),
        open=is_open,
        waits=is_open and promise.owner_id is None and reader is not None and promise.team_id == reader.team_id,
        movable=is_open and reader is not None and may_arrange(reader, promise),
        proposal=_proposal(promise) if is_open else "",
        handed=_handed(promise) if is_open and promise.handover_id else "",
    )


def _when(local: datetime) -> str:
    return f"{day_heading(local.date())}, {clock(local.hour, local.minute, get_language())}"


def _proposal(promise: FollowUp) -> str:
    """“Delivered: Today, 14:02. Done?”, of a promise that was read with what proposes it."""
    told: dict[str, Any] | None = getattr(promise, "proposal", None)
    if told is None:
        return ""
    when = _when(timezone.localtime(datetime.fromisoformat(told["at"])))
    what = gettext("Delivered") if told["kind"] == DELIVERED else gettext("Refunded")
    return gettext("%(what)s: %(when)s. Done?") % {"what": what, "when": when}


def _handed(promise: FollowUp) -> str:
    handover = promise.handover
    if handover is None:
        return ""
    said = {"name": handover.actor, "note": handover.note}
    return (gettext("From %(name)s: “%(note)s”") if handover.note else gettext("From %(name)s")) % said


def _state(promise: FollowUp, due: datetime) -> tuple[str, str]:
    if promise.state != FollowUp.State.OPEN:
        return promise.state, str(FollowUp.State(promise.state).label)
    if due < timezone.now():
        return "late", gettext("Late")
    if due.date() == timezone.localdate():
        return "today", gettext("Due today")
    return "open", gettext("Promised")
