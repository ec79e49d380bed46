import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.moments.models.kind

GUARD = """
CREATE TRIGGER step_is_append_only BEFORE UPDATE OR DELETE ON moments_step
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_audit_by_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0007_ledger_is_append_only"),
        ("interactions", "0004_links"),
        ("moments", "0002_first_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Moment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("reason", models.TextField(blank=True, verbose_name="in the customer's words")),
                ("suggestion", models.CharField(blank=True, max_length=200, verbose_name="suggested action")),
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
                        size=None,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="value")),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("purpose", models.CharField(default="marketing", max_length=40)),
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
                (
                    "words_travel",
                    models.BooleanField(default=False, help_text="The customer's words may leave the service side."),
                ),
                ("travels", models.JSONField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("offered", "Offered"), ("done", "Done"), ("expired", "Expired")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "act_by",
                    models.DateTimeField(help_text="Until when its owner acts; empty: it was escalated.", null=True),
                ),
                (
                    "handoff",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("transfer", "Please take it over"),
                            ("referral", "For your attention"),
                            ("escalation", "I cannot settle this"),
                        ],
                        max_length=10,
                    ),
                ),
                ("offered_at", models.DateTimeField(null=True)),
                ("answer_by", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                (
                    "holder",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(offered_to_team__isnull=False, then=None),
                            default=django.db.models.functions.comparison.Coalesce(
                                "offered_to_user_id", "owner_user_id"
                            ),
                        ),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "Reached"),
                            ("bought", "Bought"),
                            ("thanked", "Thanked"),
                            ("refused", "Refused"),
                            ("no_permission", "No permission"),
                            ("too_late", "Too late"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("line", models.CharField(blank=True, help_text="What came of it, for the sender.", max_length=300)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "rule",
                    models.CharField(blank=True, help_text="The rule that saw it, if no person did.", max_length=60),
                ),
                ("key", models.CharField(help_text="Sent twice, it is one moment.", max_length=120, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "came_from_team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "came_from_user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offered_to_team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "offered_to_user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("origins", models.ManyToManyField(related_name="moments", to="interactions.interaction")),
                (
                    "owner_team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                        verbose_name="owner",
                    ),
                ),
                (
                    "owner_user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moments",
                        to="customers.sourceprofile",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "sender",
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
                "verbose_name": "moment",
                "verbose_name_plural": "moments",
                "indexes": [
                    models.Index(
                        condition=models.Q(("snoozed_until", None), ("state__in", ("open", "offered"))),
                        fields=["holder", "due_at", "id"],
                        name="moment_mine",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("holder", None), ("snoozed_until", None), ("state__in", ("open", "offered"))
                        ),
                        fields=["queue", "due_at", "id"],
                        name="moment_unclaimed",
                    ),
                    models.Index(
                        condition=models.Q(("snoozed_until", None), ("state__in", ("open", "offered"))),
                        fields=["queue", "due_at", "id"],
                        name="moment_due",
                    ),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False), ("state__in", ("open", "offered"))),
                        fields=["queue", "snoozed_until", "id"],
                        name="moment_snoozed",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("done", "expired"))),
                        fields=["queue", "-done_at", "-id"],
                        name="moment_done",
                    ),
                    models.Index(fields=["marked_by", "-changed_at"], name="moment_marked_by"),
                    models.Index(fields=["sender", "-changed_at"], name="moment_sender"),
                    models.Index(fields=["profile", "-id"], name="moment_of_profile"),
                    models.Index(
                        condition=models.Q(("state", "offered")), fields=["answer_by"], name="moment_unanswered"
                    ),
                    models.Index(
                        condition=models.Q(("act_by__isnull", False), ("state", "open")),
                        fields=["act_by"],
                        name="moment_idle",
                    ),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)),
                        fields=["snoozed_until"],
                        name="moment_to_wake",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "offered"))),
                        fields=["kind", "due_at"],
                        name="moment_to_lapse",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_team", None), ("owner_user__isnull", False)),
                            models.Q(("owner_team__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="moment_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer_by__isnull", False),
                                ("offered_at__isnull", False),
                                ("state", "offered"),
                                models.Q(("handoff", ""), _negated=True),
                                models.Q(
                                    models.Q(("offered_to_team", None), ("offered_to_user__isnull", False)),
                                    models.Q(("offered_to_team__isnull", False), ("offered_to_user", None)),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                models.Q(("state", "offered"), _negated=True),
                                ("answer_by", None),
                                ("handoff", ""),
                                ("offered_at", None),
                                ("offered_to_team", None),
                                ("offered_to_user", None),
                            ),
                            _connector="OR",
                        ),
                        name="moment_offer_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("snoozed_until", None),
                                ("state__in", ("done", "expired")),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                ("done_at", None), ("line", ""), ("outcome", ""), ("state__in", ("open", "offered"))
                            ),
                            _connector="OR",
                        ),
                        name="moment_end_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("snoozed_until", None), ("state", "open"), _connector="OR"),
                        name="moment_sleeps_when_owned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MomentKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("label", models.CharField(max_length=60, verbose_name="label")),
                (
                    "icon",
                    models.CharField(
                        default="sparkles", help_text="One of the desk's own icons.", max_length=40, verbose_name="icon"
                    ),
                ),
                (
                    "suggestion",
                    models.CharField(
                        blank=True,
                        help_text="What the form begins with.",
                        max_length=200,
                        verbose_name="suggested action",
                    ),
                ),
                (
                    "accept_minutes",
                    models.PositiveIntegerField(
                        default=120,
                        help_text="For whoever it is offered.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="minutes to answer",
                    ),
                ),
                (
                    "act_minutes",
                    models.PositiveIntegerField(
                        default=1440,
                        help_text="For whoever owns it.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="minutes to act",
                    ),
                ),
                (
                    "lapse_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="So long after it was due it is closed as too late. Empty: never.",
                        null=True,
                        verbose_name="lapses after days",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("marketing", "Marketing"),
                            ("service", "Service"),
                            ("survey", "Surveys"),
                            ("events", "Invitations"),
                            ("partners", "Offers of partners"),
                        ],
                        default="marketing",
                        max_length=40,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "travels",
                    models.BooleanField(
                        default=True,
                        help_text="As a minimal copy, never the story itself.",
                        verbose_name="may leave the service side",
                    ),
                ),
                (
                    "blocked_tags",
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
                        default=apps.moments.models.kind.all_tags,
                        size=None,
                        verbose_name="stays inside if it touches",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "lead_team",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who is asked when nobody answers in time. Empty: it goes back to the sender.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.team",
                        verbose_name="escalates to",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        help_text="The queue it is offered to if nobody says otherwise.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.team",
                        verbose_name="goes to",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of moment",
                "verbose_name_plural": "kinds of moments",
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("mark", "Marked"),
                            ("amend", "Amended"),
                            ("offer", "Offered"),
                            ("accept", "Accepted"),
                            ("decline", "Declined"),
                            ("withdraw", "Withdrawn"),
                            ("return", "Given back"),
                            ("escalate", "Escalated"),
                            ("reassign", "Assigned"),
                            ("snooze", "Snoozed"),
                            ("wake", "Woken"),
                            ("contact", "Contacted"),
                            ("done", "Done"),
                            ("expire", "Expired"),
                            ("undo", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField()),
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
                    "from_team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "from_user",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="moments.moment",
                    ),
                ),
                (
                    "to_team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "to_user",
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
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "constraints": [models.UniqueConstraint(fields=("moment", "version"), name="step_of_moment")],
            },
        ),
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER step_is_append_only ON moments_step",
        ),
    ]
