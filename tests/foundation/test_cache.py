"""What is kept in a process, and who hears that it has changed."""

import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from apps.accounts.backends import RoleBackend
from apps.foundation import cache
from apps.foundation.cache import CHANNEL, Cached, invalidate
from apps.foundation.live import Doorbell, conninfo, doorbell
from apps.interactions.models import Disposition
from apps.interactions.wrap_up import dispositions
from tests.factories.accounts import TeamFactory, UserFactory

committed = pytest.mark.django_db(transaction=True)


class Counted:
    """A cache of a number that goes up with every load."""

    def __init__(self, name, **kwargs):
        self.loads = 0
        self.cached = Cached(self._load, name=name, **{"seconds": 60, **kwargs})

    def _load(self, *key):
        self.loads += 1
        return (self.loads, *key)

    def __call__(self, *key):
        return self.cached(*key)


@pytest.fixture
def counted(request):
    return Counted(request.node.name)


def wait_for(condition):
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def elsewhere(sql, *params):
    """Said by another process."""
    with psycopg.connect(conninfo("klatsch test"), autocommit=True) as other:
        other.execute(sql, params)


@committed
def test_a_value_is_loaded_once_for_each_key():
    counted = Counted("keys", most=2)
    assert [counted("a"), counted("b"), counted("a")] == [(1, "a"), (2, "b"), (1, "a")]
    counted("c")  # there is room for two
    assert counted("c") == (3, "c")
    assert counted("b") == (4, "b")


@committed
def test_a_cached_value_costs_no_statement(counted, django_assert_num_queries):
    counted()
    with django_assert_num_queries(0):
        assert counted() == (1,)


@committed
def test_it_is_loaded_anew_once_its_time_is_over():
    counted = Counted("time", seconds=0.05)
    counted()
    wait_for(lambda: counted() != (1,))


@committed
def test_what_is_invalidated_is_loaded_anew(counted):
    assert counted() == (1,)
    invalidate(counted.cached.name)
    assert [counted(), counted()] == [(2,), (2,)]


@committed
def test_another_cache_is_left_alone(counted):
    counted()
    invalidate("something else")
    assert counted() == (1,)


@committed
def test_inside_its_transaction_nothing_is_kept_and_others_know_nothing(counted):
    assert counted() == (1,)
    seen = []
    with transaction.atomic():
        invalidate(counted.cached.name)
        assert [counted(), counted()] == [(2,), (2,)]
        invalidate(counted.cached.name)
        assert counted() == (3,)
        thread = threading.Thread(target=lambda: seen.append(counted()))
        thread.start()
        thread.join()
    assert seen == [(1,)]
    assert [counted(), counted()] == [(4,), (4,)]


@committed
def test_what_was_rolled_back_has_changed_nothing(counted):
    counted()
    with transaction.atomic():
        invalidate(counted.cached.name)
        transaction.set_rollback(True)
    assert counted() == (1,)


@committed
def test_a_savepoint_rolled_back_has_changed_nothing(counted):
    counted()
    with transaction.atomic():
        with transaction.atomic():
            invalidate(counted.cached.name)
            transaction.set_rollback(True)
        assert counted() == (1,)


@committed
def test_what_a_savepoint_changed_is_forgotten_with_it(counted):
    with transaction.atomic():
        invalidate(counted.cached.name)
        assert counted() == (1,)
        with transaction.atomic():
            invalidate(counted.cached.name)
            assert counted() == (2,)
            transaction.set_rollback(True)
        assert counted() == (1,)
        with transaction.atomic():
            invalidate(counted.cached.name)
        assert counted() == (3,)


@committed
def test_twice_in_a_transaction_is_said_once(counted, django_assert_num_queries):
    with transaction.atomic():
        invalidate(counted.cached.name)
        with django_assert_num_queries(0):
            invalidate(counted.cached.name)


@committed
def test_what_changes_while_it_is_loaded_is_not_kept():
    def load():
        loads.append(True)
        if len(loads) == 1:
            cache.clear("race")
        return len(loads)

    loads = []
    cached = Cached(load, name="race", seconds=60)
    assert [cached(), cached(), cached()] == [1, 2, 2]


@committed
def test_what_another_process_changes_is_heard(counted):
    assert counted() == (1,)
    elsewhere("SELECT pg_notify(%s, %s)", CHANNEL, counted.cached.name)
    wait_for(lambda: counted() == (2,))


@committed
def test_others_hear_on_commit_and_not_before(counted):
    counted()
    with psycopg.connect(conninfo("klatsch test"), autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")
        with transaction.atomic():
            invalidate(counted.cached.name)
            assert list(other.notifies(timeout=0.1)) == []
        assert [notice.payload for notice in other.notifies(timeout=1, stop_after=1)] == [counted.cached.name]


@committed
def test_after_a_gap_everything_is_loaded_anew(counted):
    assert counted() == (1,)
    elsewhere("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'klatsch live'")
    wait_for(lambda: counted() != (1,) and doorbell.listen())


@committed
def test_a_process_that_hears_nothing_keeps_it_for_a_second(monkeypatch):
    monkeypatch.setattr(Doorbell, "listen", lambda _self: False)
    monkeypatch.setattr(cache, "UNHEARD", 0.05)
    counted = Counted("unheard", seconds=60)
    counted()
    wait_for(lambda: counted() != (1,))


@committed
def test_a_row_that_is_saved_or_deleted_is_seen_at_once():
    assert dispositions() == {}
    row = Disposition.objects.create(code="done", label="Done")
    assert dispositions() == {row.pk: row}
    row.label = "Settled"
    row.save()
    assert dispositions()[row.pk].label == "Settled"
    row.delete()
    assert dispositions() == {}


@pytest.mark.django_db
def test_what_a_test_writes_is_seen_in_it():
    assert dispositions() == {}
    Disposition.objects.create(code="one", label="One")
    assert len(dispositions()) == 1


@pytest.mark.django_db
def test_and_by_no_other():
    assert dispositions() == {}


@committed
def test_a_reader_s_next_request_finds_what_has_changed(client):
    user = UserFactory(team=TeamFactory(place="Lyon"))
    client.force_login(user)
    client.get("/desk/")
    user.is_active = False
    user.save()
    assert client.get("/desk/").status_code == 302


@committed
def test_nobody_changes_the_reader_of_others():
    user = UserFactory()
    one, other = RoleBackend().get_user(user.pk), RoleBackend().get_user(user.pk)
    one.role = "owner"
    assert (other.role, RoleBackend().get_user(user.pk).role) == (user.role, user.role)
    assert connection.run_on_commit == []
