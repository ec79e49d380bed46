"""Moments in the supervisors' room, and the rules about contacting customers."""

from apps.moments.admin.moments import MomentAdmin, MomentKindAdmin
from apps.moments.admin.permission import ContactPolicyAdmin, DeliveryAdmin

__all__ = ["ContactPolicyAdmin", "DeliveryAdmin", "MomentAdmin", "MomentKindAdmin"]
