"""What every test stands on: cheap password hashes, and files that go nowhere near the installation's own."""

import pytest
from django.db import connection

from apps.foundation import cache
from apps.foundation.live import doorbell
from tests.database import quick_emptying

pytest_plugins = ["tests.stack", "tests.faults.nursery"]


@pytest.fixture(autouse=True)
def frugal_settings(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def empty_caches():
    """What one test did to wrap-up codes, rules or endpoints is nothing to the next."""
    cache.clear_all()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, and at the end nobody left in it: a server just stopped may still be leaving.

    What a test commits need not outlive a power cut, and is gone quickly after it.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            f"ALTER DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} SET synchronous_commit = off"
        )
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            quick_emptying(patch)
        yield
    doorbell.stop()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
