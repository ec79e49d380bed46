"""Moments for other systems: whether a customer may be contacted, and what somebody should seize."""

from apps.moments.api.acts import moments
from apps.moments.api.permission import router as permission

__all__ = ["moments", "permission"]
