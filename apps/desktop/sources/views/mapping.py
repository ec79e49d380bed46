"""Saying what the fields of a source mean, beside what would come of it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.channels import actions
from apps.channels.contract import Refused
from apps.channels.models import Source
from apps.channels.registry import CONNECTORS
from apps.desktop.shell.access import act_for, form_for, source_or_404
from apps.desktop.shell.toasts import toast
from apps.desktop.shell.workers import let_go_soon
from apps.desktop.sources import mapping as mapping_page
from apps.desktop.sources.forms import SampleForm
from apps.desktop.sources.mapping_fields import LONGEST_NAME, PATHS
from apps.desktop.sources.mapping_text import with_field
from apps.desktop.sources.unknown_files import beginning, waiting_files


def _mapped(slug: str) -> Source:
    source = source_or_404(slug)
    if source.kind not in CONNECTORS or not CONNECTORS[source.kind].about.mapped:
        raise Http404
    return source


def _pattern(source: Source, given: str) -> str:
    """The files a mapping is for: one of the patterns there are, or a new one somebody wrote."""
    return " ".join(given.split())[: mapping_page.LONGEST_PATTERN] if mapping_page.takes_files(source) else ""


@form_for("channels.change_source")
def mapping(request: PersonRequest, slug: str) -> HttpResponse:
    """The page, with what came last as its sample; saved by POST once it can be followed."""
    source = _mapped(slug)
    if request.method == "POST":
        return _save(request, source)
    pattern, waiting = _pattern(source, request.GET.get("file", "")), waiting_files(source)
    waits = next((files for files in waiting if files.pattern == pattern), None)
    rows = (beginning(source, waits) if waits else []) or mapping_page.latest_rows(source, pattern)
    if rows:
        audit(request.user, "source.sample", purpose="channels", source=source.slug, rows=len(rows))
    text = "" if waits else mapping_page.text_of(source, pattern)
    shown = text or mapping_page.proposal(source, rows, pattern)
    bench = mapping_page.workbench(source, shown, rows[: mapping_page.SAMPLES], pattern)
    kinds = mapping_page.file_kinds(source, pattern, waiting)
    context = {**bench, "proposed": bool(rows) and not text, "waits": waits is not None, "kinds": kinds}
    return render(request, "desktop/sources/mapping.html", context)


def _save(request: PersonRequest, source: Source) -> HttpResponse:
    text = request.POST.get("text", "")
    reading = mapping_page.read(text)
    if reading.compiled is None:
        context = mapping_page.workbench(source, text, mapping_page.carried(request.POST.get("carried", "")))
        return render(request, "desktop/sources/mapping.html#outcome", {**context, "unsaved": True}, status=422)
    pattern = _pattern(source, request.POST.get("pattern", ""))
    samples = mapping_page.carried(request.POST.get("carried", ""))
    waiting = waiting_files(source)
    settings = mapping_page.kept(source, pattern, reading.said, text, samples)
    source = actions.change_source(actor=request.user, source=source, settings=settings)
    let_go_soon()
    context = mapping_page.saved(source, text, samples, pattern, waiting)
    response = render(request, "desktop/sources/mapping.html#outcome", context)
    return toast(response, _("Saved. It holds for everything that comes from now on."))


@act_for("channels.change_source")
def mapping_preview(request: PersonRequest, slug: str) -> HttpResponse:
    """What would come of the text as it stands; called while typing."""
    samples = mapping_page.carried(request.POST.get("carried", ""))
    source = _mapped(slug)
    pattern = _pattern(source, request.POST.get("pattern", ""))
    context = mapping_page.workbench(source, request.POST.get("text", ""), samples, pattern)
    return render(request, "desktop/sources/mapping.html#outcome", context)


@act_for("channels.change_source")
def mapping_field(request: PersonRequest, slug: str) -> HttpResponse:
    """One field reads another column: its line of the text changes, and nothing else."""
    source, text, path = _mapped(slug), request.POST.get("text", ""), request.POST.get("path", "")
    if path not in PATHS:
        raise Http404
    value = " ".join(request.POST.get(f"pick-{path}", "").split())[:LONGEST_NAME]
    if mapping_page.read(text).legible:
        text = with_field(text, path, value)
    samples = mapping_page.carried(request.POST.get("carried", ""))
    pattern = _pattern(source, request.POST.get("pattern", ""))
    context = mapping_page.workbench(source, text, samples, pattern)
    return render(request, "desktop/sources/mapping.html#bench", context)


@act_for("channels.change_source")
def mapping_sample(request: PersonRequest, slug: str) -> HttpResponse:
    """Other rows to look at: from a file or pasted. They are shown, not kept."""
    source, text = _mapped(slug), request.POST.get("text", "")
    pattern = _pattern(source, request.POST.get("pattern", ""))
    given = request.FILES.get("file")
    content = given.read(mapping_page.LARGEST * 10) if given else request.POST.get("pasted", "").encode()
    try:
        samples = mapping_page.rows_in(content)
    except Refused as refusal:
        samples = mapping_page.carried(request.POST.get("carried", ""))
        example = SampleForm(request.POST)
        example.is_valid()
        example.add_error("pasted", refusal.message)
        context = {**mapping_page.workbench(source, text, samples, pattern), "example": example}
        return render(request, "desktop/sources/mapping.html#bench", context, status=422)
    written = text or mapping_page.proposal(source, samples, pattern)
    context = {**mapping_page.workbench(source, written, samples, pattern), "proposed": not text}
    return render(request, "desktop/sources/mapping.html#bench", context)


@act_for("channels.change_source")
def mapping_guess(request: PersonRequest, slug: str) -> HttpResponse:
    """Propose a mapping for the rows that are shown, instead of what is written."""
    source, samples = _mapped(slug), mapping_page.carried(request.POST.get("carried", ""))
    pattern = _pattern(source, request.POST.get("pattern", ""))
    text = mapping_page.proposal(source, samples, pattern) or request.POST.get("text", "")
    context = {**mapping_page.workbench(source, text, samples, pattern), "proposed": bool(samples)}
    return render(request, "desktop/sources/mapping.html#bench", context)
