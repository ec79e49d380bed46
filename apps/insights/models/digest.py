"""The week in the customers' words: as it was, who wants it by mail, and to whom it went."""

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User


class Digest(models.Model):
    """A week that is over, as it was counted then. `week` is ISO 8601 (`2026-W48`); `content` holds figures and ids
    of verbatims, no words: those are read when it is shown, and are gone where they were erased."""

    week = models.CharField(max_length=8, unique=True)
    content = models.JSONField()
    made_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")

    def __str__(self) -> str:
        return self.week


class DigestReader(models.Model):
    """Somebody who wants every week's digest by mail."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest_reader")
    since = models.DateTimeField(default=now)


class DigestMail(models.Model):
    """That a week's digest goes, or went, to one person. What failed is tried again; what was begun and never ended
    is not, since it may have arrived."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="mails", db_index=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("digest mail")
        verbose_name_plural = _("digest mails")
        constraints = [models.UniqueConstraint(fields=["digest", "person"], name="digest_mail_once")]
