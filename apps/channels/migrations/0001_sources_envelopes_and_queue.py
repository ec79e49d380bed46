import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from pgmq.install import get_embedded_install_sql


def install_queue(apps, schema_editor):
    """The message queue Celery uses when no other broker is named: plain SQL functions, no extension to build."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta')")
        if cursor.fetchone()[0] is None:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS pgmq")
            cursor.execute(get_embedded_install_sql())


# Every connection of Celery declares its queue, and pgmq then drops the queue's trigger and makes it anew under an
# exclusive lock: a few processes that start at once killed each other's messages (deadlock detected). Now the trigger
# stays if it is there.
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
DECLARE_ANEW = """
DROP FUNCTION pgmq.enable_notify_insert(text, integer);
ALTER FUNCTION pgmq.enable_notify_insert_anew(text, integer) RENAME TO enable_notify_insert;
"""


class Migration(migrations.Migration):
    """How what happened reaches us: sources, envelopes, streams, and the queue Celery uses by default."""

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "region",
                    models.CharField(
                        default="GB",
                        help_text="Country of phone numbers without a code.",
                        max_length=2,
                        verbose_name="phone region",
                    ),
                ),
                ("timezone", models.CharField(default="UTC", max_length=40, verbose_name="time zone")),
                ("settings", models.JSONField(blank=True, default=dict, verbose_name="settings")),
                (
                    "vault",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="Its passwords and tokens, encrypted (`vault.py`).",
                    ),
                ),
                (
                    "every",
                    models.PositiveIntegerField(
                        default=300,
                        help_text="Seconds between two looks at a source that is asked.",
                        verbose_name="asked every",
                    ),
                ),
                (
                    "pace",
                    models.FloatField(
                        default=5,
                        help_text="At most so many requests a second go out to this source.",
                        verbose_name="requests a second",
                    ),
                ),
                (
                    "silent_after",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Minutes without a sign of life after which agents are told that it is behind; empty: never.",
                        null=True,
                        verbose_name="silent after",
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("pause_reason", models.CharField(blank=True, default="", editable=False, max_length=300)),
                ("removed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
            },
        ),
        migrations.CreateModel(
            name="Health",
            fields=[
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="health",
                        serialize=False,
                        to="channels.source",
                    ),
                ),
                ("outcomes", models.CharField(blank=True, default="", max_length=100)),
                ("heard_at", models.DateTimeField(help_text="When its latest event arrived.", null=True)),
                ("happened_until", models.DateTimeField(help_text="When its latest event happened.", null=True)),
                ("drift", models.JSONField(default=dict)),
                ("tokens", models.FloatField(default=0)),
                ("tokens_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=200)),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["due_at"], name="slot_by_time")],
                "constraints": [models.UniqueConstraint(fields=("job", "due_at"), name="slot_once")],
            },
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dedupe_key", models.CharField(max_length=220)),
                ("digest", models.CharField(max_length=32)),
                ("payload", models.JSONField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("done", "Done"),
                            ("quarantined", "Quarantined"),
                            ("conflict", "Conflict"),
                            ("held", "Held back"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("error", models.TextField(blank=True, default="")),
                (
                    "unread",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Its fields that could not be read, each with what it should have been.",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="envelopes",
                        to="channels.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "envelope",
                "verbose_name_plural": "envelopes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "received")), fields=["retry_at", "id"], name="envelope_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["quarantined", "conflict", "held"])),
                        fields=["source", "state", "-id"],
                        name="envelope_troubled",
                    ),
                    models.Index(fields=["source", "-id"], name="envelope_latest"),
                    models.Index(
                        condition=models.Q(("unread", ""), _negated=True),
                        fields=["source", "-id"],
                        name="envelope_unread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "dedupe_key"), name="envelope_once_per_source")
                ],
            },
        ),
        migrations.CreateModel(
            name="HourlyTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("understood", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="channels.source"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="tally_by_hour")],
                "constraints": [models.UniqueConstraint(fields=("source", "hour"), name="tally_once_an_hour")],
            },
        ),
        migrations.CreateModel(
            name="UnreadTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("place", models.CharField(blank=True, max_length=80)),
                ("kind", models.CharField(max_length=12)),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="unread", to="channels.source"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="unread_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "day", "place", "kind"), name="unread_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="MaskedIdTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("events", models.PositiveIntegerField(default=0)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("latest", models.BigIntegerField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="masked", to="channels.source"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "name"), name="masked_once_a_field")],
            },
        ),
        migrations.CreateModel(
            name="MaskedIdScan",
            fields=[
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="masked_scan",
                        serialize=False,
                        to="channels.source",
                    ),
                ),
                ("seen", models.BigIntegerField(default=0)),
                ("declared", models.CharField(blank=True, default="", max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("incremental", "What is new"),
                            ("backfill", "What is older"),
                            ("reconciliation", "Comparison"),
                            ("file", "File"),
                        ],
                        default="incremental",
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("done", "Done"),
                            ("continued", "To be continued"),
                            ("waiting", "Asked to wait"),
                            ("failed", "Failed"),
                            ("lost", "Overtaken"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("pages", models.PositiveIntegerField(default=0)),
                ("events", models.PositiveIntegerField(default=0)),
                ("fresh", models.PositiveIntegerField(default=0, help_text="Events not known before.")),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="channels.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "reading",
                "verbose_name_plural": "readings",
                "indexes": [
                    models.Index(fields=["source", "-id"], name="run_latest"),
                    models.Index(fields=["started_at"], name="run_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.CharField(max_length=200)),
                ("cursor", models.JSONField(null=True)),
                ("backfill", models.JSONField(null=True)),
                ("backfill_since", models.DateTimeField(null=True)),
                ("backfill_until", models.DateTimeField(null=True)),
                ("backfill_done", models.BigIntegerField(default=0)),
                ("backfill_total", models.BigIntegerField(default=0)),
                ("backfill_events", models.BigIntegerField(default=0)),
                ("reconciled_at", models.DateTimeField(null=True)),
                (
                    "missed",
                    models.PositiveIntegerField(default=0, help_text="Events the last reconciliation found missing."),
                ),
                ("fence", models.BigIntegerField(default=0)),
                ("leased_until", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failures", models.PositiveIntegerField(default=0, help_text="In a row.")),
                (
                    "error",
                    models.CharField(blank=True, default="", help_text="In the provider's own words.", max_length=500),
                ),
                (
                    "denied",
                    models.BooleanField(default=False, help_text="The provider says no, and will until somebody acts."),
                ),
                ("last_ok_at", models.DateTimeField(help_text="When it was last read to its end.", null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="streams", to="channels.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "stream",
                "verbose_name_plural": "streams",
                "indexes": [models.Index(fields=["next_at"], name="stream_due")],
                "constraints": [models.UniqueConstraint(fields=("source", "stream"), name="stream_once_per_source")],
            },
        ),
        migrations.CreateModel(
            name="WriteKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(db_index=True, editable=False, max_length=64)),
                (
                    "hint",
                    models.CharField(editable=False, help_text="First characters, to tell keys apart.", max_length=8),
                ),
                (
                    "vault",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="The secret itself, encrypted, where requests are signed.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="channels.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "write key",
                "verbose_name_plural": "write keys",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("source", "digest"), name="key_once_in_force"
                    )
                ],
            },
        ),
        migrations.RunPython(install_queue, migrations.RunPython.noop),
        migrations.RunSQL(DECLARE_ONCE, DECLARE_ANEW),
    ]
