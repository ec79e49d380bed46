"""How promises change hands and days: what was handed over by whom, and every change with what it replaced."""

import uuid
from typing import Self

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User


class HandoverQuerySet(models.QuerySet["Handover"]):
    def told_to(self, user: User) -> Self:
        """What this person, or their team, was given and they have not said yet that they know, the latest first."""
        given = models.Q(to_user=user) | models.Q(to_team=user.team_id) if user.team_id else models.Q(to_user=user)
        known = HandoverReceipt.objects.filter(handover=models.OuterRef("pk"), reader=user)
        rows = self.filter(given, ~models.Exists(known), undone_at=None).exclude(actor=user)
        return rows.select_related("actor", "to_team").order_by("-at", "-id")


class Handover(models.Model):
    """Promises that somebody gave to a colleague or a team at once, such as at the end of a shift, with a note."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    promises = models.PositiveIntegerField(help_text=_("How many."))
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_user__isnull=False, to_team=None) | models.Q(to_user=None, to_team__isnull=False),
                name="handover_has_one_receiver",
            )
        ]
        indexes = [
            models.Index(fields=["to_user", "-at"], name="handover_to_user"),
            models.Index(fields=["to_team", "-at"], name="handover_to_team"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id}: {self.promises}"


class HandoverReceipt(models.Model):
    """Somebody who was told of a handover has said that they know."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="receipts")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "reader"], name="handover_receipt_once")]


class FollowUpChange(models.Model):
    """One promise was given another day or owner; the database refuses to change or remove a row.

    `batch` names what was done in one go. `before` and `after` are the columns that changed, as JSON keeps them.
    """

    class Act(models.TextChoices):
        RESCHEDULE = "reschedule", _("Rescheduled")
        ASSIGN = "assign", _("Assigned")
        HAND_OVER = "hand_over", _("Handed over")
        UNDO = "undo", _("Taken back")

    follow_up = models.ForeignKey("interactions.FollowUp", on_delete=models.PROTECT, related_name="changes")
    batch = models.UUIDField(db_index=True)
    act = models.CharField(max_length=10, choices=Act.choices)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("change of a follow-up")
        verbose_name_plural = _("changes of follow-ups")

    def __str__(self) -> str:
        return str(self.get_act_display())
