"""Making two customers one by hand, and taking it back."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest, tab_of
from apps.customers import actions
from apps.customers.actions import CannotMerge, CannotUnmerge, may_merge
from apps.customers.models import Customer, MatchCandidate, MergeRecord
from apps.customers.preview import elder_first, going_back, preview
from apps.desktop import merging_page
from apps.desktop.forms import ReasonForm
from apps.desktop.rail import rail
from apps.desktop.views.doors import led_on, of_customer, only_for
from apps.desktop.views.home import regions, told
from apps.desktop.views.toasts import keep_toast
from apps.interactions.live import announce
from apps.interactions.lookup import find


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
    record = actions.merge_customers(
        actor=request.user,
        survivor=survivor,
        absorbed=absorbed,
        reason=reason,
        chosen=merging_page.winners(preview(survivor, absorbed, request.user), request.POST.dict()),
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
        "likely": [(pair.a if pair.b == one else pair.b, merging_page.percent(pair.score)) for pair in likely],
        "rail": rail(request.user, one.public_id),
        "tab": uuid4().hex,
    }
    return render(request, "desktop/merge.html", context)


def _render_preview(
    request: PersonRequest, one: Customer, survivor: Customer, absorbed: Customer, form: ReasonForm, status: int = 200
) -> HttpResponse:
    for customer in (survivor, absorbed):
        audit(request.user, "customer.view", subject=customer.public_id, purpose="merge")
    chosen = request.POST.dict() if request.method == "POST" else request.GET.dict()
    candidate = _candidate(request)
    context: dict[str, Any] = {
        **merging_page.merging(request.user, preview(survivor, absorbed, request.user), chosen),
        "customer": one,
        "other": absorbed if survivor == one else survivor,
        "form": form,
        "candidate": candidate.pk if candidate else "",
        "rail": rail(request.user, one.public_id),
        "tab": uuid4().hex,
    }
    return render(request, "desktop/merge.html", context, status=status)


@only_for(may_merge)
@require_GET
@of_customer
def merge_find(request: PersonRequest, one: Customer) -> HttpResponse:
    """Customers for what has been typed so far, each leading to the preview."""
    words = request.GET.get("q", "").strip()[:100]
    found = find(words, request.user, regions(request.user)) if len(words) > 1 else []
    others = [line for line in found if line.customer != one]
    if others:
        shown = [str(line.customer.public_id) for line in others]
        audit(request.user, "customer.lookup", purpose="merge", shown=shown)
    context = {"found": told(others), "words": words, "asked": len(words) > 1, "merging": one}
    return render(request, "desktop/_found.html", context)


@only_for(may_merge)
def unmerge(request: PersonRequest, pk: int) -> HttpResponse:
    """What taking this merge back would move, and doing it."""
    record = get_object_or_404(MergeRecord.objects.standing().select_related("survivor", "absorbed", "actor"), pk=pk)
    if not request.htmx:
        return redirect("identity", record.survivor.public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _render_parting(request, record, form, status=200 if request.method == "GET" else 422)
    try:
        undone = actions.unmerge(actor=request.user, record=record, reason=form.cleaned_data["reason"])
    except CannotUnmerge as refusal:
        form.add_error("reason", str(refusal))
        return _render_parting(request, record, form, status=422)
    ring(request, undone.survivor, undone.absorbed)
    said = _("%(name)s is a customer of their own again.") % {"name": undone.absorbed}
    keep_toast(request, said, reverse("undo_merge", args=[undone.pk]), {"undo": "1"})
    return HttpResponseClientRedirect(reverse("identity", args=[undone.survivor.public_id]))


def _render_parting(request: PersonRequest, record: MergeRecord, form: ReasonForm, status: int) -> HttpResponse:
    context = {**merging_page.parting(request.user, going_back(record)), "form": form}
    audit(request.user, "customer.view", subject=record.absorbed.public_id, purpose="un-merge")
    return render(request, "desktop/identity.html#unmerge", context, status=status)


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
    return led_on(request, Customer.objects.survivor_of(record.survivor.public_id).get())


def _undo(request: PersonRequest, record: MergeRecord) -> None:
    reason = _("Undone at once")
    if record.kind == MergeRecord.Kind.MERGE:
        actions.unmerge(actor=request.user, record=record, reason=reason, apart=False)
    else:
        before = MergeRecord.objects.filter(undone_by=record).first()
        actions.merge_customers(
            actor=request.user,
            survivor=record.survivor,
            absorbed=record.absorbed,
            reason=reason,
            chosen=actions.chosen_in(before) if before else {},
        )
