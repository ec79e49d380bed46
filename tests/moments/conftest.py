"""Whom rules and people of the desk meet here."""

from tests.desks import *  # noqa: F403 - fixtures
