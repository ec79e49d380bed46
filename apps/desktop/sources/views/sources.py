"""How every source is doing, and one of them in full."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.channels.models import Envelope, Source
from apps.desktop.shell.access import base_of, page_for, source_or_404
from apps.desktop.sources import events as source_events
from apps.desktop.sources import source as source_page
from apps.desktop.sources.page import lines

STATES = frozenset(value for value, _words in source_events.FILTERS)


@page_for("channels.view_source")
@vary_on_headers("HX-Request", "HX-Target")
def sources(request: PersonRequest) -> HttpResponse:
    """Every source in one table; only its rows when the page looks again."""
    every = lines()
    only_trouble = request.GET.get("only") == "trouble"
    context: dict[str, Any] = {
        "lines": [line for line in every if line.troubled] if only_trouble else every,
        "count": len(every),
        "troubled": sum(line.troubled for line in every),
        "only_trouble": only_trouble,
    }
    if request.htmx.target == "sources":
        return render(request, "desktop/sources/sources.html#rows", context)
    return render(request, "desktop/sources/sources.html", context)


@page_for("channels.view_source")
@vary_on_headers("HX-Request", "HX-Target")
def source(request: PersonRequest, slug: str) -> HttpResponse:
    """The whole page, or the part of it that looks again."""
    source = source_or_404(slug)
    if request.htmx.target == "health":
        return render(request, "desktop/sources/source.html#health", source_page.condition_of(source))
    if request.htmx.target == "streams":
        return render(request, "desktop/sources/source.html#streams", source_page.streams_of(source))
    if request.htmx.target == "secrets":
        return render(request, "desktop/sources/source.html#secrets", source_page.beside(source, base_of(request)))
    beside = source_page.beside(source, base_of(request))
    context = {**beside, **source_page.condition_of(source), **_shown(request, source)}
    return render(request, "desktop/sources/source.html", context)


@page_for("channels.view_envelope")
def events(request: PersonRequest, slug: str) -> HttpResponse:
    """A page of what came, or nothing at all (204) while it would look the same as what is there."""
    source = source_or_404(slug)
    rows = source_events.latest(source, _state(request), _number(request, "before"))
    if request.GET.get("mark") and source_events.mark(rows) == request.GET["mark"]:
        return HttpResponse(status=204)
    return render(request, "desktop/sources/source.html#events", {"source": source, **_shown(request, source)})


def _state(request: PersonRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in STATES else ""


def _number(request: PersonRequest, name: str) -> int | None:
    given = request.GET.get(name, "")[:18]
    return int(given) if given.isdecimal() else None


def _shown(request: PersonRequest, source: Source) -> dict[str, Any]:
    """A page of events. Whom they name is read by somebody now, and audited unless this page has shown them before."""
    if not request.user.has_perm("channels.view_envelope"):
        return {"events": []}
    before, seen = _number(request, "before"), _number(request, "seen") or 0
    shown = source_events.page(source, _state(request), before, seen)
    lines = [line for line in shown["events"] if line.customer and (before or line.pk > seen)]
    if names := {str(line.customer.public_id) for line in lines}:
        audit(request.user, "source.events", purpose="channels", source=source.slug, shown=sorted(names))
    return shown


@page_for("channels.view_envelope")
def event(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One event with its raw content, card numbers masked as they are stored. Reading it is audited."""
    source = source_or_404(slug)
    envelope = get_object_or_404(Envelope, source=source, pk=pk)
    sheet = source_events.sheet(source, envelope)
    audit(
        request.user,
        "envelope.view",
        purpose="channels",
        subject=sheet.line.customer.public_id if sheet.line.customer else None,
        id=envelope.pk,
    )
    return render(request, "desktop/sources/event.html", {"source": source, "sheet": sheet})
