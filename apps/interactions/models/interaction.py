"""What happened between a person and the company, in order. Facts here are never rewritten."""

import hashlib
from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.customers.models import SourceProfile
from apps.foundation.db.keyset import earlier, later
from apps.interactions.models.wrap_up import Disposition
from apps.interactions.nature import NATURE, Nature


class Channel(models.TextChoices):
    VOICE = "voice", _("Call")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    SMS = "sms", _("SMS")
    SOCIAL = "social", _("Social")
    WEB = "web", _("Web")
    APP = "app", _("App")
    STORE = "store", _("Store")
    ATM = "atm", _("ATM")
    ORDER = "order", _("Order")
    PAYMENT = "payment", _("Payment")
    SURVEY = "survey", _("Survey")
    CAMPAIGN = "campaign", _("Campaign")
    NOTE = "note", _("Note")


class Direction(models.TextChoices):
    INBOUND = "inbound", _("From the customer")
    OUTBOUND = "outbound", _("From us")
    INTERNAL = "internal", _("Among us")


class Sentiment(models.TextChoices):
    POSITIVE = "positive", _("Positive")
    NEUTRAL = "neutral", _("Neutral")
    NEGATIVE = "negative", _("Negative")


# What a role does not need for its work it does not see: purpose limitation starts here.
HIDDEN_FROM: dict[str, frozenset[str]] = {
    Role.STORE: frozenset({Channel.ATM, Channel.PAYMENT}),
    # Conversations, and money: of these marketing reads what was handed to it, and what the listening desk masks.
    Role.MARKETER: frozenset(
        {
            Channel.VOICE,
            Channel.EMAIL,
            Channel.CHAT,
            Channel.SMS,
            Channel.SOCIAL,
            Channel.STORE,
            Channel.ATM,
            Channel.PAYMENT,
            Channel.NOTE,
        }
    ),
}

VISIT = "visit"  # the kind of a folded browsing session
BY_HAND = frozenset({"call", "note", "store_visit"})  # kinds that people log at the desk
DELIVERED, REFUND = "delivered", "refund"  # the kinds of what settles many a promise about an order
OWN_WORDS = ~models.Q(verbatim="") | ~models.Q(read_back="")


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        """What this person's role may read."""
        if not user.is_active:
            return self.none()
        hidden = HIDDEN_FROM.get(user.role)
        return self.exclude(channel__in=hidden) if hidden else self

    def hidden_from(self, user: User) -> Self:
        hidden = HIDDEN_FROM.get(user.role)
        return self.filter(channel__in=hidden) if hidden else self.none()

    def without_browsing(self) -> Self:
        return self.exclude(kind=VISIT)

    def with_own_words(self) -> Self:
        """What holds the customer's own words, or what we said back."""
        return self.filter(OWN_WORDS)

    def of_nature(self, nature: Nature) -> Self:
        return self.filter(nature=nature)

    def standing(self) -> Self:
        """What nobody has taken back, retracted or moved: what `objects` begins with."""
        return self.filter(withdrawn="")

    def with_marks(self) -> Self:
        """Of `originals`: what a story shows, be it as the mark that something stood there."""
        return self.exclude(withdrawn=Interaction.Withdrawn.UNDONE)

    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-id")

    def oldest_first(self) -> Self:
        return self.order_by("occurred_at", "id")

    def older_than(self, occurred_at: datetime, pk: int) -> Self:
        """The keyset step: rows strictly after this one in newest-first order."""
        return self.filter(earlier("occurred_at", occurred_at, pk))

    def newer_than(self, occurred_at: datetime, pk: int) -> Self:
        """The same step the other way, in oldest-first order."""
        return self.filter(later("occurred_at", occurred_at, pk))


InteractionManager = models.Manager.from_queryset(InteractionQuerySet)


class StandingManager(InteractionManager["Interaction"]):
    """Everything that reads interactions reads those that stand, unless it asks for the originals by that name."""

    def get_queryset(self) -> InteractionQuerySet:
        return InteractionQuerySet(self.model, using=self._db).standing()


class Interaction(models.Model):
    """One touch: who (profile), when, where, which way, and what was said or done.

    Append-only; the exceptions are a visit, which grows while its session lasts (`visits.py`), and an order of which an
    earlier sight comes late (`sights.py`). `occurred_at` is the
    business time, `recorded_at` when we learned of it. `(source, external_id)` makes a second delivery harmless.

    `withdrawn` says that a `Correction` took it out of the story; it is then read by nobody but through `originals`.
    SQL that is written by hand says `withdrawn = ''` itself.
    """

    class Withdrawn(models.TextChoices):
        UNDONE = "undone", _("Undone")  # at once, by whoever logged it, or the copy of a move that was taken back
        RETRACTED = "retracted", _("Retracted")
        MOVED = "moved", _("Moved")

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="interactions", db_index=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    kind = models.CharField(max_length=30)
    direction = models.CharField(max_length=10, choices=Direction.choices, default=Direction.INBOUND)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, default="")
    verbatim = models.TextField(blank=True, default="", help_text=_("The customer's own words."))
    read_back = models.TextField(
        blank=True, default="", db_default="", help_text=_("What we said back, to show that it was heard.")
    )
    sentiment = models.CharField(max_length=10, choices=Sentiment.choices, blank=True, default="")
    amount = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    touchpoint = models.CharField(
        max_length=80, blank=True, default="", help_text=_("Store 12, ATM 88, queue billing.")
    )
    staff = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    staff_name = models.CharField(max_length=120, blank=True, default="")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reference = models.CharField(max_length=80, blank=True, default="", help_text=_("Order or case number."))
    thread = models.CharField(max_length=120, blank=True, default="", help_text=_("What answers what shares it."))
    link = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text=_("Where it can be seen or heard: http(s).")
    )
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    nature = models.GeneratedField(
        expression=NATURE,
        output_field=models.CharField(max_length=10, choices=Nature.choices, null=True),
        db_persist=True,
    )
    withdrawn = models.CharField(
        max_length=10, choices=Withdrawn.choices, blank=True, default="", db_default="", editable=False
    )
    search = models.GeneratedField(
        expression=models.Func(
            models.F("title"),
            models.F("body"),
            models.F("verbatim"),
            models.F("reference"),
            models.F("staff_name"),
            models.F("amount"),
            function="klatsch_search_vector",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = StandingManager()
    originals = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="interaction_once_per_source")]
        indexes = [
            models.Index(fields=["profile", "-occurred_at", "-id"], name="interaction_timeline"),
            models.Index(fields=["profile", "-occurred_at", "-id"], name="interaction_own_words", condition=OWN_WORDS),
            models.Index(
                fields=["profile", "nature", "-occurred_at", "-id"],
                name="interaction_nature",
                condition=models.Q(nature__isnull=False),
            ),
            GinIndex(fields=["profile", "search"], name="interaction_search"),
            models.Index(fields=["reference"], name="interaction_reference", condition=~models.Q(reference="")),
            BrinIndex(fields=["recorded_at"], name="interaction_recorded", autosummarize=True, pages_per_range=32),
            models.Index(
                fields=["staff", "-occurred_at", "-id"],
                name="interaction_of_staff",
                condition=models.Q(staff__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.title}"


class PinQuerySet(models.QuerySet["Pin"]):
    def visible_to(self, user: User) -> Self:
        """Pinned entries this person's role may read, and which stand."""
        visible = self.exclude(interaction__channel__in=HIDDEN_FROM.get(user.role, frozenset()))
        return visible.filter(interaction__withdrawn="")

    def with_entry(self) -> Self:
        entry = (f"interaction__{name}" for name in ("title", "body", "verbatim", "occurred_at"))
        return self.select_related("interaction").only("at", *entry)


class Pin(models.Model):
    """An entry kept at the top of a customer's story for everyone."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="pin")
    profile = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="pins")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = PinQuerySet.as_manager()


def attachment_path(attachment: "Attachment", name: str) -> str:
    """A name nobody can guess or steer: the sender's own is only shown."""
    digest = hashlib.sha256(f"{attachment.interaction_id}:{name}:{timezone.now().timestamp()}".encode()).hexdigest()
    return f"attachments/{digest[:2]}/{digest}"


class Attachment(models.Model):
    """A file that came with an interaction. `name` is what the sender called it, shown but never used as a path."""

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=attachment_path)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=timezone.now)
