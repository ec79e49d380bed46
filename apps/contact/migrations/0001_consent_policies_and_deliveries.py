from datetime import time

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

LEDGER_GUARD = """
CREATE TRIGGER consent_is_append_only BEFORE UPDATE OR DELETE ON contact_consent
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""
NIGHT = {"quiet_from": time(21), "quiet_to": time(8)}
POLICIES = (
    {"name": "Service goes first", "purpose": "service", "priority": 10},
    {"name": "Surveys", "purpose": "survey", "cap": 1, "cap_days": 30, "priority": 30},
    {"name": "Marketing e-mails", "purpose": "marketing", "channel": "email", "cap": 3, "cap_days": 7},
    {"name": "Marketing SMS", "purpose": "marketing", "channel": "sms", "cap": 2, "cap_days": 30, **NIGHT},
    {"name": "Marketing calls", "purpose": "marketing", "channel": "voice", "cap": 1, "cap_days": 30},
    {"name": "Marketing app messages", "purpose": "marketing", "channel": "app", "cap": 3, "cap_days": 7, **NIGHT},
    {"name": "Marketing altogether", "purpose": "marketing", "cap": 5, "cap_days": 7},
    {"name": "No calls at night", "channel": "voice", **NIGHT},
)


def add_first_policies(apps, schema_editor):
    policies = apps.get_model("contact", "ContactPolicy")
    policies.objects.bulk_create(policies(**one) for one in POLICIES)


class Migration(migrations.Migration):
    """What customers permit, under which rules they are contacted, and what was sent; with careful first policies."""

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_audit"),
        ("customers", "0001_customers_and_identity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        help_text="Such as marketing. Empty: whatever it is for.",
                        max_length=40,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "SMS"),
                            ("voice", "Calls"),
                            ("app", "App messages"),
                            ("post", "Letters"),
                        ],
                        help_text="Empty: all together.",
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "cap",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Contacts in so many days. Empty: no limit.",
                        null=True,
                        verbose_name="at most",
                    ),
                ),
                (
                    "cap_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="in so many days",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(
                        blank=True, help_text="In the customer's own time.", null=True, verbose_name="quiet from"
                    ),
                ),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="What is for a purpose with a smaller number goes first; the other waits for a day.",
                        verbose_name="priority",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "contact policy",
                "verbose_name_plural": "contact policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cap", None), ("cap_days", None)),
                            models.Q(("cap__isnull", False), ("cap_days__gte", 1), ("cap_days__lte", 366)),
                            _connector="OR",
                        ),
                        name="policy_cap_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from", None), ("quiet_to", None)),
                            models.Q(
                                ("quiet_from__isnull", False),
                                ("quiet_to__isnull", False),
                                models.Q(("quiet_from", models.F("quiet_to")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="policy_quiet_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Avoided",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.UUIDField(help_text="The moment it was for.", null=True)),
                ("kind", models.CharField(blank=True, default="", help_text="The kind of that moment.", max_length=40)),
                (
                    "channel",
                    models.CharField(
                        blank=True,
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
                ("purpose", models.CharField(max_length=40)),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None),
                ),
                (
                    "where",
                    models.CharField(
                        choices=[
                            ("handoff", "At the hand-off"),
                            ("accept", "When it was taken over"),
                            ("contact", "Before the contact"),
                            ("outbox", "On its way to another system"),
                            ("schedule", "When what was scheduled was due"),
                            ("rule", "When a rule saw a moment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("key", models.CharField(max_length=120, unique=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
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
                        related_name="avoided",
                        to="customers.sourceprofile",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact avoided",
                "verbose_name_plural": "contacts avoided",
                "indexes": [models.Index(fields=["-at", "-id"], name="avoided_by_time")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("codes__len__gt", 0)), name="avoided_for_a_reason")
                ],
            },
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tag", models.CharField(max_length=20)),
                ("since", models.DateTimeField()),
                ("subject", models.UUIDField()),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="blocks", to="customers.sourceprofile"
                    ),
                ),
            ],
            options={
                "verbose_name": "block",
                "verbose_name_plural": "blocks",
                "constraints": [models.UniqueConstraint(fields=("subject", "tag"), name="block_said_once")],
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
                    "notice",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Version of the notice they were shown.",
                        max_length=40,
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("profile", "channel", "purpose", "status", "at"), name="consent_said_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("what", models.CharField(max_length=200)),
                ("who", models.CharField(help_text="The department or system that sends it.", max_length=120)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("sent", "Sent"),
                            ("failed", "Could not be delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="sent",
                        max_length=10,
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="The sender's own; the same that its events bear as their thread.",
                        max_length=120,
                        unique=True,
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="customers.sourceprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [models.Index(fields=["profile", "-at"], name="delivery_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "SMS"),
                            ("voice", "Calls"),
                            ("app", "App messages"),
                            ("post", "Letters"),
                        ],
                        max_length=10,
                        verbose_name="preferred channel",
                    ),
                ),
                ("hours_from", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("hours_to", models.TimeField(blank=True, null=True, verbose_name="to")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, help_text="When the customer said it.")),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="preference",
                        to="customers.sourceprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact preference",
                "verbose_name_plural": "contact preferences",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hours_from", None), ("hours_to", None)),
                            models.Q(
                                ("hours_from__isnull", False),
                                ("hours_to__isnull", False),
                                models.Q(("hours_from", models.F("hours_to")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="preference_hours_both",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        blank=True,
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
                        default="",
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                ("value", models.CharField(blank=True, default="", max_length=254, verbose_name="value")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "source",
                    models.CharField(
                        help_text="Who says so: the desk, a list, a provider.", max_length=80, verbose_name="source"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted")),
                (
                    "lifted_why",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="why it was lifted"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="customers.sourceprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "suppression",
                "verbose_name_plural": "suppression list",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("profile__isnull", False), ("type", ""), ("value", "")),
                            models.Q(
                                ("profile", None),
                                models.Q(("type", ""), _negated=True),
                                models.Q(("value", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="suppression_person_or_value",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None), ("profile", None)),
                        fields=("type", "value"),
                        name="suppression_value_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None), ("profile__isnull", False)),
                        fields=("profile",),
                        name="suppression_person_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LEDGER_GUARD, "DROP TRIGGER consent_is_append_only ON contact_consent"),
        migrations.RunPython(add_first_policies, migrations.RunPython.noop),
    ]
