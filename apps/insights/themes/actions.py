"""Themes: made, changed, read again over what was said before, and settled by a person's word."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import audit
from apps.accounts.models import Role, User
from apps.insights.calendar import beginning, day_of, today
from apps.insights.models import Feedback, FeedbackTheme, Theme, ThemeSuggestion
from apps.insights.themes.assignment import matching, reassign
from apps.insights.themes.counts import count_days
from apps.interactions.models import Sentiment
from apps.interactions.search import says_a_word

PAST = 90  # days that are read again when a theme changes
STEP = 7  # of them in one transaction
KEEPERS = frozenset({Role.MARKETER, Role.SUPERVISOR, Role.OWNER})  # who makes and names themes


class Unsearchable(Exception):
    """The words of a theme hold nothing to look for: they are empty, or say only what must not occur."""


def may_keep_themes(user: User) -> bool:
    return user.is_active and (user.is_superuser or user.role in KEEPERS)


def is_outside(user: User) -> bool:
    """Marketers read what customers say, never who they are nor what is noted of them."""
    return user.role == Role.MARKETER and not user.is_superuser


@transaction.atomic
def add_theme(*, actor: User, **fields: Any) -> Theme:
    """A new theme; its past is still to be read (`read_again`). Raises Unsearchable, PermissionDenied."""
    _check(actor, fields["words"])
    theme = Theme.objects.create(made_by=actor, reread_to=today(), **fields)
    audit(actor, "theme.add", theme=theme.pk, name=theme.name, words=theme.words)
    return theme


@transaction.atomic
def change_theme(*, actor: User, theme: Theme, **fields: Any) -> Theme:
    """Change what a theme is; where its rule is another now, its past is still to be read again. Whoever gives it other
    words has made it: where they are looked for depends on them (`assignment.ASSIGN`)."""
    _check(actor, fields.get("words", theme.words))
    held = Theme.objects.select_for_update().get(pk=theme.pk)
    rule = ("words", "channel", "sentiment", "active")
    changed = [name for name, value in fields.items() if getattr(held, name) != value]
    for name in changed:
        setattr(held, name, fields[name])
    if any(name in rule for name in changed):
        held.reread_to = today()
    if "words" in changed:
        held.made_by = actor
    held.save()
    if changed:
        audit(actor, "theme.change", theme=held.pk, name=held.name, fields=changed, words=held.words)
    return held


def _check(actor: User, words: str) -> None:
    if not may_keep_themes(actor):
        raise PermissionDenied
    if not says_a_word(words):
        raise Unsearchable


@transaction.atomic
def read_again(theme_id: int) -> bool:
    """Read a stretch of a theme's past again; whether there is more. Lost or run twice, it goes on where it was."""
    theme = Theme.objects.select_for_update().filter(pk=theme_id, reread_to__isnull=False).first()
    if theme is None or theme.reread_to is None:
        return False
    last, oldest = theme.reread_to, today() - timedelta(days=PAST)
    first = max(last - timedelta(days=STEP - 1), oldest)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    reassign(theme.pk, beginning(first), beginning(last + timedelta(days=1)))
    count_days(days)
    theme.reread_to = first - timedelta(days=1) if first > oldest else None
    theme.save(update_fields=["reread_to"])
    return theme.reread_to is not None


def read_share(theme: Theme) -> int:
    """How much of its past has been read, in percent."""
    if theme.reread_to is None:
        return 100
    return min(99, max(0, 100 * (today() - theme.reread_to).days // (PAST + 1)))


@transaction.atomic
def set_theme(*, actor: User, feedback: Feedback, theme: Theme, belongs: bool) -> None:
    """Say that a verbatim belongs to a theme, or does not: from now on whatever the rule says."""
    FeedbackTheme.objects.update_or_create(
        feedback=feedback,
        theme=theme,
        defaults={
            "by": FeedbackTheme.By.PERSON,
            "removed": not belongs,
            "actor": actor,
            "said_at": feedback.said_at,
            "loudness": feedback.loudness,
            "unhappy": feedback.sentiment == Sentiment.NEGATIVE,
        },
    )
    audit(actor, "theme.set" if belongs else "theme.unset", purpose="listening", theme=theme.pk, feedback=feedback.pk)
    count_days([day_of(feedback.said_at)])


@transaction.atomic
def name_suggestion(*, actor: User, suggestion: ThemeSuggestion, **fields: Any) -> Theme:
    """Make a theme of what sounds alike."""
    theme = add_theme(actor=actor, **fields)
    _decide(actor, suggestion, ThemeSuggestion.State.NAMED, theme)
    return theme


@transaction.atomic
def wave_off(*, actor: User, suggestion: ThemeSuggestion) -> None:
    """Say that it is no theme: what sounds like it is not suggested again."""
    if not may_keep_themes(actor):
        raise PermissionDenied
    _decide(actor, suggestion, ThemeSuggestion.State.WAVED, None)
    audit(actor, "theme.wave_off", suggestion=suggestion.pk)


def _decide(actor: User, suggestion: ThemeSuggestion, state: str, theme: Theme | None) -> None:
    ThemeSuggestion.objects.filter(pk=suggestion.pk).update(
        state=state, theme=theme, decided_by=actor, decided_at=timezone.now()
    )


def would_catch(actor: User, words: str, days: int = 28, most: int = 1000) -> int:
    """How many verbatims of the last days these words would find in a theme of this person's, counted up to `most`."""
    since = timezone.now() - timedelta(days=days)
    return matching(words, since, own_words=is_outside(actor)).values("pk")[:most].count()
