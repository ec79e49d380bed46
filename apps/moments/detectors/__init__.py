"""What rules find: the same statement for watching and for trying a rule out. Nothing here writes."""

from apps.moments.detectors.birthdays import birthdays
from apps.moments.detectors.entries import entries
from apps.moments.detectors.finds import Find, rested
from apps.moments.detectors.patience import TooSlow, patience
from apps.moments.detectors.trial import SHOWN, Day, Trial, try_out

__all__ = [
    "SHOWN",
    "Day",
    "Find",
    "TooSlow",
    "Trial",
    "birthdays",
    "entries",
    "patience",
    "rested",
    "try_out",
]
