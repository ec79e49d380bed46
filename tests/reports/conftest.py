"""Whose moments are counted."""

from tests.desks import *  # noqa: F403 - fixtures
