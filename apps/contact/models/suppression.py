"""What stops every contact, and how somebody would rather be contacted."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.contact.models.consent import Consent
from apps.customers.models.customer import Customer, SourceProfile
from apps.customers.models.identifier import Evidence, IdentifierType


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def of(self, customer: Customer) -> Self:
        """What stops contact with this customer: as a person, or by a value they are known by."""
        known = Evidence.objects.filter(
            profile__customer=customer,
            active=True,
            identifier__type=models.OuterRef("type"),
            identifier__value=models.OuterRef("value"),
        )
        return self.filter(models.Q(profile__customer=customer) | models.Q(models.Exists(known), profile=None))


class Suppression(models.Model):
    """A hard stop, for every purpose: nobody contacts this person (`profile`), or whoever has this value (`type` and
    `value`, normalised). It holds from when it is written until it is lifted; what was lifted is kept."""

    profile = models.ForeignKey(
        SourceProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="suppressions"
    )
    type = models.CharField(_("type"), max_length=20, choices=IdentifierType.choices, blank=True, default="")
    value = models.CharField(_("value"), max_length=254, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=200)
    source = models.CharField(_("source"), max_length=80, help_text=_("Who says so: the desk, a list, a provider."))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("since"), default=now)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_why = models.CharField(_("why it was lifted"), max_length=200, blank=True, default="")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppression list")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(profile__isnull=False, type="", value="")
                | (models.Q(profile=None) & ~models.Q(type="") & ~models.Q(value="")),
                name="suppression_person_or_value",
            ),
            models.UniqueConstraint(
                fields=["type", "value"],
                name="suppression_value_once",
                condition=models.Q(lifted_at=None, profile=None),
            ),
            models.UniqueConstraint(
                fields=["profile"],
                name="suppression_person_once",
                condition=models.Q(lifted_at=None, profile__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value}" if self.type else str(_("The person"))


class Preference(models.Model):
    """How one profile's person would rather be contacted; of several profiles the one that said it last counts.

    `hours_from` and `hours_to` are local to the customer, both or neither; a span over midnight is one.
    """

    profile = models.OneToOneField(SourceProfile, on_delete=models.PROTECT, related_name="preference")
    channel = models.CharField(_("preferred channel"), max_length=10, choices=Consent.Channel.choices, blank=True)
    hours_from = models.TimeField(_("from"), null=True, blank=True)
    hours_to = models.TimeField(_("to"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    at = models.DateTimeField(default=now, help_text=_("When the customer said it."))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("contact preference")
        verbose_name_plural = _("contact preferences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hours_from=None, hours_to=None)
                | (
                    models.Q(hours_from__isnull=False, hours_to__isnull=False)
                    & ~models.Q(hours_from=models.F("hours_to"))
                ),
                name="preference_hours_both",
            )
        ]

    def __str__(self) -> str:
        return str(self.profile)
