"""Who has whom open at the desk."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.customers.models.customer import Customer

WRITING_FOR = timedelta(seconds=10)  # after what was typed last


class OpenTab(models.Model):
    """A customer whom somebody has open: what is open, who else is here, what is new since last time, and the
    unfinished note, all in one row per person and customer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_tabs")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="desk_tabs")
    opened_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text=_("Last sign of life of an open page."))
    read_until = models.DateTimeField(null=True, help_text=_("Everything recorded before was on the screen."))
    draft = models.JSONField(default=dict)
    writing_at = models.DateTimeField(null=True, help_text=_("When something was typed last into the draft."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="desk_tab_once")]
        indexes = [models.Index(fields=["customer", "alive_at"], name="desk_tab_presence")]

    @property
    def writing(self) -> bool:
        """Whether something is being typed right now: an unfinished note that only lies there does not count."""
        return self.writing_at is not None and now() - self.writing_at < WRITING_FOR
