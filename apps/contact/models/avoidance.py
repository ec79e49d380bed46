"""Contacts that did not happen because the customer's permission said no."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.contact.models.consent import Consent
from apps.customers.models import SourceProfile


class Where(models.TextChoices):
    """At what somebody was about to do when permission was asked for, and refused."""

    HANDOFF = "handoff", _("At the hand-off")
    ACCEPT = "accept", _("When it was taken over")
    CONTACT = "contact", _("Before the contact")
    OUTBOX = "outbox", _("On its way to another system")
    SCHEDULE = "schedule", _("When what was scheduled was due")
    RULE = "rule", _("When a rule saw a moment")


class Avoided(models.Model):
    """One contact that was about to happen and did not.

    `codes` are the reasons (`permission.Code`), the one that weighs most first; `channel` is empty where none was open.
    `team` is who tried. `key` makes it one a day, however often it was tried: customer, channel, purpose, place, day.
    """

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="avoided")
    about = models.UUIDField(null=True, help_text=_("The moment it was for."))
    kind = models.CharField(max_length=40, blank=True, default="", help_text=_("The kind of that moment."))
    channel = models.CharField(max_length=10, choices=Consent.Channel.choices, blank=True)
    purpose = models.CharField(max_length=40)
    codes = ArrayField(models.CharField(max_length=30))
    where = models.CharField(max_length=10, choices=Where.choices)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=now)
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        verbose_name = _("contact avoided")
        verbose_name_plural = _("contacts avoided")
        constraints = [models.CheckConstraint(condition=models.Q(codes__len__gt=0), name="avoided_for_a_reason")]
        indexes = [models.Index(fields=["-at", "-id"], name="avoided_by_time")]

    def __str__(self) -> str:
        return str(self.get_where_display())
