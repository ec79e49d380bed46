from django.db import migrations

DECLARE_ONCE = """
ALTER FUNCTION pgmq.enable_notify_insert(text, integer) RENAME TO enable_notify_insert_anew;
CREATE FUNCTION pgmq.enable_notify_insert(queue_name text, throttle_interval_ms integer DEFAULT 250)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('pgmq.enable_notify_insert ' || $1, 0));
    PERFORM FROM pgmq.notify_insert_throttle throttle
    JOIN pg_trigger ON tgrelid = format('pgmq.%I', pgmq.format_table_name($1, 'q'))::regclass
    WHERE throttle.queue_name = $1 AND throttle.throttle_interval_ms = $2
      AND tgname = 'trigger_notify_queue_insert_listeners';
    IF NOT FOUND THEN
        PERFORM pgmq.enable_notify_insert_anew($1, $2);
    END IF;
END
$$;
"""
UNDO = """
DROP FUNCTION pgmq.enable_notify_insert(text, integer);
ALTER FUNCTION pgmq.enable_notify_insert_anew(text, integer) RENAME TO enable_notify_insert;
"""


class Migration(migrations.Migration):
    """Every connection of Celery declares its queue, and pgmq then drops the queue's trigger and makes it anew under
    an exclusive lock: a few processes that start at once killed each other's messages (deadlock detected). Now the
    trigger stays if it is there.
    """

    dependencies = [("channels", "0002_queue")]
    operations = [migrations.RunSQL(DECLARE_ONCE, UNDO)]
