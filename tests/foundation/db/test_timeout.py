import pytest
from django.db import connection

from apps.accounts.models import Team
from apps.foundation.db.rows import rows
from apps.foundation.db.timeout import TooSlow, time_limit
from tests.factories.accounts import TeamFactory

pytestmark = pytest.mark.django_db
NAMES = ("statement_timeout", "enable_seqscan")


def settings():
    return [rows("SELECT current_setting(%s)", name)[0][0] for name in NAMES]


def test_settings_hold_inside_and_are_as_before_afterwards():
    before = settings()
    with time_limit(5000, enable_seqscan="off"):
        assert settings() == ["5s", "off"]
    assert settings() == before


def test_what_takes_longer_is_given_up_with_what_was_done_in_there():
    def dawdle():
        with time_limit(20):
            TeamFactory()
            rows("SELECT pg_sleep(5)")

    before = settings()
    with pytest.raises(TooSlow):
        dawdle()
    assert (Team.objects.count(), settings()) == (0, before)


def test_limits_nest():
    with time_limit(5000):
        with time_limit(1000):
            assert settings()[0] == "1s"
        assert settings()[0] == "5s"


def test_another_error_is_itself():
    with pytest.raises(ValueError, match="mine"), time_limit(1000):
        raise ValueError("mine")


def test_it_costs_four_statements(django_assert_num_queries):
    with django_assert_num_queries(4), time_limit(1000):
        pass
    assert connection.is_usable()
