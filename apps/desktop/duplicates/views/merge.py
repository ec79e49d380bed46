"""Making two customers one by hand, and taking it back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.customers.attributes import actions as attributes_actions
from apps.customers.identity import actions as identity_actions
from apps.customers.identity.actions import CannotMerge, CannotUnmerge, may_merge
from apps.customers.identity.preview import elder_first, going_back, preview
from apps.customers.models import Customer, MatchCandidate, MergeRecord
from apps.desktop.customer.forms import ReasonForm
from apps.desktop.duplicates import merge as merge_page
from apps.desktop.home.lookup_list import found_list
from apps.desktop.shell.access import of_customer, only_for, redirect_to_survivor
from apps.desktop.shell.open_tabs import tabs_of
from apps.desktop.shell.toasts import keep_toast
from apps.foundation.http import tab_of
from apps.interactions.live import announce


@only_for(may_merge)
@of_customer
def merge(request: PersonRequest, one: Customer) -> HttpResponse:
    """Choose the other customer, see both side by side, make them one."""
    other = _other(request)
    if other is None or other == one:
        return _render_choice(request, one, same=other is not None)
    survivor, absorbed = _who_stays(request, one, other)
    if request.method != "POST":
        return _render_preview(request, one, survivor, absorbed, ReasonForm(initial=request.GET.dict()))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _render_preview(request, one, survivor, absorbed, form, status=422)
    try:
        _check_unchanged(request, one, other)
        record = _merged(request, survivor, absorbed, form.cleaned_data["reason"])
    except CannotMerge as refusal:
        form.add_error("reason", str(refusal))
        return _render_preview(request, one, survivor, absorbed, form, status=422)
    return _went_on(request, record)


def _other(request: PersonRequest) -> Customer | None:
    """The other of the two, or whoever they are now; None while nobody is chosen."""
    given = request.POST.get("with") or request.GET.get("with")
    if not given:
        return None
    try:
        wanted = UUID(given)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Customer.objects.survivor_of(wanted).visible_to(request.user))


def _who_stays(request: PersonRequest, one: Customer, other: Customer) -> tuple[Customer, Customer]:
    kept = request.POST.get("keep") or request.GET.get("keep")
    if kept == str(one.public_id):
        return one, other
    return (other, one) if kept == str(other.public_id) else elder_first(one, other)


def _check_unchanged(request: PersonRequest, one: Customer, other: Customer) -> None:
    """Whoever was seen in the preview is who is merged, and nobody with whom they became one meanwhile."""
    seen = {str(request.resolver_match.kwargs["public_id"]), request.POST.get("with")}  # type: ignore[union-attr]
    if seen != {str(one.public_id), str(other.public_id)}:
        raise CannotMerge(_("One of them has just been merged by somebody else. Look again."))


def _merged(request: PersonRequest, survivor: Customer, absorbed: Customer, reason: str) -> MergeRecord:
    record = identity_actions.merge_customers(
        actor=request.user,
        survivor=survivor,
        absorbed=absorbed,
        reason=reason,
        chosen=merge_page.winners(preview(survivor, absorbed, request.user), request.POST.dict()),
        candidate=_candidate(request),
    )
    ring(request, survivor, absorbed)
    return record


def _candidate(request: PersonRequest) -> MatchCandidate | None:
    """The suggestion the preview was opened from, if it was."""
    given = (request.POST.get("candidate") or request.GET.get("candidate") or "")[:18]
    return MatchCandidate.objects.filter(pk=int(given)).first() if given.isdecimal() else None


def _went_on(request: PersonRequest, record: MergeRecord) -> HttpResponse:
    """To whoever stays, or back to the suggestions, with a way back from there."""
    said = _("Merged. %(name)s has both stories now.") % {"name": record.survivor}
    keep_toast(request, said, reverse("undo_merge", args=[record.pk]), {"undo": "1"})
    return redirect("matches") if _candidate(request) else redirect(record.survivor)


def ring(request: PersonRequest, *customers: Customer) -> None:
    """Pages that show them look again, and find where they have to go."""
    announce([one.public_id for one in customers], tab=tab_of(request))


def _render_choice(request: PersonRequest, one: Customer, *, same: bool) -> HttpResponse:
    likely = MatchCandidate.objects.to_review().of(one).select_related("a", "b").order_by("-score", "id")[:5]
    context = {
        "customer": one,
        "same": same,
        "likely": [(pair.a if pair.b == one else pair.b, merge_page.percent(pair.score)) for pair in likely],
        "open_tabs": tabs_of(request.user, one.public_id),
    }
    return render(request, "desktop/duplicates/choose.html", context)


def _render_preview(
    request: PersonRequest, one: Customer, survivor: Customer, absorbed: Customer, form: ReasonForm, status: int = 200
) -> HttpResponse:
    for customer in (survivor, absorbed):
        audit(request.user, "customer.view", subject=customer.public_id, purpose="merge")
    chosen = request.POST.dict() if request.method == "POST" else request.GET.dict()
    candidate = _candidate(request)
    other = absorbed if survivor == one else survivor
    swapped = {"with": other.public_id, "keep": absorbed.public_id} | ({"candidate": candidate.pk} if candidate else {})
    context: dict[str, Any] = {
        **merge_page.merge_page(request.user, preview(survivor, absorbed, request.user), chosen),
        "customer": one,
        "other": other,
        "form": form,
        "candidate": candidate.pk if candidate else "",
        "swapped": f"{reverse('merge', args=[one.public_id])}?{urlencode(swapped)}",
        "open_tabs": tabs_of(request.user, one.public_id),
    }
    return render(request, "desktop/duplicates/merge.html", context, status=status)


@only_for(may_merge)
@require_GET
@of_customer
def merge_find(request: PersonRequest, one: Customer) -> HttpResponse:
    """Customers for what has been typed so far, each leading to the preview."""
    context = {**found_list(request, "merge", without=one), "merging": one}
    return render(request, "desktop/home/found.html", context)


@only_for(may_merge)
def unmerge(request: PersonRequest, pk: int) -> HttpResponse:
    """What taking this merge back would move, and doing it."""
    record = get_object_or_404(MergeRecord.objects.standing().select_related("survivor", "absorbed", "actor"), pk=pk)
    if not request.htmx:
        return redirect("identity", record.survivor.public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _render_unmerge(request, record, form, status=200 if request.method == "GET" else 422)
    try:
        undone = identity_actions.unmerge(actor=request.user, record=record, reason=form.cleaned_data["reason"])
    except CannotUnmerge as refusal:
        form.add_error("reason", str(refusal))
        return _render_unmerge(request, record, form, status=422)
    ring(request, undone.survivor, undone.absorbed)
    said = _("%(name)s is a customer of their own again.") % {"name": undone.absorbed}
    keep_toast(request, said, reverse("undo_merge", args=[undone.pk]), {"undo": "1"})
    return HttpResponseClientRedirect(reverse("identity", args=[undone.survivor.public_id]))


def _render_unmerge(request: PersonRequest, record: MergeRecord, form: ReasonForm, status: int) -> HttpResponse:
    context = {**merge_page.unmerge_page(request.user, going_back(record)), "form": form}
    audit(request.user, "customer.view", subject=record.absorbed.public_id, purpose="un-merge")
    return render(request, "desktop/duplicates/unmerge.html", context, status=status)


@only_for(may_merge)
@require_POST
def undo_merge(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what one has just done oneself: a merge, or an un-merge."""
    mine = MergeRecord.objects.filter(actor=request.user, undone_by=None).select_related("survivor", "absorbed")
    record = get_object_or_404(mine, pk=pk)
    try:
        _undo(request, record)
    except (CannotMerge, CannotUnmerge) as refusal:
        keep_toast(request, str(refusal))
    else:
        ring(request, record.survivor, record.absorbed)
        keep_toast(request, _("Undone: it is as it was before."))
    return redirect_to_survivor(request, Customer.objects.survivor_of(record.survivor.public_id).get())


def _undo(request: PersonRequest, record: MergeRecord) -> None:
    reason = _("Undone at once")
    if record.kind == MergeRecord.Kind.MERGE:
        identity_actions.unmerge(actor=request.user, record=record, reason=reason, apart=False)
    else:
        before = MergeRecord.objects.filter(undone_by=record).first()
        identity_actions.merge_customers(
            actor=request.user,
            survivor=record.survivor,
            absorbed=record.absorbed,
            reason=reason,
            chosen=attributes_actions.chosen_in(before) if before else {},
        )
