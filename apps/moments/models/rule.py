"""What the company watches for, so that a moment is proposed where nobody has marked one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.interactions.models import Channel, Direction, Sentiment
from apps.moments.models.kind import Tag

HIGHEST_CEILING = 500
LONGEST_DAYS = 366
WEEK_HOURS = 7 * 24


def _between(least: int, most: int) -> list[Any]:
    return [MinValueValidator(least), MaxValueValidator(most)]


def _words(length: int, name: Any, text: Any = "", choices: Any = None) -> "ArrayField[Any, Any]":
    field = models.CharField(max_length=length, choices=choices)
    return ArrayField(field, verbose_name=name, default=list, blank=True, help_text=text)


class RuleTally(NamedTuple):
    """What became of the moments that a rule proposed. `declined` are those that somebody turned away, or finished as
    none after all."""

    proposed: int = 0
    accepted: int = 0
    declined: int = 0
    expired: int = 0
    avoided: int = 0


# The newest that rules proposed, whichever they were; one pass over a partial index.
TALLIES = """
    SELECT split_part(rule, '@', 1), count(*), count(first_accepted_at),
           count(*) FILTER (WHERE outcome = 'not_one' OR EXISTS (
               SELECT FROM moments_step s WHERE s.moment_id = proposed.id AND s.act = 'decline')),
           count(*) FILTER (WHERE state = 'expired')
    FROM (
        SELECT id, rule, first_accepted_at, outcome, state FROM moments_moment
        WHERE rule <> '' AND created_at > %s ORDER BY created_at DESC LIMIT %s
    ) proposed GROUP BY 1
"""
MOST = 20_000  # moments a tally reads


class MomentRuleQuerySet(models.QuerySet["MomentRule"]):
    def tallies(self, since: datetime) -> dict[str, RuleTally]:
        """For each rule, by code, what came of what it has proposed since, in whatever version. Two statements."""
        with connection.cursor() as cursor:
            cursor.execute(TALLIES, [since, MOST])
            found = {code: RuleTally(*figures) for code, *figures in cursor.fetchall()}
        avoided = RuleDay.objects.filter(day__gt=timezone.localdate(since)).values_list("rule__code")
        for code, count in avoided.annotate(models.Sum("avoided")):
            found[code] = found.get(code, RuleTally())._replace(avoided=count)
        return found

    def watching(self, family: str) -> Self:
        """Those that look now: switched on, and not stopped by their own ceiling."""
        return self.filter(active=True, looks_at=family, watch__stopped_at=None)


class MomentRule(models.Model):
    """What to look for, and what is proposed where it is found. Every condition that is empty fits everything.

    `version` counts the saved changes, each of which is a `MomentRuleVersion`; a moment bears `code@version`. Where it
    has got to is kept apart (`RuleWatch`), so that saving a rule and watching by it do not overwrite each other.
    """

    class Family(models.TextChoices):
        INTERACTION = "interaction", _("What happens with a customer")
        BIRTHDAY = "birthday", _("A birthday that is near")

    name = models.CharField(_("name"), max_length=80)
    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("What its moments bear; it stays."))
    kind = models.CharField(_("proposes"), max_length=40, help_text=_("The kind of moment."))
    active = models.BooleanField(_("active"), default=False)
    looks_at = models.CharField(_("looks at"), max_length=12, choices=Family.choices, default=Family.INTERACTION)

    channels = _words(10, _("channels"), choices=Channel.choices)
    kinds = _words(30, _("kinds of entries"), _("Such as order, call, review; separated by commas. Empty: any."))
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, blank=True)
    sentiment = models.CharField(_("sentiment"), max_length=10, choices=Sentiment.choices, blank=True)
    dispositions = _words(40, _("wrap-up codes"), _("Any of these."))
    words = models.CharField(
        _("words"),
        max_length=300,
        blank=True,
        help_text=_("As in the search of a story: several words, “in quotes”, or, and - for what must not be there."),
    )
    least_amount = models.DecimalField(
        _("least amount"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("Such as EUR. Empty: any."))
    touchpoint = models.CharField(
        _("touch point"), max_length=80, blank=True, help_text=_("What its name begins with, such as Store 12.")
    )
    spoken = models.BooleanField(
        _("only with their own words"), default=False, help_text=_("The customer said something, and it was kept.")
    )
    first = models.BooleanField(
        _("only their first"),
        default=False,
        help_text=_("Nothing that fits what is said above has happened with this customer before."),
    )

    tiers = _words(20, _("tiers"), _("Only customers of these, separated by commas. Empty: all."))
    promotion_days = models.PositiveSmallIntegerField(
        _("a promotion is scheduled within days"),
        null=True,
        blank=True,
        validators=_between(1, LONGEST_DAYS),
        help_text=_("Only while something promotional is about to be sent to them."),
    )
    preceded_by = _words(
        30, _("only after"), _("One of these kinds of entries came before, such as checkout or cart_updated.")
    )
    preceded_hours = models.PositiveSmallIntegerField(
        _("within hours"), default=24, validators=_between(1, WEEK_HOURS), help_text=_("How long before, at most.")
    )
    unless_kinds = _words(30, _("unless"), _("One of these came in between or just after, such as order."))
    birthday_days = models.PositiveSmallIntegerField(
        _("days before"), default=3, validators=[MaxValueValidator(30)], help_text=_("0: on the day.")
    )

    suggestion = models.CharField(
        _("suggested action"), max_length=200, blank=True, help_text=_("Empty: that of the kind.")
    )
    category = models.CharField(_("product category"), max_length=60, blank=True)
    tags = _words(20, _("touches"), _("What keeps it with those who talk to the customer."), Tag.choices)
    due_minutes = models.PositiveIntegerField(
        _("due after minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: the kind's time to act."),
    )
    answer_minutes = models.PositiveSmallIntegerField(
        _("minutes to answer"),
        default=10,
        validators=[MinValueValidator(1)],
        help_text=_("For whoever is talking to the customer, and is asked first. Then it goes to the team."),
    )
    fresh_hours = models.PositiveSmallIntegerField(
        _("fresh for hours"),
        default=48,
        validators=_between(1, 30 * 24),
        help_text=_("What happened longer ago than that when we learned of it sets off nothing."),
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("quiet for days"),
        default=30,
        validators=[MaxValueValidator(LONGEST_DAYS)],
        help_text=_("So long it does not propose a second one for the same customer."),
    )
    daily_ceiling = models.PositiveSmallIntegerField(
        _("at most a day"),
        default=50,
        validators=_between(1, HIGHEST_CEILING),
        help_text=_("When it would propose more than that on one day it stops itself, until you let it run again."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = MomentRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for moments")
        verbose_name_plural = _("rules for moments")

    def __str__(self) -> str:
        return self.name

    def settings(self) -> dict[str, Any]:
        """Everything somebody may decide, as JSON keeps it."""
        values = {name: getattr(self, name) for name in SETTINGS}
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}

    def take(self, settings: Mapping[str, Any]) -> None:
        """Be as a version says; what it did not know yet stays. Not saved."""
        for name in SETTINGS:
            field = self._meta.get_field(name)
            if name in settings and isinstance(field, models.Field):
                setattr(self, name, field.to_python(settings[name]))

    @property
    def mark(self) -> str:
        """What its moments bear: `first-big-order@3`."""
        return f"{self.code}@{self.version}"


# What a version keeps: everything somebody may decide.
SETTINGS: tuple[str, ...] = (
    "name", "kind", "active", "looks_at", "channels", "kinds", "direction", "sentiment", "dispositions", "words",
    "least_amount", "currency", "touchpoint", "spoken", "first", "tiers", "promotion_days", "preceded_by",
    "preceded_hours", "unless_kinds", "birthday_days", "suggestion", "category", "tags", "due_minutes",
    "answer_minutes", "fresh_hours", "quiet_days", "daily_ceiling",
)  # fmt: skip


class MomentRuleVersion(models.Model):
    """A rule as it stood after one saved change; the database refuses to change or remove one."""

    rule = models.ForeignKey(MomentRule, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    settings = models.JSONField()
    restored = models.PositiveIntegerField(null=True, help_text=_("The older version that it brings back."))
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="version_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id}@{self.number}"


class RuleWatch(models.Model):
    """How far a rule has looked, and whether it has stopped itself.

    `until`: everything recorded before was looked at; for birthdays, everything up to this day.
    """

    class Stop(models.TextChoices):
        CEILING = "ceiling", _("It found more than it may propose on one day.")
        SLOW = "slow", _("Looking took too long.")

    rule = models.OneToOneField(MomentRule, on_delete=models.CASCADE, primary_key=True, related_name="watch")
    until = models.DateTimeField(default=now)
    stopped_at = models.DateTimeField(null=True)
    stopped_for = models.CharField(max_length=10, choices=Stop.choices, blank=True)

    class Meta:
        verbose_name = _("watch of a rule")
        verbose_name_plural = _("watches of rules")

    def __str__(self) -> str:
        return str(self.rule_id)


class RuleDay(models.Model):
    """What one rule did on one day of the company's clock: moments it proposed, and contacts it avoided because the
    customer must not be contacted."""

    rule = models.ForeignKey(MomentRule, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    proposed = models.PositiveIntegerField(default=0)
    avoided = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of a rule")
        verbose_name_plural = _("days of rules")
        constraints = [models.UniqueConstraint(fields=["rule", "day"], name="day_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.day}"
