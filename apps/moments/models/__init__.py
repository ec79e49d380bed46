"""What someone should seize, and under which rules somebody may be contacted for it."""

from apps.moments.models.avoided import Avoided, Where
from apps.moments.models.kind import MomentKind, Tag
from apps.moments.models.moment import CLOSED, LIVE, Handoff, Moment, Outcome, State, Step
from apps.moments.models.notice import Notice
from apps.moments.models.policy import ContactPolicy, Delivery
from apps.moments.models.rule import MomentRule, MomentRuleVersion, RuleDay, RuleWatch
from apps.moments.models.webhook import Event, WebhookAttempt, WebhookEndpoint, WebhookMessage

__all__ = [
    "CLOSED",
    "LIVE",
    "Avoided",
    "ContactPolicy",
    "Delivery",
    "Event",
    "Handoff",
    "Moment",
    "MomentKind",
    "MomentRule",
    "MomentRuleVersion",
    "Notice",
    "Outcome",
    "RuleDay",
    "RuleWatch",
    "State",
    "Step",
    "Tag",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookMessage",
    "Where",
]
