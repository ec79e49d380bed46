import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without holding up who writes."""

    atomic = False
    dependencies = [("moments", "0004_rules_notices_webhooks_measures")]

    operations = [
        AddIndexConcurrently(
            model_name="moment",
            index=models.Index(fields=["-created_at", "-id"], name="moment_seen"),
        ),
        AddIndexConcurrently(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("first_offered_at__isnull", False)),
                fields=["-first_offered_at", "-id"],
                name="moment_handed",
            ),
        ),
        AddIndexConcurrently(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("first_accepted_at__isnull", False)),
                fields=["-first_accepted_at", "-id"],
                name="moment_accepted",
            ),
        ),
        AddIndexConcurrently(
            model_name="moment",
            index=models.Index(
                models.OrderBy(django.db.models.functions.comparison.Coalesce("done_at", "due_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="moment_counts",
            ),
        ),
        AddIndexConcurrently(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "offered"))),
                fields=["created_at", "id"],
                name="moment_waiting",
            ),
        ),
        AddIndexConcurrently(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("rule", ""), _negated=True), fields=["created_at"], name="moment_proposed"
            ),
        ),
        AddIndexConcurrently(
            model_name="step",
            index=models.Index(condition=models.Q(("act", "decline")), fields=["-at", "-id"], name="step_declined"),
        ),
    ]
