"""What someone should seize, and under which rules somebody may be contacted for it."""

from apps.moments.models.kind import MomentKind, Tag
from apps.moments.models.moment import CLOSED, LIVE, Handoff, Moment, Outcome, State, Step
from apps.moments.models.policy import ContactPolicy, Delivery

__all__ = [
    "CLOSED",
    "LIVE",
    "ContactPolicy",
    "Delivery",
    "Handoff",
    "Moment",
    "MomentKind",
    "Outcome",
    "State",
    "Step",
    "Tag",
]
