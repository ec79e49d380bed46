"""Themes: made, changed, suggested ones named or waved off."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.desktop import listening_page
from apps.desktop.listening_cards import Card, cards
from apps.desktop.listening_forms import ThemeForm
from apps.desktop.views.doors import only_for
from apps.desktop.views.toasts import keep_toast, toast
from apps.insights import actions
from apps.insights.actions.theming import is_outside, may_keep_themes, would_catch
from apps.insights.models import Theme, ThemeSuggestion
from apps.insights.tasks import read_themes_again

FIELDS = ("name", "words", "channel", "sentiment", "colour")


@only_for(may_keep_themes)
@require_http_methods(["GET", "POST"])
def theme_add(request: PersonRequest) -> HttpResponse:
    """A new theme, begun empty or from what sounds alike (`suggestion`)."""
    suggestion = _suggestion(request)
    if request.method != "POST":
        begun = {"words": suggestion.words if suggestion else "", "colour": Theme.Colour.TEAL}
        return _render_form(request, begun, suggestion=suggestion)
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return _render_form(request, request.POST.dict(), form, suggestion=suggestion, status=422)
    if suggestion:
        actions.name_suggestion(actor=request.user, suggestion=suggestion, **form.cleaned_data)
    else:
        actions.add_theme(actor=request.user, **form.cleaned_data)
    return _read_on(request, _("The theme is made. What was said in the last three months is being read for it."))


@only_for(may_keep_themes)
@require_http_methods(["GET", "POST"])
def theme_change(request: PersonRequest, pk: int) -> HttpResponse:
    theme = get_object_or_404(Theme, pk=pk)
    if request.method != "POST":
        return _render_form(request, {name: getattr(theme, name) for name in FIELDS}, theme=theme)
    form = ThemeForm(request.POST, theme=theme)
    if not form.is_valid():
        return _render_form(request, request.POST.dict(), form, theme=theme, status=422)
    active = "retire" not in request.POST
    actions.change_theme(actor=request.user, theme=theme, active=active, **form.cleaned_data)
    return _read_on(request, _("The theme is changed.") if active else _("The theme is retired."))


def _read_on(request: PersonRequest, said: str) -> HttpResponse:
    """The past is read by a task; the page shows how far it is."""
    transaction.on_commit(read_themes_again.delay, robust=True)  # should it be lost, the sweep goes on with it
    keep_toast(request, said)
    return HttpResponseClientRefresh()


def _suggestion(request: PersonRequest) -> ThemeSuggestion | None:
    pk = request.POST.get("suggestion") or request.GET.get("suggestion", "")
    if not (pk.isdecimal() and len(pk) < 18):
        return None
    return get_object_or_404(ThemeSuggestion, pk=int(pk), state=ThemeSuggestion.State.OPEN)


def _render_form(
    request: PersonRequest, values: dict[str, Any], form: ThemeForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    suggestion = more.get("suggestion")
    context = {
        "values": values,
        "form": form or ThemeForm(),
        "catch": _catch(request.user, values.get("words", "")),
        "aloud": is_outside(request.user),
        "examples": _examples(request.user, suggestion) if suggestion else [],
        **more,
    }
    return render(request, "desktop/theme_form.html", context, status=status)


def _examples(user: User, suggestion: ThemeSuggestion) -> list[Card]:
    """What it was made of, noted like every verbatim that is shown."""
    shown = cards(user, suggestion.examples[:5]).cards
    if shown:
        ids = [card.pk for card in shown]
        audit(user, "listening.list", purpose="listening", tab="suggestion", shown=ids)
    return shown


@only_for(may_keep_themes)
@require_GET
def theme_catch(request: PersonRequest) -> HttpResponse:
    """How much these words would find."""
    words = request.GET.get("words", "")[:300]
    return render(request, "desktop/theme_form.html#catch", {"catch": _catch(request.user, words)})


def _catch(user: User, words: str) -> str:
    if not words.strip():
        return ""
    count = would_catch(user, words)
    said = ngettext(
        "These words find %(count)s verbatim of the last four weeks.",
        "These words find %(count)s verbatims of the last four weeks.",
        count,
    )
    return said % {"count": f"{count}+" if count >= 1000 else count}


@only_for(may_keep_themes)
@require_POST
def theme_wave_off(request: PersonRequest, pk: int) -> HttpResponse:
    """It is no theme, and does not come back."""
    suggestion = get_object_or_404(ThemeSuggestion, pk=pk, state=ThemeSuggestion.State.OPEN)
    actions.wave_off(actor=request.user, suggestion=suggestion)
    context = {"suggestions": listening_page.suggestions()}
    return toast(render(request, "desktop/listening.html#suggestions", context), _("Waved off. It will not come back."))
