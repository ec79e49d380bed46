"""What was logged wrongly, and what became of it. The facts themselves are never rewritten."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.interactions.models.interaction import Interaction


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def in_force(self) -> Self:
        return self.filter(taken_back_at=None)

    def with_names(self) -> Self:
        """With who did it, and the customers it was moved from and to, whoever they are by now."""
        both = ("interaction__profile__customer", "copy__profile__customer")
        return self.select_related("actor", "taken_back_by", *both)


class Correction(models.Model):
    """That an entry logged by hand was wrong: who said so, when and why. The entry itself stays as it was written.

    One that was moved has a `copy` in the other customer's story, at its own time; what hung on the entry hangs there.
    Taken back, the entry stands again as if nothing had been.
    """

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10, choices=Interaction.Withdrawn.choices)
    reason = models.CharField(max_length=200, blank=True, default="")
    copy = models.OneToOneField(Interaction, on_delete=models.PROTECT, null=True, related_name="moved_here")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    taken_back_at = models.DateTimeField(null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], name="correction_in_force", condition=models.Q(taken_back_at=None)
            ),
            models.CheckConstraint(
                condition=models.Q(kind="moved", copy__isnull=False) | ~models.Q(kind="moved") & models.Q(copy=None),
                name="correction_moves_somewhere",
            ),
        ]
