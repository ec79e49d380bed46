"""What rules find: the same statement for watching and for trying a rule out. Nothing here writes."""

from apps.moments.rules.detectors.birthdays import birthdays
from apps.moments.rules.detectors.entries import entries
from apps.moments.rules.detectors.finds import Find, rested
from apps.moments.rules.detectors.trial import SHOWN, RuleTrial, TrialDay, try_out

__all__ = [
    "SHOWN",
    "Find",
    "RuleTrial",
    "TrialDay",
    "birthdays",
    "entries",
    "rested",
    "try_out",
]
