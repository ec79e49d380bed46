"""Envelopes are found by source, and held back ones among the troubled. Built without locking the table."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("channels", "0004_sync_engine")]

    operations = [
        RemoveIndexConcurrently("envelope", "envelope_troubled"),
        AddIndexConcurrently(
            "envelope",
            models.Index(
                fields=["source", "state", "-id"],
                name="envelope_troubled",
                condition=models.Q(state__in=["quarantined", "conflict", "held"]),
            ),
        ),
        AddIndexConcurrently("envelope", models.Index(fields=["source", "-id"], name="envelope_latest")),
    ]
