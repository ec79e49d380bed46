"""How every source is doing, and one of them in full."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.channels.models import Envelope, Source
from apps.desktop import source_events, source_page
from apps.desktop.rail import rail
from apps.desktop.sources import kind_words, lines
from apps.desktop.views.doors import base_of, page_for, source_or_404

STATES = frozenset({Envelope.State.QUARANTINED, Envelope.State.CONFLICT})


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
        return render(request, "desktop/sources.html#rows", context)
    return render(request, "desktop/sources.html", {**context, "rail": rail(request.user), "tab": uuid4().hex})


@page_for("channels.view_source")
@vary_on_headers("HX-Request", "HX-Target")
def source(request: PersonRequest, slug: str) -> HttpResponse:
    """The whole page, or the part of it that looks again."""
    one = source_or_404(slug)
    if request.htmx.target == "health":
        return render(request, "desktop/source.html#health", source_page.condition_of(one))
    if request.htmx.target == "streams":
        return render(request, "desktop/source.html#streams", source_page.streams_of(one))
    if request.htmx.target == "secrets":
        return render(request, "desktop/source.html#secrets", source_page.beside(one, base_of(request)))
    shown = _shown(request, one)
    beside = source_page.beside(one, base_of(request))
    context = {**beside, **source_page.condition_of(one), **shown, "rail": rail(request.user), "tab": uuid4().hex}
    kind, icon = kind_words(one)
    return render(request, "desktop/source.html", {**context, "kind": kind, "icon": icon})


@page_for("channels.view_envelope")
def events(request: PersonRequest, slug: str) -> HttpResponse:
    """A page of what came, or nothing at all (204) while it would look the same as what is there."""
    one = source_or_404(slug)
    rows = source_events.latest(one, _state(request), _number(request, "before"))
    if request.GET.get("mark") and source_events.mark(rows) == request.GET["mark"]:
        return HttpResponse(status=204)
    return render(request, "desktop/source.html#events", {"source": one, **_shown(request, one)})


def _state(request: PersonRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in STATES else ""


def _number(request: PersonRequest, name: str) -> int | None:
    given = request.GET.get(name, "")[:18]
    return int(given) if given.isdecimal() else None


def _shown(request: PersonRequest, one: Source) -> dict[str, Any]:
    """A page of events. Whom they name is read by somebody now, and audited unless this page has shown them before."""
    if not request.user.has_perm("channels.view_envelope"):
        return {"events": []}
    before, seen = _number(request, "before"), _number(request, "seen") or 0
    rows = source_events.latest(one, _state(request), before)
    envelopes = list(rows)
    shown = source_events.event_lines(one, envelopes)
    names = {str(line.customer.public_id) for line in shown if line.customer and (before or line.pk > seen)}
    if names:
        audit(request.user, "source.events", purpose="channels", source=one.slug, shown=sorted(names))
    return {
        "events": shown,
        "mark": source_events.mark(rows),
        "seen": max([seen, *(line.pk for line in shown)]),
        "older": envelopes[-1].pk if len(envelopes) == source_events.SHOWN else None,
        "state": _state(request),
        "filters": source_events.FILTERS,
        "first": before is None,
    }


@page_for("channels.view_envelope")
def event(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One event with its raw content, card numbers masked as they are stored. Reading it is audited."""
    one = source_or_404(slug)
    envelope = get_object_or_404(Envelope, source=one, pk=pk)
    sheet = source_events.sheet(one, envelope)
    audit(
        request.user,
        "envelope.view",
        purpose="channels",
        subject=sheet.line.customer.public_id if sheet.line.customer else None,
        id=envelope.pk,
    )
    return render(request, "desktop/_event.html", {"source": one, "sheet": sheet})
