"""What we infer: how likely customers are to do something, and what they say."""

from apps.insights.models.digest import Digest, DigestMail, DigestReader
from apps.insights.models.feedback import Feedback, FeedbackReply, ReadReceipt, ShadowedDay, SweepProgress
from apps.insights.models.propensity import PropensityScore
from apps.insights.models.theme import FeedbackTheme, Theme, ThemeDay, ThemeSuggestion

__all__ = [
    "Digest",
    "DigestMail",
    "DigestReader",
    "Feedback",
    "FeedbackReply",
    "FeedbackTheme",
    "PropensityScore",
    "ReadReceipt",
    "ShadowedDay",
    "SweepProgress",
    "Theme",
    "ThemeDay",
    "ThemeSuggestion",
]
