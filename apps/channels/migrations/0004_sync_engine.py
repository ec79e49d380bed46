"""Sync engine: streams and their readings, health by the hour, pausing, credentials."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0003_queue_is_declared_once"),
    ]

    operations = [
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
                ("told_until", models.DateTimeField(help_text="When its latest event happened.", null=True)),
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
            ],
            options={
                "verbose_name": "reading",
                "verbose_name_plural": "readings",
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
            ],
            options={
                "verbose_name": "stream",
                "verbose_name_plural": "streams",
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("understood", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="source",
            name="every",
            field=models.PositiveIntegerField(
                default=300,
                help_text="Seconds between two looks at a source that is asked.",
                verbose_name="asked every",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="pace",
            field=models.FloatField(
                default=5,
                help_text="At most so many requests a second go out to this source.",
                verbose_name="requests a second",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="pause_reason",
            field=models.CharField(blank=True, default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="source",
            name="paused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="source",
            name="removed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="source",
            name="silent_after",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Minutes without a sign of life after which agents are told that it is behind; empty: never.",
                null=True,
                verbose_name="silent after",
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="vault",
            field=models.TextField(
                blank=True, default="", editable=False, help_text="Its passwords and tokens, encrypted (`vault.py`)."
            ),
        ),
        migrations.AddField(
            model_name="writekey",
            name="vault",
            field=models.TextField(
                blank=True,
                default="",
                editable=False,
                help_text="The secret itself, encrypted, where requests are signed.",
            ),
        ),
        migrations.AlterField(
            model_name="envelope",
            name="state",
            field=models.CharField(
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
        migrations.AddIndex(
            model_name="slot",
            index=models.Index(fields=["due_at"], name="slot_by_time"),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.UniqueConstraint(fields=("job", "due_at"), name="slot_once"),
        ),
        migrations.AddField(
            model_name="syncrun",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="channels.source"
            ),
        ),
        migrations.AddField(
            model_name="syncstate",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="streams", to="channels.source"
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="channels.source"
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["source", "-id"], name="run_latest"),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["started_at"], name="run_by_time"),
        ),
        migrations.AddIndex(
            model_name="syncstate",
            index=models.Index(fields=["next_at"], name="stream_due"),
        ),
        migrations.AddConstraint(
            model_name="syncstate",
            constraint=models.UniqueConstraint(fields=("source", "stream"), name="stream_once_per_source"),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(fields=["hour"], name="tally_by_hour"),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(fields=("source", "hour"), name="tally_once_an_hour"),
        ),
    ]
