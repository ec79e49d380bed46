"""What someone should seize, and who is told of it."""

from apps.moments.models.kind import MomentKind, Tag
from apps.moments.models.moment import CLOSED, LIVE, Handoff, Moment, Outcome, State, Step
from apps.moments.models.notice import Notice
from apps.moments.models.rule import MomentRule, MomentRuleVersion, RuleDay, RuleWatch
from apps.moments.models.webhook import WebhookAttempt, WebhookEndpoint, WebhookEvent, WebhookMessage

__all__ = [
    "CLOSED",
    "LIVE",
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
    "WebhookEvent",
    "WebhookMessage",
]
