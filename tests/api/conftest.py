import pytest

from tests.api.calling import System
from tests.factories.accounts import ApiTokenFactory


@pytest.fixture
def system(client):
    """A system with a token that may do everything."""
    return System(client, ApiTokenFactory(name="Voice Portal", secret="open sesame"))
