"""What customers talk about: themes, which words belong to which, and what may become one."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.foundation.db.keyset import earlier
from apps.insights.models.feedback import Feedback
from apps.interactions.models import Channel, Sentiment


class ThemeQuerySet(models.QuerySet["Theme"]):
    def listed(self) -> Self:
        return self.filter(active=True).order_by("name")

    def to_reread(self) -> Self:
        """Themes whose words have changed and whose past has not been read again yet."""
        return self.filter(reread_to__isnull=False, active=True).order_by("id")


class Theme(models.Model):
    """Something customers talk about. A verbatim belongs to it if its text matches `words` (web-search syntax: words
    all of which occur, “a phrase”, or, -not) and it meets the conditions.

    `reread_to` is set while its past is being read again: the day that is read next, going back from today.
    """

    class Colour(models.TextChoices):
        TEAL = "teal", _("Teal")
        BLUE = "blue", _("Blue")
        VIOLET = "violet", _("Violet")
        ROSE = "rose", _("Rose")
        AMBER = "amber", _("Amber")
        GREEN = "green", _("Green")

    name = models.CharField(_("name"), max_length=60, unique=True)
    words = models.CharField(
        _("words"),
        max_length=300,
        help_text=_("As in a web search: late or delayed, “not delivered”, -test."),
    )
    channel = models.CharField(_("only by"), max_length=10, choices=Channel.choices, blank=True, default="")
    sentiment = models.CharField(_("only if"), max_length=10, choices=Sentiment.choices, blank=True, default="")
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices, default=Colour.TEAL)
    icon = models.CharField(_("icon"), max_length=40, default="tag", help_text=_("One of the desk's own icons."))
    active = models.BooleanField(_("active"), default=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=now, editable=False)
    reread_to = models.DateField(null=True, editable=False)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return self.name


class FeedbackThemeQuerySet(models.QuerySet["FeedbackTheme"]):
    def standing(self) -> Self:
        """What belongs to a theme, of the words that stand."""
        return self.filter(removed=False, feedback__withdrawn=False)

    def older_than(self, said_at: datetime, pk: int) -> Self:
        """The keyset step of one theme's verbatims, newest first; `pk` is the feedback's."""
        return self.filter(earlier("said_at", said_at, pk, key="feedback_id"))


class FeedbackTheme(models.Model):
    """That a verbatim belongs to a theme, by its rule or a person's word. A person may also say that it does not
    (`removed`); what a person said stands whatever the rule says. `said_at`, `loudness`, `unhappy` are the verbatim's.
    """

    class By(models.TextChoices):
        RULE = "rule", _("its words")
        PERSON = "person", _("a person")

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="themed", db_index=False)
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="themed", db_index=False)
    by = models.CharField(max_length=10, choices=By.choices, default=By.RULE)
    removed = models.BooleanField(default=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    said_at = models.DateTimeField()
    loudness = models.PositiveSmallIntegerField(default=0)
    unhappy = models.BooleanField(default=False)

    objects = FeedbackThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme of a verbatim")
        verbose_name_plural = _("themes of verbatims")
        constraints = [
            models.UniqueConstraint(fields=["feedback", "theme"], name="theme_once"),
            models.CheckConstraint(
                condition=models.Q(removed=False) | models.Q(by="person"), name="theme_removed_by_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["theme", "-said_at", "-feedback"], name="theme_newest", condition=models.Q(removed=False)
            ),
            models.Index(
                fields=["theme", "loudness", "-said_at", "-feedback"],
                name="theme_loudest",
                condition=models.Q(removed=False),
            ),
        ]


class ThemeDay(models.Model):
    """How many verbatims of one day (of the company's time zone) mention a theme, and how many of them are unhappy.
    Without a theme: all verbatims."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, null=True, related_name="days", db_index=False)
    day = models.DateField()
    mentions = models.PositiveIntegerField()
    unhappy = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("day of a theme")
        verbose_name_plural = _("days of themes")
        constraints = [
            models.UniqueConstraint(fields=["day", "theme"], nulls_distinct=False, name="theme_day_once"),
        ]


class ThemeSuggestion(models.Model):
    """Verbatims that belong to no theme and sound alike, for a person to name or to wave off.

    `terms` are what sets them apart, the strongest first; `examples` are ids of `Feedback` nearest to the middle.
    `recent` of its `size` were said in the last seven days. One that was waved off is kept, so that what sounds
    like it does not come back.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        NAMED = "named", _("Named")
        WAVED = "waved", _("Waved off")

    terms = ArrayField(models.CharField(max_length=60))
    words = models.CharField(_("words"), max_length=300)
    examples = ArrayField(models.BigIntegerField(), default=list)
    size = models.PositiveIntegerField()
    recent = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    theme = models.ForeignKey(Theme, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("suggested theme")
        verbose_name_plural = _("suggested themes")
        indexes = [models.Index(fields=["state", "-size"], name="suggestion_by_state")]

    def __str__(self) -> str:
        return ", ".join(self.terms[:3])
