import psycopg
import pytest
from django.db import transaction

from apps.foundation.db.locks import hold, hold_all, share, try_to_hold
from apps.foundation.live import conninfo

pytestmark = pytest.mark.django_db
TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
SHARE = "SELECT pg_try_advisory_xact_lock_shared(hashtextextended(%s, 0))"


@pytest.fixture
def other():
    """Somebody else's answer to whether they get a lock."""
    with psycopg.connect(conninfo("klatsch test"), autocommit=True) as connection:
        yield lambda sql, name: connection.execute(sql, [name]).fetchone()[0]


def test_what_is_held_nobody_else_holds(other):
    hold("a")
    assert (other(TRY, "a"), other(SHARE, "a"), other(TRY, "b")) == (False, False, True)


def test_several_are_held_at_once(other, django_assert_num_queries):
    with django_assert_num_queries(1):
        hold_all(["a", "b", "a"])
    assert [other(TRY, name) for name in ("a", "b", "c")] == [False, False, True]


def test_none_is_no_question(django_assert_num_queries):
    with django_assert_num_queries(0):
        hold_all([])


def test_what_is_shared_others_share_and_nobody_holds(other):
    share("a")
    assert (other(SHARE, "a"), other(TRY, "a")) == (True, False)


def test_whoever_only_tries_does_not_wait():
    with psycopg.connect(conninfo("klatsch test")) as connection:
        connection.execute(TRY, ["a"])
        assert try_to_hold("a") is False
    assert try_to_hold("a") is True


@pytest.mark.django_db(transaction=True)
def test_it_is_let_go_with_the_transaction(other):
    with transaction.atomic():
        hold("a")
        assert other(TRY, "a") is False
    assert other(TRY, "a") is True
