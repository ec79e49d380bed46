"""Moments in the supervisors' room."""

from apps.moments.admin.moments import MomentAdmin, MomentKindAdmin
from apps.moments.admin.rules import MomentRuleAdmin
from apps.moments.admin.webhooks import WebhookEndpointAdmin, WebhookMessageAdmin

__all__ = [
    "MomentAdmin",
    "MomentKindAdmin",
    "MomentRuleAdmin",
    "WebhookEndpointAdmin",
    "WebhookMessageAdmin",
]
