"""Themes: made, changed, suggested ones named or waved off."""

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
from apps.desktop.listening import page
from apps.desktop.listening.cards import VerbatimCard, cards
from apps.desktop.listening.forms import ThemeForm
from apps.desktop.shell.access import only_for
from apps.desktop.shell.toasts import keep_toast, toast
from apps.insights.models import Theme, ThemeSuggestion
from apps.insights.tasks import read_themes_again
from apps.insights.themes import actions
from apps.insights.themes.actions import is_outside, may_keep_themes, would_catch

FIELDS = ("name", "words", "channel", "sentiment", "colour")


@only_for(may_keep_themes)
@require_http_methods(["GET", "POST"])
def theme_add(request: PersonRequest) -> HttpResponse:
    """A new theme, begun empty or from what sounds alike (`suggestion`)."""
    suggestion = _suggestion(request)
    if request.method != "POST":
        begun = {"words": suggestion.words if suggestion else "", "colour": Theme.Colour.TEAL}
        return _render_form(request, ThemeForm(initial=begun), suggestion=suggestion)
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return _render_form(request, form, suggestion=suggestion, status=422)
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
        return _render_form(request, ThemeForm(initial={name: getattr(theme, name) for name in FIELDS}), theme=theme)
    form = ThemeForm(request.POST, theme=theme)
    if not form.is_valid():
        return _render_form(request, form, theme=theme, status=422)
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
    request: PersonRequest,
    form: ThemeForm,
    theme: Theme | None = None,
    suggestion: ThemeSuggestion | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "theme": theme,
        "suggestion": suggestion,
        "catch": _catch(request.user, form["words"].value() or ""),
        "aloud": is_outside(request.user),
        "examples": _examples(request.user, suggestion) if suggestion else [],
    }
    return render(request, "desktop/listening/theme_form.html", context, status=status)


def _examples(user: User, suggestion: ThemeSuggestion) -> list[VerbatimCard]:
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
    return render(request, "desktop/listening/theme_catch.html", {"catch": _catch(request.user, words)})


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
    left = render(request, "desktop/listening/listening.html#suggestions", {"suggestions": page.suggestions()})
    return toast(left, _("Waved off. It will not come back."))
