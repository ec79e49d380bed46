import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What customers say in their own words, by theme and week, and what we infer about them."""

    initial = True

    dependencies = [
        ("accounts", "0001_people_and_audit"),
        ("customers", "0001_customers_and_identity"),
        ("interactions", "0001_interactions_and_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.CharField(max_length=8, unique=True)),
                ("content", models.JSONField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "weekly digest",
                "verbose_name_plural": "weekly digests",
            },
        ),
        migrations.CreateModel(
            name="SweepProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("reached", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DigestReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digest_reader",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_at", models.DateTimeField()),
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
                        verbose_name="channel",
                    ),
                ),
                ("place", models.CharField(blank=True, default="", max_length=80, verbose_name="place")),
                ("product", models.CharField(blank=True, default="", max_length=60, verbose_name="product category")),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        default="",
                        max_length=10,
                        verbose_name="sentiment",
                    ),
                ),
                ("loudness", models.PositiveSmallIntegerField(default=0, verbose_name="loudness")),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("withdrawn", models.BooleanField(db_default=False, default=False, editable=False)),
                (
                    "interaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
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
                "verbose_name": "verbatim",
                "verbose_name_plural": "verbatims",
            },
        ),
        migrations.CreateModel(
            name="FeedbackReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=500, verbose_name="reply")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="insights.feedback",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
            },
        ),
        migrations.CreateModel(
            name="PropensityScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("buy", "Buy again"), ("churn", "Churn risk")], max_length=20)),
                ("value", models.PositiveSmallIntegerField()),
                ("model", models.CharField(max_length=80)),
                ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("orders", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), default=list, size=None
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "propensity",
                "verbose_name_plural": "propensities",
            },
        ),
        migrations.CreateModel(
            name="ReadReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "feedback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="insights.feedback",
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
                "verbose_name": "read receipt",
                "verbose_name_plural": "read receipts",
            },
        ),
        migrations.CreateModel(
            name="ShadowedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "shadowed day",
                "verbose_name_plural": "shadowed days",
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                (
                    "words",
                    models.CharField(
                        help_text="As in a web search: late or delayed, “not delivered”, -test.",
                        max_length=300,
                        verbose_name="words",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
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
                        default="",
                        max_length=10,
                        verbose_name="only by",
                    ),
                ),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        default="",
                        max_length=10,
                        verbose_name="only if",
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("teal", "Teal"),
                            ("blue", "Blue"),
                            ("violet", "Violet"),
                            ("rose", "Rose"),
                            ("amber", "Amber"),
                            ("green", "Green"),
                        ],
                        default="teal",
                        max_length=10,
                        verbose_name="colour",
                    ),
                ),
                (
                    "icon",
                    models.CharField(
                        default="tag", help_text="One of the desk's own icons.", max_length=40, verbose_name="icon"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reread_to", models.DateField(editable=False, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
            },
        ),
        migrations.CreateModel(
            name="FeedbackTheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "by",
                    models.CharField(
                        choices=[("rule", "its words"), ("person", "a person")], default="rule", max_length=10
                    ),
                ),
                ("removed", models.BooleanField(default=False)),
                ("said_at", models.DateTimeField()),
                ("loudness", models.PositiveSmallIntegerField(default=0)),
                ("unhappy", models.BooleanField(default=False)),
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
                    "feedback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="themed",
                        to="insights.feedback",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="themed",
                        to="insights.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme of a verbatim",
                "verbose_name_plural": "themes of verbatims",
            },
        ),
        migrations.CreateModel(
            name="ThemeDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("mentions", models.PositiveIntegerField()),
                ("unhappy", models.PositiveIntegerField()),
                (
                    "theme",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="insights.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "day of a theme",
                "verbose_name_plural": "days of themes",
            },
        ),
        migrations.CreateModel(
            name="ThemeSuggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("words", models.CharField(max_length=300, verbose_name="words")),
                (
                    "examples",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("recent", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("named", "Named"), ("waved", "Waved off")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="insights.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggested theme",
                "verbose_name_plural": "suggested themes",
            },
        ),
        migrations.CreateModel(
            name="DigestMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begun_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "digest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="insights.digest",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "digest mail",
                "verbose_name_plural": "digest mails",
                "constraints": [models.UniqueConstraint(fields=("digest", "person"), name="digest_mail_once")],
            },
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["-said_at", "-id"], name="feedback_newest"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["loudness", "-said_at", "-id"], name="feedback_loudest"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["channel", "-said_at", "-id"], name="feedback_by_channel"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("place", ""), _negated=True),
                fields=["place", "-said_at", "-id"],
                name="feedback_by_place",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("product", ""), _negated=True),
                fields=["product", "-said_at", "-id"],
                name="feedback_by_product",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("sentiment", ""), _negated=True),
                fields=["sentiment", "-said_at", "-id"],
                name="feedback_by_feeling",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["profile", "-said_at"], name="feedback_of_profile"),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(condition=models.Q(("loudness__lte", 10)), name="feedback_loudness"),
        ),
        migrations.AddIndex(
            model_name="feedbackreply",
            index=models.Index(fields=["feedback", "at"], name="reply_of_feedback"),
        ),
        migrations.AddIndex(
            model_name="feedbackreply",
            index=models.Index(fields=["to", "-at", "-id"], name="reply_to"),
        ),
        migrations.AddConstraint(
            model_name="propensityscore",
            constraint=models.UniqueConstraint(fields=("customer", "kind"), name="score_once"),
        ),
        migrations.AddConstraint(
            model_name="propensityscore",
            constraint=models.CheckConstraint(condition=models.Q(("value__lte", 100)), name="score_percent"),
        ),
        migrations.AddIndex(
            model_name="readreceipt",
            index=models.Index(
                condition=models.Q(("staff__isnull", False)), fields=["staff", "-at", "-id"], name="receipt_of_staff"
            ),
        ),
        migrations.AddConstraint(
            model_name="readreceipt",
            constraint=models.UniqueConstraint(fields=("feedback", "reader"), name="receipt_once"),
        ),
        migrations.AddConstraint(
            model_name="shadowedday",
            constraint=models.UniqueConstraint(fields=("team", "day", "person"), name="shadowed_day_once"),
        ),
        migrations.AddIndex(
            model_name="feedbacktheme",
            index=models.Index(
                condition=models.Q(("removed", False)), fields=["theme", "-said_at", "-feedback"], name="theme_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="feedbacktheme",
            index=models.Index(
                condition=models.Q(("removed", False)),
                fields=["theme", "loudness", "-said_at", "-feedback"],
                name="theme_loudest",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbacktheme",
            constraint=models.UniqueConstraint(fields=("feedback", "theme"), name="theme_once"),
        ),
        migrations.AddConstraint(
            model_name="feedbacktheme",
            constraint=models.CheckConstraint(
                condition=models.Q(("removed", False), ("by", "person"), _connector="OR"),
                name="theme_removed_by_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="themeday",
            constraint=models.UniqueConstraint(fields=("day", "theme"), name="theme_day_once", nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name="themesuggestion",
            index=models.Index(fields=["state", "-size"], name="suggestion_by_state"),
        ),
    ]
