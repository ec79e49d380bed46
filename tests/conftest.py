"""What every test stands on: cheap password hashes, and files that go nowhere near the installation's own."""

import pytest

pytest_plugins = ["tests.stack"]


@pytest.fixture(autouse=True)
def frugal_settings(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
