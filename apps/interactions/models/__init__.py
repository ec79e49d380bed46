"""What happened, what was promised, what was put right."""

from apps.interactions.models.correction import Correction
from apps.interactions.models.follow_up import FollowUp, FollowUpQuerySet
from apps.interactions.models.interaction import (
    BY_HAND,
    DELIVERED,
    HIDDEN_FROM,
    REFUND,
    VISIT,
    Attachment,
    Channel,
    Direction,
    Interaction,
    InteractionQuerySet,
    Pin,
    Sentiment,
    attachment_path,
)
from apps.interactions.models.wrap_up import Disposition, NoteTemplate

__all__ = [
    "BY_HAND",
    "DELIVERED",
    "HIDDEN_FROM",
    "REFUND",
    "VISIT",
    "Attachment",
    "Channel",
    "Correction",
    "Direction",
    "Disposition",
    "FollowUp",
    "FollowUpQuerySet",
    "Interaction",
    "InteractionQuerySet",
    "NoteTemplate",
    "Pin",
    "Sentiment",
    "attachment_path",
]
