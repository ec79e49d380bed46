"""What customers permit, under which rules they are contacted, and what came of it."""

from apps.contact.models.avoidance import Avoided, Where
from apps.contact.models.block import Block
from apps.contact.models.consent import Consent, ConsentQuerySet
from apps.contact.models.policy import ContactPolicy, Delivery
from apps.contact.models.suppression import Preference, Suppression, SuppressionQuerySet
from apps.interactions.drafts import Purpose

__all__ = [
    "Avoided",
    "Block",
    "Consent",
    "ConsentQuerySet",
    "ContactPolicy",
    "Delivery",
    "Preference",
    "Purpose",
    "Suppression",
    "SuppressionQuerySet",
    "Where",
]
