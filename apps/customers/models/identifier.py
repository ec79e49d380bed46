"""What people are known by, by which rules it makes two of them one, and who says so."""

from django.contrib.postgres.indexes import OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.models.customer import SourceProfile
from apps.foundation.cache import CachedRows


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


class Normaliser(models.TextChoices):
    """How a value is spelt before it is compared (`normalisation.respell`), on top of what its type always does."""

    NONE = "none", _("As its type has it")
    NO_LEADING_ZEROS = "no_leading_zeros", _("Without leading zeros")
    DIGITS = "digits", _("Digits only")
    LETTERS_AND_DIGITS = "letters_and_digits", _("Letters and digits only, upper case")
    NO_PLUS = "no_plus", _("E-mail without what follows a plus")


class IdentityRule(CachedRows):
    """What a type of identifier is worth as proof that two people are one. One row per type, kept in the admin."""

    cached_as = "identity_rules"

    class Tier(models.TextChoices):
        STRONG = "strong", _("Strong: belongs to a person")
        WEAK = "weak", _("Weak: belongs to a thing, such as a device")

    type = models.CharField(_("type"), max_length=20, choices=IdentifierType.choices, unique=True)
    tier = models.CharField(
        _("tier"),
        max_length=10,
        choices=Tier.choices,
        default=Tier.STRONG,
        help_text=_("A weak identifier never joins two people whom strong ones tell apart."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=100,
        help_text=_("Small counts more. Where not all identifiers can be right, those of the largest number give way."),
    )
    normaliser = models.CharField(
        _("spelling"),
        max_length=20,
        choices=Normaliser.choices,
        default=Normaliser.NONE,
        help_text=_("Holds for what arrives from now on."),
    )
    per_customer = models.PositiveSmallIntegerField(
        _("values per customer"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Nobody is joined into a customer with more values of this type from one source. Empty: no limit."),
    )
    customers_per_value = models.PositiveSmallIntegerField(
        _("customers per value"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("A value that more customers have is shared by itself and joins nobody. Empty: no limit."),
    )
    names_must_agree = models.BooleanField(
        _("names must agree"),
        default=False,
        help_text=_("Joins nobody whose first names or dates of birth say they are two people."),
    )
    stale_after = models.PositiveIntegerField(
        _("stale after"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Days without being seen after which the value may be somebody else's. Empty: never."),
    )

    class Meta:
        verbose_name = _("identifier type")
        verbose_name_plural = _("identifier types")

    def __str__(self) -> str:
        return str(IdentifierType(self.type).label)

    @property
    def weak(self) -> bool:
        return self.tier == self.Tier.WEAK

    @property
    def respells(self) -> bool:
        return self.normaliser != Normaliser.NONE


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
    """Why a profile is known by an identifier: who says so since when, and whether it was verified.

    `verified_at` is when it was proved last: `last_seen` is also moved by whoever only claims it. What a colleague
    typed (`typed_by`) is not verified: what came in with proof since then is evidence of its own.
    """

    profile = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="evidence")
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="evidence")
    first_seen = models.DateTimeField(default=now)
    last_seen = models.DateTimeField(default=now)
    verified = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True)
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "identifier"], name="evidence_once")]
