"""What is done about moments: seen, passed on, put off, finished; and what time does to them."""

from apps.moments.actions.finishing import contact, finish, may_undo, undo
from apps.moments.actions.handing import (
    StaysInside,
    accept,
    decline,
    give_back,
    may_claim,
    offer,
    owns,
    reassign,
    withdraw,
)
from apps.moments.actions.marking import amend, mark, may_mark, unsaved
from apps.moments.actions.resting import snooze, wake
from apps.moments.actions.sweeping import escalate_overdue, expire, sweep, wake_due
from apps.moments.stepping import Taken, is_lead

__all__ = [
    "StaysInside",
    "Taken",
    "accept",
    "amend",
    "contact",
    "decline",
    "escalate_overdue",
    "expire",
    "finish",
    "give_back",
    "is_lead",
    "mark",
    "may_claim",
    "may_mark",
    "may_undo",
    "offer",
    "owns",
    "reassign",
    "snooze",
    "sweep",
    "undo",
    "unsaved",
    "wake",
    "wake_due",
    "withdraw",
]
