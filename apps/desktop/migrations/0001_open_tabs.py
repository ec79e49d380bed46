import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who has whom open at the desk."""

    initial = True

    dependencies = [
        ("customers", "0001_customers_and_identity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenTab",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
                ("alive_at", models.DateTimeField(help_text="Last sign of life of an open page.", null=True)),
                (
                    "read_until",
                    models.DateTimeField(help_text="Everything recorded before was on the screen.", null=True),
                ),
                ("draft", models.JSONField(default=dict)),
                (
                    "writing_at",
                    models.DateTimeField(help_text="When something was typed last into the draft.", null=True),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="desk_tabs", to="customers.customer"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk_tabs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "alive_at"], name="desk_tab_presence")],
                "constraints": [models.UniqueConstraint(fields=("user", "customer"), name="desk_tab_once")],
            },
        ),
    ]
