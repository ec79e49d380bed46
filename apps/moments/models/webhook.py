"""Which other systems are told of moments, what waits to be told, and what they answered."""

import secrets
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.moments.models.moment import Moment


class WebhookEvent(models.TextChoices):
    """What systems are told of, by the names that Standard Webhooks asks for. Nothing is told of a moment that has not
    left the service side, hence nothing of its being marked by people."""

    AMENDED = "moment.amended", _("Amended")
    OFFERED = "moment.offered", _("Offered")
    ACCEPTED = "moment.accepted", _("Accepted")
    DECLINED = "moment.declined", _("Declined")
    WITHDRAWN = "moment.withdrawn", _("Withdrawn")
    RETURNED = "moment.returned", _("Given back")
    ESCALATED = "moment.escalated", _("Escalated")
    ASSIGNED = "moment.assigned", _("Assigned")
    SNOOZED = "moment.snoozed", _("Snoozed")
    WOKEN = "moment.woken", _("Woken")
    CONTACTED = "moment.contacted", _("Contacted")
    DONE = "moment.done", _("Done")
    EXPIRED = "moment.expired", _("Expired")
    UNDONE = "moment.undone", _("Taken back")


TEST = "test"  # the event that the administration's button sends


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def listening(self) -> Self:
        """Those to whom anything is sent."""
        return self.filter(active=True, disabled_at=None)

    def disabled(self) -> Self:
        """Switched on by somebody, and switched off because nobody answered there."""
        return self.filter(active=True, disabled_at__isnull=False)


class WebhookEndpoint(models.Model):
    """An address of another system that is told of moments.

    `events` and `kinds` are what it is told of; empty: of everything. `vault` is what signs or opens requests,
    encrypted (`apps.foundation.vault`): `secret` and, until `previous_until`, `previous`; for Mautic `user` and
    `password` or `client_id` and `client_secret`. `settings` are the words of its format (`delivery.mautic`).
    """

    class Format(models.TextChoices):
        STANDARD = "standard", _("Standard Webhooks")
        MAUTIC = "mautic", _("Mautic")

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.URLField(_("address"), max_length=500)
    format = models.CharField(_("format"), max_length=10, choices=Format.choices, default=Format.STANDARD)
    events = ArrayField(
        models.CharField(max_length=40, choices=WebhookEvent.choices),
        verbose_name=_("events"),
        default=list,
        blank=True,
        help_text=_("None: all of them."),
    )
    kinds = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("kinds of moments"),
        default=list,
        blank=True,
        help_text=_("None: all of them."),
    )
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    vault = models.TextField(blank=True, default="", editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    failing_since = models.DateTimeField(null=True, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False, help_text=_("Until when it has asked to be left."))
    disabled_at = models.DateTimeField(_("switched off"), null=True, editable=False)
    disabled_why = models.CharField(max_length=300, blank=True, default="", editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    @property
    def signs_both(self) -> bool:
        """Whether the secret before this one still signs too."""
        return self.previous_until is not None and self.previous_until > now()

    def wants(self, event: str, kind: str) -> bool:
        return (not self.events or event in self.events) and (not self.kinds or kind in self.kinds)


def new_message_id() -> str:
    """The `webhook-id`: the same for every attempt, so that a receiver can drop what it has had."""
    return f"msg_{secrets.token_hex(14)}"


class WebhookMessageQuerySet(models.QuerySet["WebhookMessage"]):
    def pending(self) -> Self:
        return self.filter(state=WebhookMessage.State.PENDING)

    def failed(self) -> Self:
        return self.filter(state=WebhookMessage.State.FAILED)

    def over_since(self, when: datetime) -> Self:
        """Settled before this time, one way or the other."""
        return self.filter(done_at__lt=when)


class WebhookMessage(models.Model):
    """One event for one endpoint, written in the transaction of the step that it tells of.

    `key` names endpoint, moment and version: a step that is taken again makes no second. Whoever sends it holds it
    until `leased_until`; if they die it is due again. `reason` says why it failed or was cancelled, `their_id` what
    the other system calls what it made of it.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    public_id = models.CharField(_("id"), max_length=40, unique=True, default=new_message_id, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="messages", db_index=False, verbose_name=_("webhook")
    )
    event = models.CharField(_("event"), max_length=40)
    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, null=True, related_name="webhook_messages")
    payload = models.JSONField(_("payload"))
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    due_at = models.DateTimeField(_("due"), default=now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    their_id = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(_("made"), default=now)
    done_at = models.DateTimeField(null=True)

    objects = WebhookMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook log")
        indexes = [
            models.Index(fields=["endpoint", "due_at", "id"], name="webhook_due", condition=models.Q(state="pending")),
            models.Index(
                fields=["endpoint", "leased_until"],
                name="webhook_flying",
                condition=models.Q(leased_until__isnull=False),
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_latest"),
            models.Index(fields=["endpoint", "-id"], name="webhook_failed", condition=models.Q(state="failed")),
            models.Index(fields=["done_at"], name="webhook_by_end", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"

    @property
    def data(self) -> dict[str, Any]:
        """What the event is about, as it is sent."""
        found: dict[str, Any] = self.payload["data"]
        return found


class WebhookAttempt(models.Model):
    """One try to send a message, kept for a month. `error` is a word for programs (`refused`, `timeout`) where there
    was no answer; `answer` the beginning of what was answered."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="tries", db_index=False)
    at = models.DateTimeField(default=now)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True, default="")
    error = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["message", "-id"], name="attempt_of_message"),
            models.Index(fields=["at"], name="attempt_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.status or self.error}"
