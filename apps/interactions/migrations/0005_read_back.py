from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_moments_by_mail"),
        ("customers", "0007_ledger_is_append_only"),
        ("interactions", "0004_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="interaction",
            name="read_back",
            field=models.TextField(
                blank=True, db_default="", default="", help_text="What we said back, to show that it was heard."
            ),
        ),
    ]
