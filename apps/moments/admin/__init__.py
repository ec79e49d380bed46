"""Moments in the supervisors' room, and the rules about contacting customers."""

from apps.moments.admin.moments import MomentAdmin, MomentKindAdmin
from apps.moments.admin.permission import ContactPolicyAdmin, DeliveryAdmin
from apps.moments.admin.rules import MomentRuleAdmin
from apps.moments.admin.webhooks import WebhookEndpointAdmin, WebhookMessageAdmin

__all__ = [
    "ContactPolicyAdmin",
    "DeliveryAdmin",
    "MomentAdmin",
    "MomentKindAdmin",
    "MomentRuleAdmin",
    "WebhookEndpointAdmin",
    "WebhookMessageAdmin",
]
