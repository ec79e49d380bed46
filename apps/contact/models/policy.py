"""Under which rules customers are contacted, and what was sent to whom."""

from datetime import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.contact.models.consent import Consent
from apps.customers.models import Customer, SourceProfile
from apps.foundation.cache import CachedQuerySet, CachedRows
from apps.interactions.drafts import Purpose

LONGEST = 366  # days a cap may look back


class ContactPolicyQuerySet(CachedQuerySet["ContactPolicy"]):
    def active(self) -> Self:
        return self.filter(active=True)


class ContactPolicy(CachedRows):
    """A rule about contacting customers: how often at most, or at which hours not, for a channel and a purpose or for
    all of them. `priority` ranks what contacts are for: of two, the one with the smaller number goes first."""

    cached_as = "contact_policies"

    name = models.CharField(_("name"), max_length=80, unique=True)
    purpose = models.CharField(
        _("purpose"), max_length=40, blank=True, help_text=_("Such as marketing. Empty: whatever it is for.")
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=Consent.Channel.choices, blank=True, help_text=_("Empty: all together.")
    )
    cap = models.PositiveSmallIntegerField(
        _("at most"), null=True, blank=True, help_text=_("Contacts in so many days. Empty: no limit.")
    )
    cap_days = models.PositiveSmallIntegerField(
        _("in so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, help_text=_("In the customer's own time."))
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=100,
        help_text=_("What is for a purpose with a smaller number goes first; the other waits for a day."),
    )
    active = models.BooleanField(_("active"), default=True)

    objects = ContactPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact policy")
        verbose_name_plural = _("contact policies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cap=None, cap_days=None)
                | models.Q(cap__isnull=False, cap_days__gte=1, cap_days__lte=LONGEST),
                name="policy_cap_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | (
                    models.Q(quiet_from__isnull=False, quiet_to__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_to"))
                ),
                name="policy_quiet_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.purpose.strip().lower() in Purpose.values:  # as people write them: “Marketing”
            self.purpose = self.purpose.strip().lower()
        if (self.cap is None) != (self.cap_days is None):
            raise ValidationError(_("A limit needs both: how many contacts, and in how many days."))
        if (self.quiet_from is None) != (self.quiet_to is None) or (
            self.quiet_from and self.quiet_from == self.quiet_to
        ):
            raise ValidationError(_("Quiet hours need a beginning and another end."))

    def concerns(self, channel: str, purpose: str) -> bool:
        return self.channel in ("", channel) and self.purpose in ("", purpose)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(profile__customer=customer)

    def standing(self) -> Self:
        """What was sent or will be: what failed or was cancelled reached nobody."""
        return self.filter(outcome__in=Delivery.REACHES)

    def since(self, when: datetime) -> Self:
        return self.filter(at__gte=when)


class Delivery(models.Model):
    """One contact that was made or is to be made with permission: to whom, over what, for what, when, and what it says
    in a few words. `at` lies ahead while it is scheduled. `key` makes asking twice harmless."""

    class Outcome(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be delivered")
        CANCELLED = "cancelled", _("Cancelled")

    REACHES = (Outcome.SCHEDULED, Outcome.SENT)

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=10, choices=Consent.Channel.choices)
    purpose = models.CharField(max_length=40, default=Purpose.MARKETING)
    at = models.DateTimeField(default=now)
    what = models.CharField(max_length=200)
    who = models.CharField(max_length=120, help_text=_("The department or system that sends it."))
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.SENT)
    key = models.CharField(
        max_length=120, unique=True, help_text=_("The sender's own; the same that its events bear as their thread.")
    )
    recorded_at = models.DateTimeField(default=now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["profile", "-at"], name="delivery_by_time")]

    def __str__(self) -> str:
        return self.what
