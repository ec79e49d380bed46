from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.moments.models.webhook

# When the moments there are were first offered and accepted.
MILESTONES = """
UPDATE moments_moment m SET first_offered_at = s.offered, first_accepted_at = s.accepted
FROM (
    SELECT moment_id, min(at) FILTER (WHERE act = 'offer') AS offered,
           min(at) FILTER (WHERE act = 'accept') AS accepted
    FROM moments_step WHERE act IN ('offer', 'accept') GROUP BY moment_id
) s WHERE s.moment_id = m.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_moments_by_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0007_ledger_is_append_only"),
        ("interactions", "0005_read_back"),
        ("moments", "0003_moments"),
    ]

    operations = [
        migrations.CreateModel(
            name="MomentRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "code",
                    models.SlugField(
                        help_text="What its moments bear; it stays.", max_length=40, unique=True, verbose_name="code"
                    ),
                ),
                ("kind", models.CharField(help_text="The kind of moment.", max_length=40, verbose_name="proposes")),
                ("active", models.BooleanField(default=False, verbose_name="active")),
                (
                    "looks_at",
                    models.CharField(
                        choices=[
                            ("interaction", "What happens with a customer"),
                            ("birthday", "A birthday that is near"),
                        ],
                        default="interaction",
                        max_length=12,
                        verbose_name="looks at",
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
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
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="channels",
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="Such as order, call, review; separated by commas. Empty: any.",
                        size=None,
                        verbose_name="kinds of entries",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        blank=True,
                        choices=[("inbound", "From the customer"), ("outbound", "From us"), ("internal", "Among us")],
                        max_length=10,
                        verbose_name="direction",
                    ),
                ),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        max_length=10,
                        verbose_name="sentiment",
                    ),
                ),
                (
                    "dispositions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Any of these.",
                        size=None,
                        verbose_name="wrap-up codes",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        help_text="As in the search of a story: several words, “in quotes”, or, and - for what must not be there.",
                        max_length=300,
                        verbose_name="words",
                    ),
                ),
                (
                    "least_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="least amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True, help_text="Such as EUR. Empty: any.", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "touchpoint",
                    models.CharField(
                        blank=True,
                        help_text="What its name begins with, such as Store 12.",
                        max_length=80,
                        verbose_name="touch point",
                    ),
                ),
                (
                    "spoken",
                    models.BooleanField(
                        default=False,
                        help_text="The customer said something, and it was kept.",
                        verbose_name="only with their own words",
                    ),
                ),
                (
                    "first",
                    models.BooleanField(
                        default=False,
                        help_text="Nothing that fits what is said above has happened with this customer before.",
                        verbose_name="only their first",
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="Only customers of these, separated by commas. Empty: all.",
                        size=None,
                        verbose_name="tiers",
                    ),
                ),
                (
                    "promotion_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Only while something promotional is about to be sent to them.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="a promotion is scheduled within days",
                    ),
                ),
                (
                    "preceded_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="One of these kinds of entries came before, such as checkout or cart_updated.",
                        size=None,
                        verbose_name="only after",
                    ),
                ),
                (
                    "preceded_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="How long before, at most.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="within hours",
                    ),
                ),
                (
                    "unless_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="One of these came in between or just after, such as order.",
                        size=None,
                        verbose_name="unless",
                    ),
                ),
                (
                    "birthday_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="0: on the day.",
                        validators=[django.core.validators.MaxValueValidator(30)],
                        verbose_name="days before",
                    ),
                ),
                (
                    "suggestion",
                    models.CharField(
                        blank=True,
                        help_text="Empty: that of the kind.",
                        max_length=200,
                        verbose_name="suggested action",
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=60, verbose_name="product category")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("complaint", "A complaint"),
                                ("health", "Health"),
                                ("dispute", "A dispute"),
                                ("minor", "A minor"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="What keeps it with those who talk to the customer.",
                        size=None,
                        verbose_name="touches",
                    ),
                ),
                (
                    "due_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: the kind's time to act.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="due after minutes",
                    ),
                ),
                (
                    "answer_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="For whoever is talking to the customer, and is asked first. Then it goes to the team.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="minutes to answer",
                    ),
                ),
                (
                    "fresh_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        help_text="What happened longer ago than that when we learned of it sets off nothing.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="fresh for hours",
                    ),
                ),
                (
                    "quiet_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="So long it does not propose a second one for the same customer.",
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="quiet for days",
                    ),
                ),
                (
                    "daily_ceiling",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="When it would propose more than that on one day it stops itself, until you let it run again.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="at most a day",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "rule for moments",
                "verbose_name_plural": "rules for moments",
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "format",
                    models.CharField(
                        choices=[("standard", "Standard Webhooks"), ("mautic", "Mautic")],
                        default="standard",
                        max_length=10,
                        verbose_name="format",
                    ),
                ),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("moment.amended", "Amended"),
                                ("moment.offered", "Offered"),
                                ("moment.accepted", "Accepted"),
                                ("moment.declined", "Declined"),
                                ("moment.withdrawn", "Withdrawn"),
                                ("moment.returned", "Given back"),
                                ("moment.escalated", "Escalated"),
                                ("moment.assigned", "Assigned"),
                                ("moment.snoozed", "Snoozed"),
                                ("moment.woken", "Woken"),
                                ("moment.contacted", "Contacted"),
                                ("moment.done", "Done"),
                                ("moment.expired", "Expired"),
                                ("moment.undone", "Taken back"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        help_text="None: all of them.",
                        size=None,
                        verbose_name="events",
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="None: all of them.",
                        size=None,
                        verbose_name="kinds of moments",
                    ),
                ),
                ("settings", models.JSONField(blank=True, default=dict, verbose_name="settings")),
                ("vault", models.TextField(blank=True, default="", editable=False)),
                ("previous_until", models.DateTimeField(editable=False, null=True)),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                (
                    "rests_until",
                    models.DateTimeField(editable=False, help_text="Until when it has asked to be left.", null=True),
                ),
                ("disabled_at", models.DateTimeField(editable=False, null=True, verbose_name="switched off")),
                ("disabled_why", models.CharField(blank=True, default="", editable=False, max_length=300)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
            },
        ),
        migrations.AddField(
            model_name="moment",
            name="first_accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="moment",
            name="first_offered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="moment",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reached", "Reached"),
                    ("bought", "Bought"),
                    ("thanked", "Thanked"),
                    ("refused", "Refused"),
                    ("no_permission", "No permission"),
                    ("too_late", "Too late"),
                    ("not_one", "Not a moment after all"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
        migrations.CreateModel(
            name="RuleWatch",
            fields=[
                (
                    "rule",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="watch",
                        serialize=False,
                        to="moments.momentrule",
                    ),
                ),
                ("until", models.DateTimeField(default=django.utils.timezone.now)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "stopped_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ceiling", "It found more than it may propose on one day."),
                            ("slow", "Looking took too long."),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "watch of a rule",
                "verbose_name_plural": "watches of rules",
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=apps.moments.models.webhook.new_message_id,
                        editable=False,
                        max_length=40,
                        unique=True,
                        verbose_name="id",
                    ),
                ),
                ("event", models.CharField(max_length=40, verbose_name="event")),
                ("payload", models.JSONField(verbose_name="payload")),
                ("key", models.CharField(max_length=120, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="due")),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("reason", models.CharField(blank=True, default="", max_length=300, verbose_name="reason")),
                ("their_id", models.CharField(blank=True, default="", max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="moments.webhookendpoint",
                        verbose_name="webhook",
                    ),
                ),
                (
                    "moment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhook_messages",
                        to="moments.moment",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook message",
                "verbose_name_plural": "webhook log",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["endpoint", "due_at", "id"],
                        name="webhook_due",
                    ),
                    models.Index(fields=["endpoint", "-id"], name="webhook_latest"),
                    models.Index(
                        condition=models.Q(("state", "failed")), fields=["endpoint", "-id"], name="webhook_failed"
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="webhook_by_end"
                    ),
                    models.Index(
                        condition=models.Q(("leased_until__isnull", False)),
                        fields=["endpoint", "leased_until"],
                        name="webhook_flying",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
                ("answer", models.TextField(blank=True, default="")),
                ("error", models.CharField(blank=True, default="", max_length=40)),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="moments.webhookmessage",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "indexes": [
                    models.Index(fields=["message", "-id"], name="attempt_of_message"),
                    models.Index(fields=["at"], name="attempt_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Avoided",
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
                    "moment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="avoided",
                        to="moments.moment",
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
            name="MomentRuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("settings", models.JSONField()),
                (
                    "restored",
                    models.PositiveIntegerField(help_text="The older version that it brings back.", null=True),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="moments.momentrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a rule",
                "verbose_name_plural": "versions of rules",
                "constraints": [models.UniqueConstraint(fields=("rule", "number"), name="version_of_rule")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="moments.step"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("sent_at", None)), fields=["person", "id"], name="notice_unsent")
                ],
                "constraints": [models.UniqueConstraint(fields=("step", "person"), name="notice_once")],
            },
        ),
        migrations.CreateModel(
            name="RuleDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("proposed", models.PositiveIntegerField(default=0)),
                ("avoided", models.PositiveIntegerField(default=0)),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="moments.momentrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "day of a rule",
                "verbose_name_plural": "days of rules",
                "constraints": [models.UniqueConstraint(fields=("rule", "day"), name="day_of_rule")],
            },
        ),
        migrations.RunSQL(MILESTONES, migrations.RunSQL.noop),
    ]
