"""What sources and people say about a customer, attribute by attribute, and what they said before."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.customers.models.customer import SourceProfile
from apps.foundation.cache import CachedRows


class AttributeDefinitionQuerySet(models.QuerySet["AttributeDefinition"]):
    def hidden_from(self, user: User) -> Self:
        """Attributes that this person's role does not see."""
        return self.exclude(visible_to=[]).exclude(visible_to__contains=[user.role])


class AttributeDefinition(CachedRows):
    """What an attribute is called on screen, who may see it, and whose word counts where sources disagree.

    `key` is the trait's name in `SourceProfile.traits`. An attribute without a definition is shown to everybody under
    its own name, and the source heard from last is believed.
    """

    cached_as = "attribute_definitions"

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        FLAG = "flag", _("Yes or no")
        CHOICE = "choice", _("One of a list")

    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("The name under which sources send it."))
    label = models.CharField(_("label"), max_length=60)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.TEXT)
    choices = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("choices"),
        default=list,
        blank=True,
        help_text=_("What may be chosen, separated by commas."),
    )
    precedence = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("whose word counts"),
        default=list,
        blank=True,
        help_text=_("Sources in order, the most trusted first. Those not named follow, the one heard from last first."),
    )
    visible_to = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        verbose_name=_("visible to"),
        default=list,
        blank=True,
        help_text=_("Roles that see it; none chosen: everybody."),
    )
    editable = models.BooleanField(_("may be changed at the desk"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    objects = AttributeDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")

    def __str__(self) -> str:
        return self.label

    def shown_to(self, user: User) -> bool:
        return not self.visible_to or user.role in self.visible_to


class AttributeChange(models.Model):
    """A profile's attribute took another value. Kept for every change but the first thing a new profile says.

    `at` is when the source said it, or when somebody (`actor`) typed it; `value` None: taken away.
    """

    profile = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="changes", db_index=False)
    key = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    before = models.JSONField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=now, db_default=models.functions.Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("attribute change")
        verbose_name_plural = _("attribute changes")
        indexes = [models.Index(fields=["profile", "key", "-at"], name="attribute_history")]
