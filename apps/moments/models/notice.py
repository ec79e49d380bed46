"""Who is told of a step by e-mail."""

from django.db import models
from django.utils.timezone import now

from apps.accounts.models import User
from apps.moments.models.moment import Step


class Notice(models.Model):
    """One person to be told of one step; `sent_at` is empty until a mail with it was taken by the server."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "person"], name="notice_once")]
        indexes = [models.Index(fields=["person", "id"], name="notice_unsent", condition=models.Q(sent_at=None))]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.step_id}"
