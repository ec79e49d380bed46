import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

import apps.customers.models.customer
from apps.customers.identity.rules import DEFAULTS

# How names are compared: lower case, without accents and apostrophes, parts of double names apart. `unaccent` alone is not immutable, so not indexable.
FOLD = """
CREATE FUNCTION public.klatsch_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(public.unaccent('public.unaccent'::regdictionary, $1)), '-''`\u00b4\u02bc\u02bb\u2019\u2018', ' ')
"""
# By where people live they are found beside their names: ` berlin 10115`, ` london sw1a 1aa sw1a1aa`.
PLACE_KEY = """
CREATE FUNCTION public.klatsch_place_key(city text, postcode text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN city = '' AND postcode = '' THEN '' ELSE rtrim(
    ' ' || public.klatsch_fold(city || ' ' || postcode) || ' ' ||
    CASE WHEN postcode ~ '[^[:alnum:]]' THEN lower(regexp_replace(postcode, '[^[:alnum:]]', '', 'g')) ELSE '' END
) END
"""


def add_default_rules(apps, schema_editor):
    rules = apps.get_model("customers", "IdentityRule")
    rules.objects.bulk_create(rules(type=kind, **values) for kind, values in DEFAULTS.items())


class Migration(migrations.Migration):
    """Who the customer is: source profiles, identifiers, evidence, merges and attributes; with the first rules of identity."""

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION public.klatsch_fold(text)"),
        migrations.RunSQL(PLACE_KEY, "DROP FUNCTION public.klatsch_place_key(text, text)"),
        migrations.CreateModel(
            name="AttributeDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="The name under which sources send it.",
                        max_length=60,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                ("label", models.CharField(max_length=60, verbose_name="label")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("flag", "Yes or no"),
                            ("choice", "One of a list"),
                        ],
                        default="text",
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="What may be chosen, separated by commas.",
                        size=None,
                        verbose_name="choices",
                    ),
                ),
                (
                    "precedence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Sources in order, the most trusted first. Those not named follow, the one heard from last first.",
                        size=None,
                        verbose_name="whose word counts",
                    ),
                ),
                (
                    "visible_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("agent", "Call-centre agent"),
                                ("store", "Store staff"),
                                ("marketer", "Marketer"),
                                ("supervisor", "Supervisor"),
                                ("owner", "System owner"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Roles that see it; none chosen: everybody.",
                        size=None,
                        verbose_name="visible to",
                    ),
                ),
                ("editable", models.BooleanField(default=True, verbose_name="may be changed at the desk")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
            ],
            options={
                "verbose_name": "attribute",
                "verbose_name_plural": "attributes",
            },
        ),
        migrations.CreateModel(
            name="IdentityRule",
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
                        unique=True,
                        verbose_name="type",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("strong", "Strong: belongs to a person"),
                            ("weak", "Weak: belongs to a thing, such as a device"),
                        ],
                        default="strong",
                        help_text="A weak identifier never joins two people whom strong ones tell apart.",
                        max_length=10,
                        verbose_name="tier",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Small counts more. Where not all identifiers can be right, those of the largest number give way.",
                        verbose_name="priority",
                    ),
                ),
                (
                    "normaliser",
                    models.CharField(
                        choices=[
                            ("none", "As its type has it"),
                            ("no_leading_zeros", "Without leading zeros"),
                            ("digits", "Digits only"),
                            ("letters_and_digits", "Letters and digits only, upper case"),
                            ("no_plus", "E-mail without what follows a plus"),
                        ],
                        default="none",
                        help_text="Holds for what arrives from now on.",
                        max_length=20,
                        verbose_name="spelling",
                    ),
                ),
                (
                    "per_customer",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Nobody is joined into a customer with more values of this type from one source. Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="values per customer",
                    ),
                ),
                (
                    "customers_per_value",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="A value that more customers have is shared by itself and joins nobody. Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="customers per value",
                    ),
                ),
                (
                    "names_must_agree",
                    models.BooleanField(
                        default=False,
                        help_text="Joins nobody whose first names or dates of birth say they are two people.",
                        verbose_name="names must agree",
                    ),
                ),
                (
                    "stale_after",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Days without being seen after which the value may be somebody else's. Empty: never.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="stale after",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier type",
                "verbose_name_plural": "identifier types",
            },
        ),
        migrations.CreateModel(
            name="MatchModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("trained_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("parameters", models.JSONField()),
                ("customers", models.PositiveIntegerField(help_text="Customers it was trained on.")),
                ("pairs", models.PositiveIntegerField(default=0, help_text="Suggestions of its last run.")),
                (
                    "left_out",
                    models.PositiveIntegerField(default=0, help_text="Pairs beyond what a run may suggest."),
                ),
                ("seconds", models.FloatField(default=0)),
                ("quality", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "matching model",
                "verbose_name_plural": "matching models",
            },
        ),
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
                ("born", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("street", models.CharField(blank=True, db_default="", max_length=120, verbose_name="street")),
                ("postcode", models.CharField(blank=True, db_default="", max_length=20, verbose_name="postcode")),
                ("region", models.CharField(blank=True, db_default="", max_length=60, verbose_name="region")),
                (
                    "place_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=apps.customers.models.customer.PlaceKey("city", "postcode"),
                        output_field=models.TextField(),
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "compared_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When they were last compared with everybody else; empty: due.",
                        null=True,
                    ),
                ),
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
            name="MatchCandidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.FloatField()),
                ("features", models.JSONField(default=dict)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("refused", "An identifier both have, that a limit kept from joining them"),
                            ("similar", "Alike at first sight"),
                            ("model", "Nightly comparison"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("later", "Later"),
                            ("matched", "The same"),
                            ("different", "Not the same"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "accepted_at_once",
                    models.BooleanField(db_default=False, default=False, help_text="With many, not looked at."),
                ),
                (
                    "a",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="customers.matchmodel",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggestion",
                "verbose_name_plural": "suggestions",
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
                        base_field=models.BigIntegerField(), help_text="Profiles that moved.", size=None
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
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
            },
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
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_seen", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen", models.DateTimeField(default=django.utils.timezone.now)),
                ("verified", models.BooleanField(default=True)),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "typed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
        ),
        migrations.CreateModel(
            name="AttributeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("value", models.JSONField(null=True)),
                ("before", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
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
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="customers.sourceprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "attribute change",
                "verbose_name_plural": "attribute changes",
            },
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("same", models.BooleanField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "a",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.sourceprofile"
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
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.sourceprofile"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verdicts",
                        to="customers.mergerecord",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
            },
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("name_key", "gin_trgm_ops"),
                django.contrib.postgres.indexes.OpClass("place_key", "gin_trgm_ops"),
                name="customer_name_words",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("name_key", "text_pattern_ops"), name="customer_name_prefix"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(condition=models.Q(("born__isnull", False)), fields=["born"], name="customer_born"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("postcode", ""), _negated=True), fields=["postcode"], name="customer_postcode"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("compared_at", None), ("merged_into", None)),
                fields=["-id"],
                name="customer_to_compare",
            ),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("status__in", ["open", "later"])), fields=["-score", "id"], name="match_to_review"
            ),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("status__in", ["matched", "different"])),
                fields=["-reviewed_at", "id"],
                name="match_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.UniqueConstraint(fields=("a", "b"), name="match_once"),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(condition=models.Q(("a__lt", models.F("b"))), name="match_elder_first"),
        ),
        migrations.AddConstraint(
            model_name="sourceprofile",
            constraint=models.UniqueConstraint(fields=("source", "external_id"), name="profile_once_per_source"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("profile", "identifier"), name="evidence_once"),
        ),
        migrations.AddIndex(
            model_name="attributechange",
            index=models.Index(fields=["profile", "key", "-at"], name="attribute_history"),
        ),
        migrations.RunPython(add_default_rules, migrations.RunPython.noop),
    ]
