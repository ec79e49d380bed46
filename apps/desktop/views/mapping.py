"""Saying what the fields of a source mean, beside what would come of it."""

import json
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.channels import actions, health, keyring
from apps.channels.connectors.base import Refused
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS
from apps.desktop import mapping_page
from apps.desktop.rail import rail
from apps.desktop.views.doors import act_for, form_for, source_or_404
from apps.desktop.views.toasts import toast
from apps.desktop.views.workers import let_go_soon


def _mapped(slug: str) -> Source:
    one = source_or_404(slug)
    if one.kind not in CONNECTORS or not CONNECTORS[one.kind].about.mapped:
        raise Http404
    return one


def _workbench(one: Source, text: str, samples: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows, the text, its faults, and what comes of each row."""
    reading = mapping_page.read(text) if text.strip() else mapping_page.Reading({}, None, ())
    return {
        "source": one,
        "text": text,
        "samples": samples,
        "carried": json.dumps(samples, default=str),
        "faults": reading.faults,
        "missing": mapping_page.missing(reading, samples),
        "shown": mapping_page.preview(one, reading, samples),
        "empty": not text.strip(),
    }


@form_for("channels.change_source")
def mapping(request: PersonRequest, slug: str) -> HttpResponse:
    """The page, with what came last as its sample; saved by POST once it can be followed."""
    one = _mapped(slug)
    if request.method == "POST":
        return _save(request, one)
    rows = mapping_page.latest_rows(one)
    if rows:
        audit(request.user, "source.sample", purpose="channels", source=one.slug, rows=len(rows))
    text = mapping_page.text_of(one)
    bench = _workbench(one, text or mapping_page.proposal(one, rows), rows[: mapping_page.SAMPLES])
    frame = {"rail": rail(request.user), "tab": uuid4().hex, "proposed": bool(rows) and not text}
    return render(request, "desktop/mapping.html", {**bench, **frame})


def _save(request: PersonRequest, one: Source) -> HttpResponse:
    text = request.POST.get("text", "")
    reading = mapping_page.read(text)
    if reading.compiled is None:
        context = _workbench(one, text, mapping_page.carried(request.POST.get("carried", "")))
        return render(request, "desktop/mapping.html#outcome", {**context, "unsaved": True}, status=422)
    settings = {"mapping": reading.said, mapping_page.TEXT: text}
    one = actions.change_source(actor=request.user, source=one, settings=settings)
    health.forget()
    keyring.forget()
    let_go_soon()
    context = _workbench(one, text, mapping_page.carried(request.POST.get("carried", "")))
    waiting = health.troubles([one.pk])[one.pk].quarantined
    response = render(request, "desktop/mapping.html#outcome", {**context, "saved": True, "waiting": waiting})
    return toast(response, _("Saved. It holds for everything that comes from now on."))


@act_for("channels.change_source")
def mapping_preview(request: PersonRequest, slug: str) -> HttpResponse:
    """What would come of the text as it stands; called while typing."""
    samples = mapping_page.carried(request.POST.get("carried", ""))
    context = _workbench(_mapped(slug), request.POST.get("text", ""), samples)
    return render(request, "desktop/mapping.html#outcome", context)


@act_for("channels.change_source")
def mapping_sample(request: PersonRequest, slug: str) -> HttpResponse:
    """Other rows to look at: from a file or pasted. They are shown, not kept."""
    one, text = _mapped(slug), request.POST.get("text", "")
    given = request.FILES.get("file")
    content = given.read(mapping_page.LARGEST * 10) if given else request.POST.get("pasted", "").encode()
    try:
        samples = mapping_page.rows_in(content)
    except Refused as refusal:
        samples = mapping_page.carried(request.POST.get("carried", ""))
        context = {**_workbench(one, text, samples), "sample_error": refusal.message}
        return render(request, "desktop/mapping.html#bench", context, status=422)
    written = text or mapping_page.proposal(one, samples)
    context = {**_workbench(one, written, samples), "proposed": not text}
    return render(request, "desktop/mapping.html#bench", context)


@act_for("channels.change_source")
def mapping_guess(request: PersonRequest, slug: str) -> HttpResponse:
    """Propose a mapping for the rows that are shown, instead of what is written."""
    one, samples = _mapped(slug), mapping_page.carried(request.POST.get("carried", ""))
    text = mapping_page.proposal(one, samples) or request.POST.get("text", "")
    context = {**_workbench(one, text, samples), "proposed": bool(samples)}
    return render(request, "desktop/mapping.html#bench", context)
