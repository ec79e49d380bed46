"""How what happened reached us: sources, their keys, and every envelope as it came."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import digest_of


class SourceQuerySet(models.QuerySet["Source"]):
    def keyed(self, secret: str) -> Self:
        """The active source this write key opens, or none."""
        return self.filter(active=True, keys__digest=digest_of(secret), keys__revoked_at=None)


class Source(models.Model):
    """A system that tells us what customers did. Its slug is written on every profile and interaction and never
    changes; `kind` names the connector that understands it."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=40)
    active = models.BooleanField(_("active"), default=True)
    region = models.CharField(
        _("phone region"), max_length=2, default="GB", help_text=_("Country of phone numbers without a code.")
    )
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class WriteKey(models.Model):
    """A secret with which a source may write. Two may live at once, so that one can be replaced without a gap."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False, help_text=_("First characters, to tell keys apart."))
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("write key")
        verbose_name_plural = _("write keys")


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def waiting(self) -> Self:
        return self.filter(state=Envelope.State.RECEIVED)

    def due(self) -> Self:
        """Waiting, and not set aside until later. In the order of arrival, which is the order of the index."""
        return self.waiting().filter(retry_at__lte=now()).order_by("retry_at", "id")

    def claim(self) -> Self:
        """For the rest of the transaction these are ours: other workers pass over them."""
        return self.select_for_update(skip_locked=True, of=("self",))

    def quarantined(self) -> Self:
        return self.filter(state=Envelope.State.QUARANTINED)

    def conflicting(self) -> Self:
        return self.filter(state=Envelope.State.CONFLICT)


class Envelope(models.Model):
    """Raw input as received, card numbers masked. It is committed before its sender hears 2xx.

    `dedupe_key` is the sender's own id of the event, for ever unique within the source. A second event under the same
    key with another content is kept in state `conflict` under a key of its own, `<key>~<digest of the content>`.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        DONE = "done", _("Done")
        QUARANTINED = "quarantined", _("Quarantined")
        CONFLICT = "conflict", _("Conflict")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="envelopes", db_index=False)
    dedupe_key = models.CharField(max_length=220)
    digest = models.CharField(max_length=32)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(default=now)
    error = models.TextField(blank=True, default="")

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        constraints = [models.UniqueConstraint(fields=["source", "dedupe_key"], name="envelope_once_per_source")]
        indexes = [
            models.Index(fields=["retry_at", "id"], name="envelope_waiting", condition=models.Q(state="received")),
            models.Index(
                fields=["source", "state", "-id"],
                name="envelope_troubled",
                condition=models.Q(state__in=["quarantined", "conflict"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.dedupe_key}"
