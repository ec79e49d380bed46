"""Themes and their suggestions in the supervisors' room."""

import pytest

from apps.accounts.models import AuditEntry
from apps.insights.models import Theme
from tests.factories.insights import ThemeFactory, ThemeSuggestionFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/insights/theme/"
FORM = {"name": "Late", "words": "late or delayed", "colour": "teal", "icon": "clock", "active": "on"}


def test_a_theme_made_here_has_its_past_read_like_any_other(as_supervisor):
    assert as_supervisor.post(f"{LIST}add/", FORM).status_code == 302
    theme = Theme.objects.get()
    assert (theme.words, theme.reread_to is not None, theme.made_by.role) == ("late or delayed", True, "supervisor")
    assert [action for (action,) in AuditEntry.objects.filter(action__startswith="theme").values_list("action")] == [
        "theme.add"
    ]


def test_a_theme_is_changed_once_and_written_down_once(as_supervisor):
    theme = ThemeFactory(name="Late", words="late", icon="clock")
    as_supervisor.post(f"{LIST}{theme.pk}/change/", FORM)
    theme.refresh_from_db()
    assert (theme.words, theme.reread_to is not None) == ("late or delayed", True)
    assert AuditEntry.objects.get(action="theme.change").detail["fields"] == ["words"]


def test_words_that_find_nothing_are_refused_and_nothing_is_deleted(as_supervisor):
    response = as_supervisor.post(f"{LIST}add/", {**FORM, "words": "-late"})
    assert list(response.context["adminform"].form.errors) == ["words"]
    assert as_supervisor.post(f"{LIST}{ThemeFactory().pk}/delete/").status_code == 403


def test_suggestions_are_to_look_at(as_supervisor):
    one = ThemeSuggestionFactory()
    assert "courier" in as_supervisor.get("/admin/insights/themesuggestion/").content.decode()
    assert as_supervisor.post(f"/admin/insights/themesuggestion/{one.pk}/change/", {"size": 1}).status_code == 403
