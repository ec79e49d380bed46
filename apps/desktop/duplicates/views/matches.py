"""Customers who may be one person: deciding on them one after the other, or on the likeliest together."""

from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, trigger_client_event

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.customers.identity import actions as identity_actions
from apps.customers.identity.actions import CannotMerge, CannotUnmerge, may_accept_all, may_merge
from apps.customers.models import MatchCandidate, MergeRecord
from apps.desktop.customer.forms import ThresholdForm
from apps.desktop.duplicates import page
from apps.desktop.duplicates.merge import percent
from apps.desktop.duplicates.views.merge import ring
from apps.desktop.shell.access import only_for
from apps.desktop.shell.open_tabs import open_tab
from apps.desktop.shell.toasts import keep_toast, toast

Status = MatchCandidate.Status
DEFAULT_THRESHOLD = 0.99


def _tab(request: PersonRequest) -> str:
    tab = request.POST.get("tab") or request.GET.get("tab", "")
    return tab if tab in dict(page.TABS) else "open"


def _candidate(pk: int) -> MatchCandidate:
    return get_object_or_404(MatchCandidate.objects.select_related("a", "b", "reviewer"), pk=pk)


@only_for(may_merge)
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def matches(request: PersonRequest) -> HttpResponse:
    """The list with the first of it opened, or only more of the list."""
    tab = _tab(request)
    before = page.cursor_of(tab, request.GET.get("before", ""))
    lines, older = page.listed(tab, before)
    if lines:
        _audit_names(request, tab, lines)
    if request.htmx.target == "matches-list" or before:
        context = {"lines": lines, "older": older, "tab_name": tab, "current": None}
        return render(request, "desktop/duplicates/matches.html#rows", context)
    return _render_page(request, tab, lines, older, _candidate(lines[0].pk) if lines else None)


@only_for(may_merge)
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def match(request: PersonRequest, pk: int) -> HttpResponse:
    """Two of them side by side: alone, or beside the list."""
    candidate, tab = _candidate(pk), _tab(request)
    if request.htmx.target == "match":
        return _render_match(request, candidate, tab)
    lines, older = page.listed(tab, None)
    _audit_names(request, tab, lines)
    return _render_page(request, tab, lines, older, candidate)


def _audit_names(request: PersonRequest, tab: str, lines: list[page.MatchLine]) -> None:
    audit(request.user, "suggestion.list", purpose="identity", tab=tab, shown=[line.pk for line in lines])


def _shown(request: PersonRequest, candidate: MatchCandidate | None) -> dict[str, Any]:
    if candidate is None:
        return {"candidate": None}
    for customer in (candidate.a, candidate.b):
        audit(request.user, "customer.view", subject=customer.public_id, purpose="identity")
    return page.match(candidate, request.user)


def _render_page(
    request: PersonRequest,
    tab: str,
    lines: list[page.MatchLine],
    older: page.MatchCursor | None,
    candidate: MatchCandidate | None,
) -> HttpResponse:
    context = {
        "lines": lines,
        "older": older,
        "tabs": page.TABS,
        "tab_name": tab,
        "may_accept_all": may_accept_all(request.user),
        "empty": page.EMPTY[tab],
        "current": candidate.pk if candidate else None,
        "decided": None,
        **_shown(request, candidate),
    }
    return render(request, "desktop/duplicates/matches.html", context)


def _render_match(
    request: PersonRequest, candidate: MatchCandidate | None, tab: str, decided: int | None = None
) -> HttpResponse:
    context = {"tab_name": tab, "decided": decided, **_shown(request, candidate)}
    return render(request, "desktop/duplicates/matches.html#match", context)


@only_for(may_merge)
@require_POST
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what they are, and go on to the next."""
    candidate, tab, status = _candidate(pk), _tab(request), request.POST.get("status", "")
    if status not in Status.values:
        return HttpResponseBadRequest(_("They are the same, they are not, or it waits."))
    following = page.following(tab, candidate)
    try:
        said, undo = _decide(request, candidate, status)
    except CannotMerge as refusal:
        said, undo = str(refusal), {}
    response = _render_match(request, following, tab, decided=pk)
    where = reverse("match", args=[following.pk]) if following else reverse("matches")
    return toast(push_url(response, f"{where}?tab={tab}"), said, reverse("undo_match", args=[pk]), undo)


def _decide(request: PersonRequest, candidate: MatchCandidate, status: str) -> tuple[str, dict[str, str]]:
    """What is said about it, and what takes it back."""
    if candidate.status in page.DECIDED and request.POST.get("seen", candidate.status) != candidate.status:
        raise CannotMerge(_("A colleague has decided on these two already: see Decided."))
    if status != Status.MATCHED:
        before = identity_actions.review(actor=request.user, candidate=candidate, status=status)
        return str(SAID[Status(status)]) % {"one": candidate.a, "other": candidate.b}, {"status": before}
    record = identity_actions.merge_customers(
        actor=request.user,
        survivor=candidate.a,
        absorbed=candidate.b,
        reason=_("Suggested with %(score)s, and confirmed") % {"score": percent(candidate.score)},
        candidate=candidate,
    )
    ring(request, candidate.a, candidate.b)
    return _("Merged: %(name)s has both stories now.") % {"name": candidate.a}, {"record": str(record.pk)}


SAID = {
    Status.DIFFERENT: _("%(one)s and %(other)s are two people."),
    Status.LATER: _("Put off: it waits under Later."),
    Status.OPEN: _("Open again."),
}


@only_for(may_merge)
@require_POST
def undo_match(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a decision back, and look at the two again."""
    candidate, said = _candidate(pk), _("Undone.")
    try:
        _undo(request, candidate)
    except (CannotMerge, CannotUnmerge) as refusal:
        said = str(refusal)
    where = f"{reverse('match', args=[pk])}?tab={_tab(request)}"
    return trigger_client_event(toast(HttpResponse(status=204), said), "undone", {"url": where})


def _undo(request: PersonRequest, candidate: MatchCandidate) -> None:
    record, status = request.POST.get("record", "")[:18], request.POST.get("status")
    if record.isdecimal():
        one = get_object_or_404(MergeRecord.objects.filter(actor=request.user), pk=int(record))
        identity_actions.unmerge(actor=request.user, record=one, reason=_("Undone at once"), apart=False)
        ring(request, candidate.a, candidate.b)
    elif candidate.reviewer not in {None, request.user}:
        raise CannotMerge(_("A colleague has decided on these two since."))
    elif status in {Status.OPEN, Status.LATER, Status.DIFFERENT}:
        identity_actions.review(actor=request.user, candidate=candidate, status=status)


@only_for(may_merge)
@require_POST
def open_match(request: PersonRequest, pk: int) -> HttpResponse:
    """Open both, and go to the elder."""
    candidate = _candidate(pk)
    for customer in (candidate.b, candidate.a):
        if customer.merged_into_id is None:
            open_tab(user=request.user, customer=customer)
    return redirect(candidate.a)


@only_for(may_merge)
@require_GET
def match_quality(request: PersonRequest) -> HttpResponse:
    return render(request, "desktop/duplicates/quality.html", page.quality())


@only_for(may_accept_all)
@vary_on_headers("HX-Request", "HX-Target")
def accept_matches(request: PersonRequest) -> HttpResponse:
    """The likeliest together: how many that would be, the least likely of them, and doing it."""
    given = request.POST if request.method == "POST" else request.GET
    form = ThresholdForm(given if "score" in given else {"score": DEFAULT_THRESHOLD})
    if request.method == "POST" and form.is_valid():
        count = identity_actions.accept_above(actor=request.user, score=form.cleaned_data["score"])
        words = ngettext("%(count)d pair was merged.", "%(count)d pairs were merged.", count)
        keep_toast(request, words % {"count": count})
        return redirect("matches")
    context = {"form": form, **(page.acceptable(form.cleaned_data["score"]) if form.is_valid() else {})}
    if request.htmx.target == "acceptable":
        return render(request, "desktop/duplicates/accept.html#acceptable", context)
    return render(request, "desktop/duplicates/accept.html", context, status=200 if form.is_valid() else 422)
