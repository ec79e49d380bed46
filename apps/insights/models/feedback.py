"""What customers said in their own words, who has read it, and who shadowed the team that noted it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.customers.models import SourceProfile
from apps.foundation.db.keyset import earlier
from apps.interactions.models import Channel, Interaction, Sentiment

LOUDEST = 10


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def since(self, when: datetime) -> Self:
        return self.filter(said_at__gte=when)

    def newest_first(self) -> Self:
        return self.order_by("-said_at", "-id")

    def older_than(self, said_at: datetime, pk: int) -> Self:
        """The keyset step: rows strictly after this one in newest-first order."""
        return self.filter(earlier("said_at", said_at, pk))

    def with_words(self) -> Self:
        """What a card shows: the words themselves stay in the interaction."""
        return self.select_related("interaction", "profile__customer", "staff").only(
            "interaction", "profile", "said_at", "channel", "place", "product", "sentiment", "loudness", "staff",
            "interaction__channel", "interaction__direction", "interaction__verbatim", "interaction__body",
            "profile__customer",
            *(f"profile__customer__{name}" for name in ("public_id", "name", "since", "created_at")),
            "staff__first_name", "staff__username",
        )  # fmt: skip


FeedbackManager = models.Manager.from_queryset(FeedbackQuerySet)


class StandingFeedbackManager(FeedbackManager["Feedback"]):
    """What was said in entries that stand: one that was retracted is counted and shown by nobody."""

    def get_queryset(self) -> FeedbackQuerySet:
        return FeedbackQuerySet(self.model, using=self._db).filter(withdrawn=False)


class Feedback(models.Model):
    """An interaction that carries the customer's own words, with what lists of such are sorted and filtered by.

    It copies no words: they stay in the interaction, so that erasing it there erases it here. `loudness` is 0 to 10
    (`feedback.words.INTAKE` says how); `team` is the team of whoever logged it, at the time.
    """

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="feedback")
    profile = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="+", db_index=False)
    said_at = models.DateTimeField()
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    place = models.CharField(_("place"), max_length=80, blank=True, default="")
    product = models.CharField(_("product category"), max_length=60, blank=True, default="")
    sentiment = models.CharField(_("sentiment"), max_length=10, choices=Sentiment.choices, blank=True, default="")
    staff = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    loudness = models.PositiveSmallIntegerField(_("loudness"), default=0)
    noted_at = models.DateTimeField(default=now, editable=False)
    withdrawn = models.BooleanField(default=False, db_default=False, editable=False)  # as its interaction is

    objects = StandingFeedbackManager()
    originals = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("verbatim")
        verbose_name_plural = _("verbatims")
        constraints = [
            models.CheckConstraint(condition=models.Q(loudness__lte=LOUDEST), name="feedback_loudness"),
        ]
        indexes = [
            models.Index(fields=["-said_at", "-id"], name="feedback_newest"),
            models.Index(fields=["loudness", "-said_at", "-id"], name="feedback_loudest"),
            models.Index(fields=["channel", "-said_at", "-id"], name="feedback_by_channel"),
            models.Index(fields=["place", "-said_at", "-id"], name="feedback_by_place", condition=~models.Q(place="")),
            models.Index(
                fields=["product", "-said_at", "-id"], name="feedback_by_product", condition=~models.Q(product="")
            ),
            models.Index(
                fields=["sentiment", "-said_at", "-id"], name="feedback_by_feeling", condition=~models.Q(sentiment="")
            ),
            models.Index(fields=["profile", "-said_at"], name="feedback_of_profile"),
        ]


class SweepProgress(models.Model):
    """How far a sweep has read: everything recorded before `reached` has been dealt with."""

    name = models.CharField(max_length=40, unique=True)
    reached = models.DateTimeField()


class ReadReceiptQuerySet(models.QuerySet["ReadReceipt"]):
    def for_staff(self, staff: User, since: datetime) -> Self:
        """Who has read what this person logged, the latest first."""
        return self.filter(staff=staff, at__gte=since, feedback__withdrawn=False).order_by("-at", "-id")


class ReadReceipt(models.Model):
    """A read receipt: somebody has read these words and said so. `staff` is who logged them."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=now)

    objects = ReadReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("read receipt")
        verbose_name_plural = _("read receipts")
        constraints = [models.UniqueConstraint(fields=["feedback", "reader"], name="receipt_once")]
        indexes = [
            models.Index(
                fields=["staff", "-at", "-id"], name="receipt_of_staff", condition=models.Q(staff__isnull=False)
            )
        ]


class FeedbackReplyQuerySet(models.QuerySet["FeedbackReply"]):
    def addressed_to(self, user: User, since: datetime) -> Self:
        return self.filter(to=user, at__gte=since, feedback__withdrawn=False).order_by("-at", "-id")


class FeedbackReply(models.Model):
    """A line between whoever listens and whoever logged it, about one verbatim. `seen_at`: `to` has put it away."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="replies", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.CharField(_("reply"), max_length=500)
    at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True)

    objects = FeedbackReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        indexes = [
            models.Index(fields=["feedback", "at"], name="reply_of_feedback"),
            models.Index(fields=["to", "-at", "-id"], name="reply_to"),
        ]


class ShadowedDay(models.Model):
    """Somebody follows a team's day. The team sees who, and the audit trail has it."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    began_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("shadowed day")
        verbose_name_plural = _("shadowed days")
        constraints = [models.UniqueConstraint(fields=["team", "day", "person"], name="shadowed_day_once")]
