"""Who the customer is, by which names each source knows them, and what they permit."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Reverse
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User


class Fold(models.Func):
    """Lower case without accents, as the database function `klatsch_fold` does it (migration 0001)."""

    function = "klatsch_fold"
    output_field = models.TextField()


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """Customers this person may open. Everyone who meets customers may; what they see of one differs by role."""
        return self.filter(merged_into=None) if user.is_active else self.none()

    def survivor_of(self, public_id: uuid.UUID) -> Self:
        """The customer of this public id or, when they were found to be somebody else, whoever they are now."""
        chain = self.model._default_manager.values_list("pk", "merged_into")
        found = chain.filter(public_id=public_id).first()
        while found and found[1]:
            found = chain.filter(pk=found[1]).first()
        return self.filter(pk=found[0]) if found else self.none()

    def beginning(self, words: str) -> Self:
        """Customers whose whole name begins with these words as they stand."""
        return self.filter(name_key__startswith=Fold(models.Value(" ".join(words.split()))))

    def with_words(self, words: str) -> Self:
        """Customers whose name has each of these words, in any order."""
        found = self
        for word in words.split()[:5]:
            found = found.filter(
                models.Q(name_key=Fold(models.Value(word)))
                | models.Q(name_key__startswith=Fold(models.Value(f"{word} ")))
                | models.Q(name_key__contains=Fold(models.Value(f" {word} ")))
                | models.Q(name_key__endswith=Fold(models.Value(f" {word}")))
            )
        return found

    def named(self, words: str) -> Self:
        """Customers with a word of the name beginning with each word given, in any order."""
        found = self
        for word in words.split()[:5]:
            at_start = models.Q(name_key__startswith=Fold(models.Value(word)))
            inside = models.Q(name_key__contains=Fold(models.Value(f" {word}")))
            found = found.filter(at_start | inside)
        return found


class Customer(models.Model):
    """A person. `merged_into` is set on one found to be somebody we already know; old links then lead there.

    `name`, `tier` and the rest are what the sources last said (`SourceProfile.traits` keeps who said what).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_key = models.GeneratedField(expression=Fold("name"), output_field=models.TextField(), db_persist=True)
    tier = models.CharField(_("tier"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    timezone = models.CharField(_("time zone"), max_length=40, blank=True)
    since = models.DateField(_("customer since"), null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            GinIndex(OpClass("name_key", "gin_trgm_ops"), name="customer_name_words"),
            models.Index(OpClass("name_key", "text_pattern_ops"), name="customer_name_prefix"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unnamed customer"))

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.public_id])


class SourceProfileQuerySet(models.QuerySet["SourceProfile"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)


class SourceProfile(models.Model):
    """What one source calls a person. It belongs to exactly one customer and is the only thing a merge moves.

    `source` is the slug of a channel's source, or `desk` for what people here enter; it never changes.
    """

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="profiles")
    traits = models.JSONField(default=dict)
    first_seen = models.DateTimeField(default=now)
    last_seen = models.DateTimeField(default=now)

    objects = SourceProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("source profile")
        verbose_name_plural = _("source profiles")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="profile_once_per_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.external_id}"


class IdentifierType(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    LOYALTY = "loyalty", _("Loyalty card")
    USER_ID = "user_id", _("User id")
    ACCOUNT = "account", _("Account")
    CARD = "card", _("Payment card")
    SOCIAL = "social", _("Social handle")
    ANONYMOUS_ID = "anonymous_id", _("Anonymous id")
    DEVICE = "device", _("Device")


# A weak identifier is held by a thing, not by a person: it never joins two people whom strong ones tell apart.
WEAK = frozenset({IdentifierType.ANONYMOUS_ID, IdentifierType.DEVICE})


class Identifier(models.Model):
    """A value people are known by, normalised (`normalisation.py`).

    `scope` is empty where the value means the same everywhere (a phone), and names the issuer where it does not:
    the source of a user id, the network of a social handle.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        BLOCKED = "blocked", _("Blocked")
        SHARED = "shared", _("Shared")

    type = models.CharField(max_length=20, choices=IdentifierType.choices)
    scope = models.CharField(max_length=40, blank=True, default="")
    value = models.CharField(max_length=254)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [models.UniqueConstraint(fields=["type", "value", "scope"], name="identifier_once")]
        indexes = [
            models.Index(OpClass("value", "text_pattern_ops"), name="identifier_prefix"),
            models.Index(
                OpClass(Reverse("value"), "text_pattern_ops"),
                name="identifier_phone_suffix",
                condition=models.Q(type="phone"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value}"


class Evidence(models.Model):
    """Why a profile is known by an identifier: who says so since when, and whether it was verified."""

    profile = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="evidence")
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="evidence")
    first_seen = models.DateTimeField(default=now)
    last_seen = models.DateTimeField(default=now)
    verified = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "identifier"], name="evidence_once")]


class MergeRecord(models.Model):
    """Two customers found to be one: which profiles moved, by what rule. What un-merging needs to restore."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("Merge")
        UNMERGE = "unmerge", _("Un-merge")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MERGE)
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    profiles = ArrayField(models.BigIntegerField(), help_text=_("Profiles that moved from absorbed to survivor."))
    rule = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    undone_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undoes")


class Consent(models.Model):
    """One line of the consent ledger: what a person said about being contacted, when, to whom. Never rewritten;
    the newest line by `at` for a channel and purpose is what holds."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        VOICE = "voice", _("Calls")
        APP = "app", _("App messages")
        POST = "post", _("Letters")

    class Status(models.TextChoices):
        GRANTED = "granted", _("Opted in")
        DENIED = "denied", _("Opted out")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=40, default="marketing")
    status = models.CharField(max_length=10, choices=Status.choices)
    at = models.DateTimeField(help_text=_("When the customer said it."))
    recorded_at = models.DateTimeField(default=now)
    origin = models.CharField(max_length=80, help_text=_("Where it was said: a form, a call, a store."))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consent ledger")
        indexes = [models.Index(fields=["profile", "purpose", "channel", "-at"], name="consent_current")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_status_display()}"


class DeskTab(models.Model):
    """A customer whom somebody has open at the desk: the rail, who else is here, what is new since last time, and the
    unfinished note, all in one row per person and customer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_tabs")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="desk_tabs")
    opened_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text=_("Last sign of life of an open page."))
    read_until = models.DateTimeField(null=True, help_text=_("Everything recorded before was on the screen."))
    draft = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="desk_tab_once")]
        indexes = [models.Index(fields=["customer", "alive_at"], name="desk_tab_presence")]
