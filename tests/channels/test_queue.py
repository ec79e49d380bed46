import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

TRIGGER = """
    SELECT oid FROM pg_trigger
    WHERE tgname = 'trigger_notify_queue_insert_listeners' AND tgrelid = 'pgmq.q_declared_twice'::regclass
"""


def test_declaring_a_queue_again_leaves_its_trigger_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.create('declared_twice')")
        cursor.execute("SELECT pgmq.enable_notify_insert('declared_twice', 0)")
        cursor.execute(TRIGGER)
        first = cursor.fetchall()
        cursor.execute("SELECT pgmq.enable_notify_insert('declared_twice', 0)")
        cursor.execute(TRIGGER)
        assert cursor.fetchall() == first
        assert len(first) == 1


def test_another_throttle_is_taken_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgmq.create('throttled')")
        cursor.execute("SELECT pgmq.enable_notify_insert('throttled', 0)")
        cursor.execute("SELECT pgmq.enable_notify_insert('throttled', 100)")
        cursor.execute("SELECT throttle_interval_ms FROM pgmq.notify_insert_throttle WHERE queue_name = 'throttled'")
        assert cursor.fetchall() == [(100,)]
