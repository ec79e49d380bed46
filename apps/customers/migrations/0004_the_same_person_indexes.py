from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without holding up who writes."""

    atomic = False
    dependencies = [("customers", "0003_the_same_person")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(condition=models.Q(("born__isnull", False)), fields=["born"], name="customer_born"),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("postcode", ""), _negated=True), fields=["postcode"], name="customer_postcode"
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("compared_at", None), ("merged_into", None)),
                fields=["-id"],
                name="customer_to_compare",
            ),
        ),
    ]
