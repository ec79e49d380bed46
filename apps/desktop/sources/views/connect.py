"""Connecting a source, trying it out, and changing its settings."""

from typing import Any

from django import forms
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.http import PersonRequest
from apps.channels import actions
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS
from apps.desktop.shell.access import act_for, base_of, form_for, page_for, source_or_404
from apps.desktop.sources import forms as connecting
from apps.desktop.sources.addresses import address_of, example, steps
from apps.desktop.sources.forms import SourceForm
from apps.desktop.sources.trial import is_tried, try_out


@page_for("channels.add_source")
def kinds(request: PersonRequest) -> HttpResponse:
    """Everything that can be connected, by touch point."""
    return render(request, "desktop/sources/kinds.html", {"groups": connecting.gallery()})


def _known(kind: str) -> str:
    if kind not in CONNECTORS:
        raise Http404
    return kind


@form_for("channels.add_source")
def connect(request: PersonRequest, kind: str) -> HttpResponse:
    """The form of a kind; what it makes is shown at once, for a secret is seen this once."""
    data = request.POST if request.method == "POST" else None
    own, settings = SourceForm(data, kind=_known(kind)), connecting.settings_form(kind, data)
    if data is None or not (own.is_valid() & settings.is_valid()):
        return _render_form(request, kind, own, settings)
    try:
        source, secret = actions.connect_source(actor=request.user, kind=kind, **_new(own, settings))
    except IntegrityError:  # somebody was faster
        own.add_error("slug", _("This short name is taken. What a source told keeps its name for ever."))
        return _render_form(request, kind, own, settings)
    if not secret:
        return HttpResponseRedirect(reverse("source", args=[source.slug]))
    return _render_connected(request, source, secret)


def _new(own: SourceForm, settings: forms.Form) -> dict[str, Any]:
    fields = {name: own.cleaned_data[name] for name in ("name", "slug", "region", "timezone", "silent_after")}
    return {**fields, "settings": connecting.settings_of(settings), "secret": own.cleaned_data.get("secret", "")}


def _render_form(
    request: PersonRequest, kind: str, own: SourceForm, settings: forms.Form, source: Source | None = None
) -> HttpResponse:
    slug = source.slug if source else own["slug"].value() or ""
    address = address_of(kind, slug or "…", base_of(request))
    context = {
        "source": source,
        "kind": kind,
        "about": CONNECTORS[kind].about,
        "own": own,
        "settings": settings,
        "address": address,
        "steps": steps(kind, address),
        "tried": is_tried(kind),
    }
    return render(request, "desktop/sources/connect.html", context, status=422 if own.is_bound else 200)


def _render_connected(request: PersonRequest, source: Source, secret: str) -> HttpResponse:
    address = address_of(source.kind, source.slug, base_of(request))
    context = {
        "source": source,
        "about": CONNECTORS[source.kind].about,
        "made": secret,
        "address": address,
        "steps": steps(source.kind, address),
        "example": example(source.kind, address, secret),
    }
    return render(request, "desktop/sources/connected.html", context)


@act_for("channels.add_source")
def try_new(request: PersonRequest, kind: str) -> HttpResponse:
    """Test the connection of a form that is not saved yet. Only the verdict is answered: what was typed stays."""
    own, settings = SourceForm(request.POST, kind=_known(kind)), connecting.settings_form(kind, request.POST)
    own.is_valid()
    fields = {name: own.cleaned_data[name] for name in ("region", "timezone") if name in own.cleaned_data}
    slug = own.cleaned_data.get("slug") or "trial"
    return _render_trial(request, kind, Source(kind=kind, slug=slug, **fields), settings)


@act_for("channels.change_source")
def try_source(request: PersonRequest, slug: str) -> HttpResponse:
    """The same for changed settings; secrets left empty are those that are stored."""
    source = source_or_404(slug)
    return _render_trial(request, source.kind, source, connecting.settings_form(source.kind, request.POST, source))


def _render_trial(request: PersonRequest, kind: str, source: Source, settings: forms.Form) -> HttpResponse:
    if not is_tried(kind):
        raise Http404
    if settings.is_valid():
        trial = try_out(kind, source, connecting.settings_of(settings))
        return render(request, "desktop/sources/trial.html", {"trial": trial})
    incomplete = [str(settings.fields[name].label) for name in settings.errors if name in settings.fields]
    context = {"trial": None, "incomplete": incomplete, "others": settings.non_field_errors()}
    return render(request, "desktop/sources/trial.html", context)


@form_for("channels.change_source")
def source_settings(request: PersonRequest, slug: str) -> HttpResponse:
    """Change what was said when it was connected. Secret fields left empty stay."""
    source, data = source_or_404(slug), request.POST if request.method == "POST" else None
    kind = _known(source.kind)
    own, settings = SourceForm(data, kind=kind, source=source), connecting.settings_form(kind, data, source)
    if data is None or not (own.is_valid() & settings.is_valid()):
        return _render_form(request, kind, own, settings, source)
    actions.change_source(actor=request.user, source=source, settings=connecting.settings_of(settings), **own.own())
    return HttpResponseRedirect(reverse("source", args=[source.slug]))
