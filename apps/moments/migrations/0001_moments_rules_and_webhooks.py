import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.moments.models.kind
import apps.moments.models.webhook

STEP_GUARD = """
CREATE TRIGGER step_is_append_only BEFORE UPDATE OR DELETE ON moments_step
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""
VERSION_GUARD = """
CREATE TRIGGER rule_version_is_append_only BEFORE UPDATE OR DELETE ON moments_momentruleversion
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""

UPSET = (
    'complaint OR unacceptable OR terrible OR awful OR disgraceful OR disappointed OR "never again" OR "rip off"'
    ' OR enttäuscht OR unverschämt OR reklamation OR "nie wieder" OR décevant OR inadmissible OR "plus jamais"'
)
LEAVING = (
    '"cancel my contract" OR "cancel my subscription" OR "close my account" OR "will not be renewed"'
    ' OR "subscription ended" OR kündigen OR kündige OR kündigung OR résilier OR résiliation'
)
MISSING = (
    '"out of stock" OR "sold out" OR "not in stock" OR "no longer sell" OR "do not have it" OR'
    ' "don\'t have it" OR ausverkauft OR "nicht vorrätig" OR "rupture de stock" OR épuisé'
)
IN_PUBLIC = {
    "kind": "complaint", "channels": ["social"], "direction": "inbound", "promotion_days": 14, "tags": ["complaint"],
    "quiet_days": 7,
}  # fmt: skip
RULES = (
    {
        "code": "public-complaint", "name": "Unhappy in public while a promotion is scheduled", "sentiment": "negative",
        **IN_PUBLIC,
    },
    {
        "code": "public-complaint-words", "name": "Angry words in public while a promotion is scheduled",
        "words": UPSET, **IN_PUBLIC,
    },
    {
        "code": "first-big-order", "name": "First big order", "kind": "big_order", "channels": ["order"],
        "kinds": ["order"], "least_amount": Decimal("300.00"), "currency": "EUR", "first": True, "quiet_days": 365,
    },
    {
        "code": "praise", "name": "Praise in their own words", "kind": "praise", "direction": "inbound",
        "sentiment": "positive", "spoken": True, "quiet_days": 90,
    },
    {
        "code": "leaving", "name": "Contract cancelled, or about to be", "kind": "leaving", "direction": "inbound",
        "words": LEAVING, "answer_minutes": 5, "quiet_days": 30,
    },
    {
        "code": "unmet-wish", "name": "Asked for what we do not have", "kind": "wish", "direction": "inbound",
        "channels": ["voice", "chat", "email", "sms", "social", "store"], "words": MISSING, "quiet_days": 14,
    },
    {
        "code": "cart-then-call", "name": "Cart left behind, then a call", "kind": "cart", "direction": "inbound",
        "channels": ["voice"], "kinds": ["call", "missed_call"], "preceded_by": ["cart", "checkout"],
        "preceded_hours": 24, "unless_kinds": ["order"], "answer_minutes": 5, "quiet_days": 7,
    },
    # Off until a supervisor has seen how many it would be: everybody has a birthday.
    {
        "code": "birthday", "name": "Birthday in three days", "kind": "birthday", "looks_at": "birthday",
        "birthday_days": 3, "quiet_days": 300, "active": False,
    },
)  # fmt: skip
STATE = {"id", "code", "version"}


def add_first_rules(apps, schema_editor):
    rules = apps.get_model("moments", "MomentRule")
    versions = apps.get_model("moments", "MomentRuleVersion")
    watches = apps.get_model("moments", "RuleWatch")
    decided = [field.name for field in rules._meta.fields if field.name not in STATE]
    for values in RULES:
        rule = rules.objects.create(**{"active": True, **values}, version=1)
        settings = {name: getattr(rule, name) for name in decided}
        kept = {name: str(value) if isinstance(value, Decimal) else value for name, value in settings.items()}
        versions.objects.create(rule=rule, number=1, settings=kept)
        watches.objects.create(rule=rule)


class Migration(migrations.Migration):
    """What someone must seize, who owns it, which rules see it and who is told; with first rules that look from now on."""

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_audit"),
        ("customers", "0001_customers_and_identity"),
        ("interactions", "0001_interactions_and_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                ("value", models.DecimalField(decimal_places=3, max_digits=15, null=True, verbose_name="value")),
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
                    "disclose_words",
                    models.BooleanField(default=False, help_text="The customer's words may leave the service side."),
                ),
                ("disclosed", models.JSONField(null=True)),
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
                    "deadline",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Least("answer_by", "due_at"),
                        output_field=models.DateTimeField(),
                    ),
                ),
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
                            ("refused", "Declined by customer"),
                            ("no_permission", "No permission"),
                            ("too_late", "Too late"),
                            ("not_one", "Not valid"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("line", models.CharField(blank=True, help_text="What came of it, for the sender.", max_length=300)),
                ("done_at", models.DateTimeField(null=True)),
                ("first_offered_at", models.DateTimeField(null=True)),
                ("first_accepted_at", models.DateTimeField(null=True)),
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
                    "may_leave",
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
            },
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("snoozed_until", None), ("state__in", ("open", "offered"))),
                fields=["holder", "deadline", "id"],
                name="moment_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("holder", None), ("snoozed_until", None), ("state__in", ("open", "offered"))),
                fields=["queue", "deadline", "id"],
                name="moment_unclaimed",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("snoozed_until", None), ("state__in", ("open", "offered"))),
                fields=["queue", "due_at", "id"],
                name="moment_due",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("snoozed_until__isnull", False), ("state__in", ("open", "offered"))),
                fields=["queue", "snoozed_until", "id"],
                name="moment_snoozed",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("state__in", ("done", "expired"))),
                fields=["queue", "-done_at", "-id"],
                name="moment_done",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(fields=["marked_by", "-changed_at"], name="moment_marked_by"),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(fields=["sender", "-changed_at"], name="moment_sender"),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(fields=["profile", "-id"], name="moment_of_profile"),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("state", "offered")), fields=["answer_by"], name="moment_unanswered"
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("act_by__isnull", False), ("state", "open")), fields=["act_by"], name="moment_idle"
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("snoozed_until__isnull", False)), fields=["snoozed_until"], name="moment_to_wake"
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "offered"))),
                fields=["kind", "due_at"],
                name="moment_to_lapse",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(fields=["-created_at", "-id"], name="moment_seen"),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("first_offered_at__isnull", False)),
                fields=["-first_offered_at", "-id"],
                name="moment_handed",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("first_accepted_at__isnull", False)),
                fields=["-first_accepted_at", "-id"],
                name="moment_accepted",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                models.OrderBy(django.db.models.functions.comparison.Coalesce("done_at", "due_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="moment_counts",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "offered"))),
                fields=["created_at", "id"],
                name="moment_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="moment",
            index=models.Index(
                condition=models.Q(("rule", ""), _negated=True), fields=["created_at"], name="moment_proposed"
            ),
        ),
        migrations.AddConstraint(
            model_name="moment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner_team", None), ("owner_user__isnull", False)),
                    models.Q(("owner_team__isnull", False), ("owner_user", None)),
                    _connector="OR",
                ),
                name="moment_has_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="moment",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="moment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_at__isnull", False),
                        ("snoozed_until", None),
                        ("state__in", ("done", "expired")),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    models.Q(("done_at", None), ("line", ""), ("outcome", ""), ("state__in", ("open", "offered"))),
                    _connector="OR",
                ),
                name="moment_end_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="moment",
            constraint=models.CheckConstraint(
                condition=models.Q(("snoozed_until", None), ("state", "open"), _connector="OR"),
                name="moment_sleeps_when_owned",
            ),
        ),
        migrations.AddConstraint(
            model_name="momentruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "number"), name="version_of_rule"),
        ),
        migrations.AddConstraint(
            model_name="ruleday",
            constraint=models.UniqueConstraint(fields=("rule", "day"), name="day_of_rule"),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(condition=models.Q(("act", "decline")), fields=["-at", "-id"], name="step_declined"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("moment", "version"), name="step_of_moment"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("sent_at", None)), fields=["person", "id"], name="notice_unsent"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("step", "person"), name="notice_once"),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["endpoint", "due_at", "id"], name="webhook_due"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("leased_until__isnull", False)),
                fields=["endpoint", "leased_until"],
                name="webhook_flying",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(fields=["endpoint", "-id"], name="webhook_latest"),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["endpoint", "-id"], name="webhook_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="webhook_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookattempt",
            index=models.Index(fields=["message", "-id"], name="attempt_of_message"),
        ),
        migrations.AddIndex(
            model_name="webhookattempt",
            index=models.Index(fields=["at"], name="attempt_by_time"),
        ),
        migrations.RunSQL(STEP_GUARD, "DROP TRIGGER step_is_append_only ON moments_step"),
        migrations.RunSQL(VERSION_GUARD, "DROP TRIGGER rule_version_is_append_only ON moments_momentruleversion"),
        migrations.RunPython(add_first_rules, migrations.RunPython.noop),
    ]
