"""Who asks whether a customer may be contacted."""

from tests.desks import *  # noqa: F403 - fixtures
