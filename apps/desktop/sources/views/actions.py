"""What is done to a source from its page or the list. Each answers with a word, and the page looks again."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from apps.accounts.http import PersonRequest
from apps.channels import actions
from apps.channels.contract import Secret
from apps.channels.ingest import process
from apps.channels.models import Envelope, Source, WriteKey
from apps.channels.registry import CONNECTORS
from apps.channels.sync import circuit_breaker
from apps.desktop.shell.access import act_for, base_of, source_or_404
from apps.desktop.shell.toasts import toast
from apps.desktop.shell.workers import let_go_soon, look_soon, try_soon
from apps.desktop.sources.addresses import address_of, example
from apps.desktop.sources.forms import BackfillForm, RemovalForm
from apps.desktop.sources.source import NO_SECRET


def _done(
    words: str, undo: str = "", values: Mapping[str, str] | None = None, response: HttpResponse | None = None
) -> HttpResponse:
    """Say what happened; `source` makes every part of the page look again."""
    return trigger_client_event(toast(response or HttpResponse(status=204), words, undo, values), "source")


@act_for("channels.change_source")
def sync_now(request: PersonRequest, slug: str) -> HttpResponse:
    source = source_or_404(slug)
    streams = actions.sync_now(actor=request.user, source=source)
    look_soon()
    said = ngettext("Looking into %(count)d stream now.", "Looking into %(count)d streams now.", streams)
    return _done(said % {"count": streams} if streams else _("There is nothing to look into: it pushes."))


@act_for("channels.change_source")
def pause(request: PersonRequest, slug: str) -> HttpResponse:
    source = source_or_404(slug)
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    circuit_breaker.pause(actor=request.user, source=source, reason=reason)
    return _done(_("Paused. What arrives is kept."), reverse("resume_source", args=[slug]), {"undo": "1"})


@act_for("channels.change_source")
def resume(request: PersonRequest, slug: str) -> HttpResponse:
    circuit_breaker.resume(actor=request.user, source=source_or_404(slug))
    let_go_soon()
    return _done(_("It goes on, with what was held back first."))


@act_for("channels.change_source")
def switch(request: PersonRequest, slug: str) -> HttpResponse:
    """On or off."""
    source, on = source_or_404(slug), request.POST.get("active") == "on"
    actions.change_source(actor=request.user, source=source, settings={}, active=on)
    words = _("Switched on.") if on else _("Switched off. What it sends from now on is turned away.")
    return _done(words, request.path, {"active": "off" if on else "on"})


@act_for("channels.change_source")
def backfill(request: PersonRequest, slug: str) -> HttpResponse:
    source, form = source_or_404(slug), BackfillForm(request.POST)
    if not form.is_valid():
        return render(request, "desktop/sources/source.html#backfill", {"source": source, "backfill": form}, status=422)
    streams = actions.backfill(actor=request.user, source=source, since=form.cleaned_data["since"])
    look_soon()
    said = _("Older events are fetched from now on.") if streams else _("Nothing to fetch from has been found yet.")
    empty = render(request, "desktop/sources/source.html#backfill", {"source": source, "backfill": BackfillForm()})
    return _done(said, response=empty)


@act_for("channels.change_envelope")
def replay(request: PersonRequest, slug: str) -> HttpResponse:
    """Quarantined events try again: one (`id`), those with one reason, or all."""
    source = source_or_404(slug)
    chosen = Envelope.objects.filter(source=source)
    if request.POST.get("id", "")[:18].isdecimal():
        chosen = chosen.filter(pk=int(request.POST["id"][:18]))
    elif "reason" in request.POST:
        chosen = chosen.filter(error=request.POST["reason"])
    count = process.replay(actor=request.user, envelopes=chosen)
    try_soon()
    said = ngettext("%(count)d event is tried again now.", "%(count)d events are tried again now.", count)
    held = " " + _("The source is paused: they wait until it is resumed.") if source.paused_at and count else ""
    return _done(said % {"count": count} + held)


@act_for("channels.change_source")
def rotate(request: PersonRequest, slug: str) -> HttpResponse:
    """A new secret beside the one in force: made here and shown this once, or pasted from the provider."""
    source, pasted = source_or_404(slug), request.POST.get("secret", "").strip()[:500]
    about = CONNECTORS[source.kind].about
    if about.secret == Secret.THEIRS and not pasted:
        context = {**NO_SECRET, "source": source, "theirs": True, "missing": True}
        return render(request, "desktop/sources/source.html#rotation", context, status=422)
    made = actions.issue_key(actor=request.user, source=source, secret=pasted if about.secret == Secret.THEIRS else "")
    context = _new_secret(request, source, "" if about.secret == Secret.THEIRS else made)
    return trigger_client_event(render(request, "desktop/sources/source.html#rotation", context), "source")


def _new_secret(request: PersonRequest, source: Source, made: str) -> dict[str, object]:
    address = address_of(source.kind, source.slug, base_of(request))
    return {
        **NO_SECRET,
        "source": source,
        "theirs": not made,
        "made": made,
        "pasted": not made,
        "example": example(source.kind, address, made) if made else "",
    }


@act_for("channels.change_source")
def revoke(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    key = get_object_or_404(WriteKey.objects.select_related("source"), source=source_or_404(slug), pk=pk)
    actions.revoke_key(actor=request.user, key=key)
    return _done(_("Revoked. Whoever uses it is turned away from now on."))


@act_for("channels.change_source")
def remove(request: PersonRequest, slug: str) -> HttpResponse:
    """For good, once its name was typed."""
    source = source_or_404(slug)
    form = RemovalForm(request.POST, source=source)
    if not form.is_valid():
        return render(request, "desktop/sources/source.html#removal", {"source": source, "removal": form}, status=422)
    actions.remove_source(actor=request.user, source=source)
    return HttpResponseClientRedirect(reverse("sources"))
