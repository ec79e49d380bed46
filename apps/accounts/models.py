"""Who works here, what they may do, what they did."""

import hashlib
import secrets
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.foundation.cache import CachedRows


class Role(models.TextChoices):
    AGENT = "agent", _("Call-centre agent")
    STORE = "store", _("Store staff")
    MARKETER = "marketer", _("Marketer")
    SUPERVISOR = "supervisor", _("Supervisor")
    OWNER = "owner", _("System owner")


class Team(CachedRows):
    """People who work together in one place: a queue, a store, a department."""

    cached_as = "reader"

    class Kind(models.TextChoices):
        CALL_CENTRE = "call_centre", _("Call centre")
        STORE = "store", _("Store")
        DEPARTMENT = "department", _("Department")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.CALL_CENTRE)
    place = models.CharField(
        _("place"),
        max_length=80,
        blank=True,
        help_text=_("Written on what the team logs, such as “Lyon Part-Dieu”."),
    )
    region = models.CharField(
        _("phone region"),
        max_length=2,
        default="GB",
        help_text=_("Country of phone numbers typed without a code."),
    )
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    business_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("business days"),
        default=list,
        blank=True,
        help_text=_("Promises are due on these. None: every day."),
    )
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens=None, closes=None)
                | models.Q(opens__isnull=False, closes__isnull=False, opens__lt=models.F("closes")),
                name="team_hours_are_whole",
            )
        ]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def manageable_by(self, actor: "User") -> Self:
        """People whose account this person may change: an owner's is for owners only."""
        if not actor.is_active or not actor.has_perm("accounts.change_user"):
            return self.none()
        if actor.is_superuser or actor.role == Role.OWNER:
            return self
        return self.exclude(role=Role.OWNER).exclude(is_superuser=True)

    def other_owners(self, user: "User") -> Self:
        """Owners who would remain if this person were none."""
        return self.filter(role=Role.OWNER, is_active=True).exclude(pk=user.pk)


class PeopleManager(UserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False


class User(CachedRows, AbstractUser):
    """A person who works with customers. The role decides what they may see."""

    cached_as = "reader"

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    theme = models.CharField(_("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(_("density"), max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    closes_on_saving = models.BooleanField(
        _("next customer after saving"),
        default=False,
        db_default=False,
        help_text=_("What was logged closes the customer, and the look-up waits for the next."),
    )
    moments_by_mail = models.BooleanField(
        _("moments by e-mail"),
        default=False,
        db_default=False,
        help_text=_("What is offered to them, and what came of what they handed over, also by e-mail."),
    )

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def place(self) -> str:
        return self.team.place or self.team.name if self.team else ""

    @property
    def region(self) -> str:
        return self.team.region if self.team else ""

    @property
    def timezone(self) -> str:
        return self.team.timezone if self.team else ""


class AuditEntry(models.Model):
    """One thing somebody did or looked at. The database refuses to change or remove a row.

    `subject` is the public id of the customer concerned, `detail` what changed, never the customer's words.
    """

    at = models.DateTimeField(_("when"), default=now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(
        _("who"), max_length=120, help_text=_("The name at the time, or the system that acted.")
    )
    action = models.CharField(max_length=60)
    subject = models.UUIDField(null=True)
    purpose = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_by_subject"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            BrinIndex(fields=["at"], name="audit_by_time", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_label} {self.action}"


class Submission(models.Model):
    """Something that a page has sent, by the key the page gave it. Sent again because its answer was lost, it counts
    once (`apps.accounts.middleware.SubmissionMiddleware`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="submission_once")]
        indexes = [models.Index(fields=["user", "at"], name="submission_by_time")]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def bearing(self, secret: str) -> Self:
        """The live token whose secret this is, or none."""
        return self.filter(digest=digest_of(secret), revoked_at=None)


class ApiToken(models.Model):
    """A bearer token of another system. Only the digest is kept; the secret is shown once."""

    class Scope(models.TextChoices):
        READ = "read", _("Look up customers and read their story")
        LOG = "log", _("Log interactions")
        MOMENTS = "moments", _("Mark moments, pass them on and finish them")

    name = models.CharField(_("name"), max_length=80, unique=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    acts_as = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="api_tokens",
        help_text=_("Whose permissions the system has."),
    )
    created_at = models.DateTimeField(default=now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name

    def may(self, scope: str) -> bool:
        return scope in self.scopes


def digest_of(secret: str) -> str:
    """SHA-256 of a random secret: long enough not to need a slow hash, quick enough for every request."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)
