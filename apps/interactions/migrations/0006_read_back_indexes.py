import django.contrib.postgres.indexes
import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without holding up who writes."""

    atomic = False
    dependencies = [("interactions", "0005_read_back")]

    operations = [
        AddIndexConcurrently(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["team", "due_at", "id"], name="follow_up_ours"
            ),
        ),
        AddIndexConcurrently(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["owner", "-closed_at", "-id"],
                name="follow_up_closed",
            ),
        ),
        AddIndexConcurrently(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["team", "-closed_at", "-id"],
                name="follow_up_ours_closed",
            ),
        ),
        AddIndexConcurrently(
            model_name="followup",
            index=models.Index(
                models.OrderBy(django.db.models.functions.comparison.Coalesce("closed_at", "due_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="follow_up_counts",
            ),
        ),
        AddIndexConcurrently(
            model_name="followup",
            index=models.Index(condition=models.Q(("state", "open")), fields=["due_at", "id"], name="follow_up_due"),
        ),
        AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(
                    models.Q(("verbatim", ""), _negated=True),
                    models.Q(("read_back", ""), _negated=True),
                    _connector="OR",
                ),
                fields=["profile", "-occurred_at", "-id"],
                name="interaction_told",
            ),
        ),
        AddIndexConcurrently(
            model_name="interaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["recorded_at"], name="interaction_recorded", pages_per_range=32
            ),
        ),
        AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("staff__isnull", False)),
                fields=["staff", "-occurred_at", "-id"],
                name="interaction_of_staff",
            ),
        ),
    ]
