"""How what happened reached us: sources, their keys, and every envelope as it came."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import digest_of

SOURCES = "sources"  # the caches (`foundation.cache`) of what is known of sources; every verb that changes one says so


class SourceQuerySet(models.QuerySet["Source"]):
    def existing(self) -> Self:
        return self.filter(removed_at=None)

    def running(self) -> Self:
        return self.filter(active=True, paused_at=None, removed_at=None)

    def keyed(self, secret: str) -> Self:
        """The active source this write key opens, or none."""
        return self.opened_by(digest_of(secret))

    def opened_by(self, digest: str) -> Self:
        """The same by the digest of the key."""
        return self.filter(active=True, keys__digest=digest, keys__revoked_at=None)


class Source(models.Model):
    """A system that tells us what customers did. Its slug is written on every profile and interaction and never
    changes; `kind` names the connector that understands it.

    Paused, it may go on telling: what arrives is kept and held back. Switched off (`active`), it is turned away.
    Removed, it is forgotten as a source, its credentials first of all; what it told stays part of the story.
    """

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=40)
    active = models.BooleanField(_("active"), default=True)
    region = models.CharField(
        _("phone region"), max_length=2, default="GB", help_text=_("Country of phone numbers without a code.")
    )
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    vault = models.TextField(
        blank=True, default="", editable=False, help_text=_("Its passwords and tokens, encrypted (`vault.py`).")
    )
    every = models.PositiveIntegerField(
        _("asked every"), default=300, help_text=_("Seconds between two looks at a source that is asked.")
    )
    pace = models.FloatField(
        _("requests a second"), default=5, help_text=_("At most so many requests a second go out to this source.")
    )
    silent_after = models.PositiveIntegerField(
        _("silent after"),
        null=True,
        blank=True,
        help_text=_("Minutes without a sign of life after which agents are told that it is behind; empty: never."),
    )
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
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
    digest = models.CharField(max_length=64, db_index=True, editable=False)
    hint = models.CharField(max_length=8, editable=False, help_text=_("First characters, to tell keys apart."))
    vault = models.TextField(
        blank=True, default="", editable=False, help_text=_("The secret itself, encrypted, where requests are signed.")
    )
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("write key")
        verbose_name_plural = _("write keys")
        constraints = [
            # One app of a provider's may be several sources of ours, with the same secret.
            models.UniqueConstraint(
                fields=["source", "digest"], name="key_once_in_force", condition=models.Q(revoked_at=None)
            )
        ]


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

    def held(self) -> Self:
        return self.filter(state=Envelope.State.HELD)

    def conflicting(self) -> Self:
        return self.filter(state=Envelope.State.CONFLICT)

    def unread(self) -> Self:
        """Those with a field that could not be read."""
        return self.exclude(unread="")


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
        HELD = "held", _("Held back")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="envelopes", db_index=False)
    dedupe_key = models.CharField(max_length=220)
    digest = models.CharField(max_length=32)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(default=now)
    error = models.TextField(blank=True, default="")
    unread = models.TextField(
        blank=True, default="", help_text=_("Its fields that could not be read, each with what it should have been.")
    )

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
                condition=models.Q(state__in=["quarantined", "conflict", "held"]),
            ),
            models.Index(fields=["source", "-id"], name="envelope_latest"),
            models.Index(fields=["source", "-id"], name="envelope_unread", condition=~models.Q(unread="")),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.dedupe_key}"


class SyncStateQuerySet(models.QuerySet["SyncState"]):
    def due(self) -> Self:
        return self.filter(source__in=Source.objects.running(), next_at__lte=now())


class SyncState(models.Model):
    """How far one stream of a source (a folder, a table) has been read.

    `cursor` is the connector's own JSON and moves in the transaction of the records it stands for; `backfill` is a
    second one, with `backfill_since` set while older records are being fetched. Whoever reads holds the lease until
    `leased_until`; `fence` grows with each lease, and a reader whose fence is not the newest commits nothing.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="streams")
    stream = models.CharField(max_length=200)
    cursor = models.JSONField(null=True)
    backfill = models.JSONField(null=True)
    backfill_since = models.DateTimeField(null=True)
    backfill_until = models.DateTimeField(null=True)
    backfill_done = models.BigIntegerField(default=0)
    backfill_total = models.BigIntegerField(default=0)
    backfill_events = models.BigIntegerField(default=0)
    reconciled_at = models.DateTimeField(null=True)
    missed = models.PositiveIntegerField(default=0, help_text=_("Events the last reconciliation found missing."))
    fence = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(default=now)
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row."))
    error = models.CharField(max_length=500, blank=True, default="", help_text=_("In the provider's own words."))
    denied = models.BooleanField(default=False, help_text=_("The provider says no, and will until somebody acts."))
    last_ok_at = models.DateTimeField(null=True, help_text=_("When it was last read to its end."))

    objects = SyncStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        constraints = [models.UniqueConstraint(fields=["source", "stream"], name="stream_once_per_source")]
        indexes = [models.Index(fields=["next_at"], name="stream_due")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.stream}"


class SyncRun(models.Model):
    """One reading of a stream, kept for a month."""

    class Kind(models.TextChoices):
        INCREMENTAL = "incremental", _("What is new")
        BACKFILL = "backfill", _("What is older")
        RECONCILIATION = "reconciliation", _("Comparison")
        FILE = "file", _("File")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CONTINUED = "continued", _("To be continued")
        WAITING = "waiting", _("Asked to wait")
        FAILED = "failed", _("Failed")
        LOST = "lost", _("Overtaken")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    stream = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.INCREMENTAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0, help_text=_("Events not known before."))
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [
            models.Index(fields=["source", "-id"], name="run_latest"),
            models.Index(fields=["started_at"], name="run_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.stream} {self.kind}"


class Health(models.Model):
    """How a source is doing, written once a batch.

    `outcomes` are its latest hundred events, the newest last: `.` understood, `x` not. `drift` counts fields nobody
    documented: `{field: [times seen, first seen]}`. `tokens` is what is left of its pace at `tokens_at`.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="health", primary_key=True)
    outcomes = models.CharField(max_length=100, blank=True, default="")
    heard_at = models.DateTimeField(null=True, help_text=_("When its latest event arrived."))
    happened_until = models.DateTimeField(null=True, help_text=_("When its latest event happened."))
    drift = models.JSONField(default=dict)
    tokens = models.FloatField(default=0)
    tokens_at = models.DateTimeField(null=True)


class HourlyTally(models.Model):
    """What became of a source's events, hour by hour."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="tallies")
    hour = models.DateTimeField()
    understood = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="tally_once_an_hour")]
        indexes = [models.Index(fields=["hour"], name="tally_by_hour")]


class UnreadTally(models.Model):
    """How often a field of a source could not be read, day by day. `place` is its path in the payload, empty where it
    stands nowhere by itself; `kind` what it should have been (`foundation.text.unread.KINDS`). The latest example is in
    the source's envelopes: a copy would outlive them."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="unread")
    day = models.DateField()
    place = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "day", "place", "kind"], name="unread_once_a_day")]
        indexes = [models.Index(fields=["day"], name="unread_by_day")]


class MaskedIdTally(models.Model):
    """In how many events of a source a field held ids that were masked as card numbers. `latest` is the newest of them;
    what is left of its id stands in the envelope only."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="masked")
    name = models.CharField(max_length=80)
    events = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    latest = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="masked_once_a_field")]


class MaskedIdScan(models.Model):
    """Up to which envelope a source was looked through for such ids, and by which fields that are declared to be ids:
    where others are, it begins anew."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="masked_scan", primary_key=True)
    seen = models.BigIntegerField(default=0)
    declared = models.CharField(max_length=32, blank=True, default="")


class Slot(models.Model):
    """A time at which scheduled work was due, claimed by the one beat that sends it."""

    job = models.CharField(max_length=200)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "due_at"], name="slot_once")]
        indexes = [models.Index(fields=["due_at"], name="slot_by_time")]
