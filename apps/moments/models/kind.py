"""What kinds of moments a company watches for, and how long each may wait."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.contact.models import Purpose
from apps.foundation.cache import CachedQuerySet, CachedRows


class Tag(models.TextChoices):
    """What a moment touches that is nobody else's business."""

    COMPLAINT = "complaint", _("A complaint")
    HEALTH = "health", _("Health")
    DISPUTE = "dispute", _("A dispute")
    MINOR = "minor", _("A minor")


def all_tags() -> list[str]:
    return [str(tag) for tag in Tag.values]


class MomentKind(CachedRows):
    """A kind of moment. `code` is what moments bear; without a row the kinds of `kinds.DEFAULTS` hold.

    Limits are in minutes: how long an offer may go unanswered, and how long its owner may let it lie.
    """

    cached_as = "moment_kinds"

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=60)
    icon = models.CharField(_("icon"), max_length=40, default="sparkles", help_text=_("One of the desk's own icons."))
    suggestion = models.CharField(
        _("suggested action"), max_length=200, blank=True, help_text=_("What the form begins with.")
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("goes to"),
        help_text=_("The queue it is offered to if nobody says otherwise."),
    )
    lead_team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("escalates to"),
        help_text=_("Who is asked when nobody answers in time. Empty: it goes back to the sender."),
    )
    accept_minutes = models.PositiveIntegerField(
        _("minutes to answer"),
        default=120,
        validators=[MinValueValidator(1)],
        help_text=_("For whoever it is offered."),
    )
    act_minutes = models.PositiveIntegerField(
        _("minutes to act"), default=24 * 60, validators=[MinValueValidator(1)], help_text=_("For whoever owns it.")
    )
    lapse_days = models.PositiveSmallIntegerField(
        _("lapses after days"),
        null=True,
        blank=True,
        help_text=_("So long after it was due it is closed as too late. Empty: never."),
    )
    purpose = models.CharField(_("purpose"), max_length=40, choices=Purpose.choices, default=Purpose.MARKETING)
    may_leave = models.BooleanField(
        _("may leave the service side"), default=True, help_text=_("As a minimal copy, never the story itself.")
    )
    blocked_tags = ArrayField(
        models.CharField(max_length=20, choices=Tag.choices),
        verbose_name=_("stays inside if it touches"),
        default=all_tags,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)

    objects = CachedQuerySet["MomentKind"].as_manager()

    class Meta:
        verbose_name = _("kind of moment")
        verbose_name_plural = _("kinds of moments")

    def __str__(self) -> str:
        return str(self.label)  # the defaults' are translated when they are said
