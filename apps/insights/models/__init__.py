"""What we infer: how likely customers are to do something, and what they tell us."""

from apps.insights.models.digest import Digest, DigestMail, DigestReader
from apps.insights.models.feedback import Feedback, Progress, Reading, Reply, SitIn
from apps.insights.models.propensity import PropensityScore
from apps.insights.models.theme import FeedbackTheme, Theme, ThemeDay, ThemeSuggestion

__all__ = [
    "Digest",
    "DigestMail",
    "DigestReader",
    "Feedback",
    "FeedbackTheme",
    "Progress",
    "PropensityScore",
    "Reading",
    "Reply",
    "SitIn",
    "Theme",
    "ThemeDay",
    "ThemeSuggestion",
]
