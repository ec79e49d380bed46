import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.customers.models.customer


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0001_folding"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=apps.customers.models.customer.Fold("name"),
                        output_field=models.TextField(),
                    ),
                ),
                ("tier", models.CharField(blank=True, max_length=20, verbose_name="tier")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("timezone", models.CharField(blank=True, max_length=40, verbose_name="time zone")),
                ("since", models.DateField(blank=True, null=True, verbose_name="customer since")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("name_key", "gin_trgm_ops"), name="customer_name_words"
                    ),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("name_key", "text_pattern_ops"),
                        name="customer_name_prefix",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskTab",
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
        migrations.CreateModel(
            name="Identifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("email", "E-mail"),
                            ("loyalty", "Loyalty card"),
                            ("user_id", "User id"),
                            ("account", "Account"),
                            ("card", "Payment card"),
                            ("social", "Social handle"),
                            ("anonymous_id", "Anonymous id"),
                            ("device", "Device"),
                        ],
                        max_length=20,
                    ),
                ),
                ("scope", models.CharField(blank=True, default="", max_length=40)),
                ("value", models.CharField(max_length=254)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("blocked", "Blocked"), ("shared", "Shared")],
                        default="active",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier",
                "verbose_name_plural": "identifiers",
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass("value", "text_pattern_ops"), name="identifier_prefix"
                    ),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Reverse("value"), "text_pattern_ops"
                        ),
                        condition=models.Q(("type", "phone")),
                        name="identifier_phone_suffix",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("type", "value", "scope"), name="identifier_once")],
            },
        ),
        migrations.CreateModel(
            name="MergeRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("merge", "Merge"), ("unmerge", "Un-merge")], default="merge", max_length=10
                    ),
                ),
                (
                    "profiles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Profiles that moved from absorbed to survivor.",
                        size=None,
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "absorbed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="customers.customer"
                    ),
                ),
                (
                    "undone_by",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undoes",
                        to="customers.mergerecord",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SourceProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=200)),
                ("traits", models.JSONField(default=dict)),
                ("first_seen", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="profiles", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "source profile",
                "verbose_name_plural": "source profiles",
                "constraints": [
                    models.UniqueConstraint(fields=("source", "external_id"), name="profile_once_per_source")
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_seen", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen", models.DateTimeField(default=django.utils.timezone.now)),
                ("verified", models.BooleanField(default=True)),
                ("active", models.BooleanField(default=True)),
                (
                    "identifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="customers.identifier"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="customers.sourceprofile",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("profile", "identifier"), name="evidence_once")],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "SMS"),
                            ("voice", "Calls"),
                            ("app", "App messages"),
                            ("post", "Letters"),
                        ],
                        max_length=10,
                    ),
                ),
                ("purpose", models.CharField(default="marketing", max_length=40)),
                (
                    "status",
                    models.CharField(
                        choices=[("granted", "Opted in"), ("denied", "Opted out"), ("withdrawn", "Withdrawn")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(help_text="When the customer said it.")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("origin", models.CharField(help_text="Where it was said: a form, a call, a store.", max_length=80)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="customers.sourceprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consent ledger",
                "indexes": [models.Index(fields=["profile", "purpose", "channel", "-at"], name="consent_current")],
            },
        ),
    ]
