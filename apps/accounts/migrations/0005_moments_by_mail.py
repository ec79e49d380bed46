from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_audit_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="moments_by_mail",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="What is offered to them, and what came of what they handed over, also by e-mail.",
                verbose_name="moments by e-mail",
            ),
        ),
    ]
