"""Moments for other systems: what somebody should seize, and what becomes of it."""

from apps.moments.api.acts import moments

__all__ = ["moments"]
