import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.interactions.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0002_customers"),
        ("interactions", "0001_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disposition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                (
                    "channels",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Where it is offered; empty: everywhere.",
                        verbose_name="channels",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "wrap-up code",
                "verbose_name_plural": "wrap-up codes",
            },
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Call"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("sms", "SMS"),
                            ("social", "Social"),
                            ("web", "Web"),
                            ("app", "App"),
                            ("store", "Store"),
                            ("atm", "ATM"),
                            ("order", "Order"),
                            ("payment", "Payment"),
                            ("survey", "Survey"),
                            ("campaign", "Campaign"),
                            ("note", "Note"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                (
                    "direction",
                    models.CharField(
                        choices=[("inbound", "From the customer"), ("outbound", "From us"), ("internal", "Among us")],
                        default="inbound",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True, default="")),
                ("verbatim", models.TextField(blank=True, default="", help_text="The customer's own words.")),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                (
                    "touchpoint",
                    models.CharField(
                        blank=True, default="", help_text="Store 12, ATM 88, queue billing.", max_length=80
                    ),
                ),
                ("staff_name", models.CharField(blank=True, default="", max_length=120)),
                (
                    "reference",
                    models.CharField(blank=True, default="", help_text="Order or case number.", max_length=80),
                ),
                (
                    "thread",
                    models.CharField(blank=True, default="", help_text="What answers what shares it.", max_length=120),
                ),
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=200)),
                ("payload", models.JSONField(default=dict)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("title"),
                            models.F("body"),
                            models.F("verbatim"),
                            models.F("reference"),
                            function="klatsch_search_vector",
                            output_field=django.contrib.postgres.search.SearchVectorField(),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "disposition",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.disposition",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="customers.sourceprofile",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "interaction",
                "verbose_name_plural": "interactions",
                "indexes": [
                    models.Index(fields=["profile", "-occurred_at", "-id"], name="interaction_timeline"),
                    django.contrib.postgres.indexes.GinIndex(fields=["profile", "search"], name="interaction_search"),
                    models.Index(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=["reference"],
                        name="interaction_reference",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "external_id"), name="interaction_once_per_source")
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="promise")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("kept", "Kept"), ("broken", "Broken"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="customers.sourceprofile",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up",
                "verbose_name_plural": "follow-ups",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["owner", "due_at"], name="follow_up_mine"
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["profile", "due_at"], name="follow_up_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to=apps.interactions.models.attachment_path)),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("sha256", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="interactions.interaction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "interaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pin", to="interactions.interaction"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pins", to="customers.sourceprofile"
                    ),
                ),
            ],
        ),
    ]
