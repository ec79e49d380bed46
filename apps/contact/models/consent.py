"""What a person said about being contacted."""

from typing import Self, TypeAlias

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.customers.models import SourceProfile
from apps.interactions.drafts import ConsentStatus, ContactChannel, Purpose


class ConsentQuerySet(models.QuerySet["Consent"]):
    def deciding_first(self, *per: str) -> Self:
        """Ordered by these fields, and within each the line that holds first: the newest by when it was said. Of
        several said at the same instant a refusal holds, so that the order of arrival never matters."""
        agreed = models.Case(models.When(status=Consent.Status.GRANTED, then=1), default=0)
        return self.order_by(*per, "-at", agreed, "status", "-id")

    def current(self) -> Self:
        """What holds for each channel and purpose of the profiles asked about, one line each."""
        return self.deciding_first("channel", "purpose").distinct("channel", "purpose")


class Consent(models.Model):
    """One line of the consent ledger: what a person said about being contacted, when, to whom. The database refuses to
    change or remove one; the newest line by `at` for a channel and purpose is what holds (`current`)."""

    Channel: TypeAlias = ContactChannel
    Status: TypeAlias = ConsentStatus

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=40, default=Purpose.MARKETING)
    status = models.CharField(max_length=10, choices=Status.choices)
    at = models.DateTimeField(help_text=_("When the customer said it."))
    recorded_at = models.DateTimeField(default=now)
    origin = models.CharField(max_length=80, help_text=_("Where it was said: a form, a call, a store."))
    notice = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text=_("Version of the notice they were shown.")
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consent ledger")
        constraints = [
            models.UniqueConstraint(fields=["profile", "channel", "purpose", "status", "at"], name="consent_said_once")
        ]
        indexes = [models.Index(fields=["profile", "purpose", "channel", "-at"], name="consent_current")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_status_display()}"
