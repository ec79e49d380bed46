"""Themes to decide on, and what was suggested to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.site import site
from apps.foundation.admin import ReadOnlyAdmin
from apps.insights.models import Theme, ThemeSuggestion
from apps.insights.tasks import read_themes_again
from apps.insights.themes.actions import add_theme, change_theme, read_share
from apps.interactions.search import says_a_word

STATES = {"open": "info", "named": "success", "waved": "warning"}
FIELDS = ("name", "words", "channel", "sentiment", "colour", "icon", "active")


class ThemeAdminForm(forms.ModelForm[Theme]):
    class Meta:
        model = Theme
        fields = FIELDS

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"].strip()
        if not says_a_word(words):
            raise forms.ValidationError(_("Say at least one word to look for, not only what must not occur."))
        return words


@admin.register(Theme, site=site)
class ThemeAdmin(RoomAdmin):
    """A theme that is retired keeps what it has found: there is nothing to delete."""

    noun = "theme"
    form = ThemeAdminForm
    list_display = ("name", "words", "channel", "sentiment", "active", "read")
    list_filter = ("active", "channel")
    search_fields = ("name", "words")
    search_help_text = _("Name or words")
    ordering = ("name",)

    @display(description=_("past read"))
    def read(self, obj: Theme) -> str:
        return f"{read_share(obj)} %"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Theme, form: Any, change: bool) -> None:
        """Through the action, which has the past read again and writes the audit row."""
        fields = {name: form.cleaned_data[name] for name in FIELDS}
        actor: Any = request.user
        if change:
            kept = change_theme(actor=actor, theme=Theme.objects.get(pk=obj.pk), **fields)
        else:
            kept = add_theme(actor=actor, **fields)
        obj.pk = kept.pk
        obj._state.adding = False
        transaction.on_commit(read_themes_again.delay, robust=True)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The action has."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The action has."""


@admin.register(ThemeSuggestion, site=site)
class ThemeSuggestionAdmin(ReadOnlyAdmin, RoomAdmin):
    noun = "suggestion"
    list_display = ("terms", "size", "recent", "shown_state", "theme", "decided_by", "made_at")
    list_filter = ("state",)
    list_select_related = ("theme", "decided_by")
    ordering = ("-made_at", "-size")
    fields = ("terms", "words", "size", "recent", "state", "theme", "decided_by", "decided_at", "made_at")

    @display(description=_("state"), label=STATES)
    def shown_state(self, obj: ThemeSuggestion) -> tuple[str, str]:
        return obj.state, obj.get_state_display()
