"""What customers permit, in the supervisors' room: the ledger, the stops, the policies and what was sent."""

from apps.contact.admin.consents import ConsentAdmin
from apps.contact.admin.policies import ContactPolicyAdmin, DeliveryAdmin
from apps.contact.admin.suppressions import SuppressionAdmin

__all__ = ["ConsentAdmin", "ContactPolicyAdmin", "DeliveryAdmin", "SuppressionAdmin"]
