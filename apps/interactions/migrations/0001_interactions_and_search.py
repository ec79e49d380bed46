import uuid

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.interactions.models
import apps.interactions.nature

# Beside its words an entry is found by what is no text: `@` stands before each name of whoever logged it, `#` before its
# reference (`ORD-0042`: #ord, #0042, #ord0042, #42), `=` before its amount with three decimals. No text has such words.
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.klatsch (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.klatsch
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;
CREATE FUNCTION public.klatsch_marked_reference(words text, joined text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN string_to_array('#' || replace(words, ' ', ' #'), ' ') || ARRAY[
    '#' || joined, '#' || ltrim(joined, 'abcdefghijklmnopqrstuvwxyz'), '#' || ltrim(joined, 'abcdefghijklmnopqrstuvwxyz0')
];
CREATE FUNCTION public.klatsch_search_vector(
    title text, body text, verbatim text, reference text, staff_name text, amount numeric
)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('public.klatsch'::regconfig, title || ' ' || reference || ' ' || verbatim || ' ' || body) ||
    CASE WHEN staff_name = '' AND reference = '' AND amount IS NULL THEN ''::tsvector
    ELSE array_to_tsvector(
        CASE WHEN staff_name = '' THEN '{}' ELSE string_to_array(
            '@' || replace(translate(public.klatsch_fold(staff_name), '.,()', '    '), ' ', ' @'), ' '
        ) END ||
        CASE WHEN reference = '' THEN '{}' ELSE public.klatsch_marked_reference(
            translate(lower(reference), '-/_.#:', '      '), translate(lower(reference), '-/_.#: ', '')
        ) END ||
        CASE WHEN amount IS NULL THEN '{}' ELSE ARRAY['=' || abs(amount)::numeric(15, 3)::text] END
    ) END;
"""
CHANGE_GUARD = """
CREATE TRIGGER follow_up_change_is_append_only BEFORE UPDATE OR DELETE ON interactions_followupchange
    FOR EACH ROW EXECUTE FUNCTION public.klatsch_append_only();
"""
UNDO = """
DROP FUNCTION public.klatsch_search_vector(text, text, text, text, text, numeric);
DROP FUNCTION public.klatsch_marked_reference(text, text);
DROP TEXT SEARCH CONFIGURATION public.klatsch;
"""


# What a company begins with; each may be renamed, moved or switched off.
WRAP_UP_CODES = (
    ("delivery", "Delivery"),
    ("damaged", "Damaged or faulty"),
    ("return", "Return or exchange"),
    ("billing", "Invoice or refund"),
    ("order_change", "Order changed"),
    ("advice", "Help with a product"),
    ("account", "Details changed"),
    ("complaint", "Complaint"),
    ("praise", "Praise"),
)


def add_first_wrap_up_codes(apps, schema_editor):
    codes = apps.get_model("interactions", "Disposition")
    codes.objects.bulk_create(
        codes(code=code, label=label, position=10 * place) for place, (code, label) in enumerate(WRAP_UP_CODES, 1)
    )


class Migration(migrations.Migration):
    """What happened, in order, and how it is searched: words as they are written, accents and case aside."""

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_audit"),
        ("customers", "0001_customers_and_identity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(CONFIGURATION, UNDO),
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
            name="NoteTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=40, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
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
                "verbose_name": "note template",
                "verbose_name_plural": "note templates",
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
                    "read_back",
                    models.TextField(
                        blank=True, db_default="", default="", help_text="What we said back, to show that it was heard."
                    ),
                ),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=15, null=True)),
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
                (
                    "link",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Where it can be seen or heard: http(s).",
                        max_length=500,
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=200)),
                ("payload", models.JSONField(default=dict)),
                (
                    "nature",
                    models.GeneratedField(
                        db_persist=True,
                        expression=apps.interactions.nature.NATURE,
                        output_field=models.CharField(
                            choices=[("contact", "Contact"), ("trade", "Order, return or refund")],
                            max_length=10,
                            null=True,
                        ),
                    ),
                ),
                (
                    "withdrawn",
                    models.CharField(
                        blank=True,
                        choices=[("undone", "Undone"), ("retracted", "Retracted"), ("moved", "Moved")],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("title"),
                            models.F("body"),
                            models.F("verbatim"),
                            models.F("reference"),
                            models.F("staff_name"),
                            models.F("amount"),
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
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("promises", models.PositiveIntegerField(help_text="How many.")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "handover",
                "verbose_name_plural": "handovers",
                "indexes": [
                    models.Index(fields=["to_user", "-at"], name="handover_to_user"),
                    models.Index(fields=["to_team", "-at"], name="handover_to_team"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("to_team", None), ("to_user__isnull", False)),
                            models.Q(("to_team__isnull", False), ("to_user", None)),
                            _connector="OR",
                        ),
                        name="handover_has_one_receiver",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoverReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="interactions.handover",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("handover", "reader"), name="handover_receipt_once")],
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
                        choices=[("open", "Open"), ("kept", "Done"), ("broken", "Missed"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, db_default="", default="", max_length=80)),
                (
                    "awaits",
                    models.CharField(
                        blank=True,
                        choices=[("delivered", "Delivery"), ("refund", "Refund")],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="interactions.handover",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("owner__isnull", False), ("team__isnull", False), _connector="OR"),
                        name="follow_up_is_somebodys",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.UUIDField(db_index=True)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("reschedule", "Rescheduled"),
                            ("assign", "Assigned"),
                            ("hand_over", "Handed over"),
                            ("undo", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="interactions.followup",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a follow-up",
                "verbose_name_plural": "changes of follow-ups",
            },
        ),
        migrations.RunSQL(CHANGE_GUARD, "DROP TRIGGER follow_up_change_is_append_only ON interactions_followupchange"),
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
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("undone", "Undone"), ("retracted", "Retracted"), ("moved", "Moved")], max_length=10
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "copy",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moved_here",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "taken_back_by",
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
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
            },
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
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(fields=["profile", "-occurred_at", "-id"], name="interaction_timeline"),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(
                    models.Q(("verbatim", ""), _negated=True),
                    models.Q(("read_back", ""), _negated=True),
                    _connector="OR",
                ),
                fields=["profile", "-occurred_at", "-id"],
                name="interaction_own_words",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("nature__isnull", False)),
                fields=["profile", "nature", "-occurred_at", "-id"],
                name="interaction_nature",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=django.contrib.postgres.indexes.GinIndex(fields=["profile", "search"], name="interaction_search"),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True), fields=["reference"], name="interaction_reference"
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["recorded_at"], name="interaction_recorded", pages_per_range=32
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("staff__isnull", False)),
                fields=["staff", "-occurred_at", "-id"],
                name="interaction_of_staff",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)), fields=("interaction",), name="correction_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("copy__isnull", False), ("kind", "moved")),
                    models.Q(models.Q(("kind", "moved"), _negated=True), ("copy", None)),
                    _connector="OR",
                ),
                name="correction_moves_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.UniqueConstraint(fields=("source", "external_id"), name="interaction_once_per_source"),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["owner", "due_at"], name="follow_up_mine"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["profile", "due_at"], name="follow_up_open"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["team", "due_at", "id"], name="follow_up_ours"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["owner", "-closed_at", "-id"],
                name="follow_up_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["team", "-closed_at", "-id"],
                name="follow_up_ours_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                models.OrderBy(django.db.models.functions.comparison.Coalesce("closed_at", "due_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="follow_up_counts",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(condition=models.Q(("state", "open")), fields=["due_at", "id"], name="follow_up_due"),
        ),
        migrations.RunPython(add_first_wrap_up_codes, migrations.RunPython.noop),
    ]
