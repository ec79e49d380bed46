"""One customer: the story, who they are, and what is done about an entry of it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.contact.actions import note_consent
from apps.customers.models import Customer
from apps.desktop.customer.feed import feed
from apps.desktop.customer.forms import ConsentForm, FilterForm
from apps.desktop.customer.page import page, panels
from apps.desktop.customer.permission_panel import consent_now
from apps.desktop.customer.presence import colleagues
from apps.desktop.customer.queries import rows_of
from apps.desktop.shell.access import of_customer, redirect_to_survivor
from apps.desktop.shell.open_tabs import close_tab, open_tab
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of
from apps.interactions import actions
from apps.interactions import timeline as story
from apps.interactions.corrections import correctable_by
from apps.interactions.models import Attachment, Interaction

SHOWN = 400  # entries that a page may ask after


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def customer(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The whole page, or only the feed when filters change or new entries are asked for."""
    one = Customer.objects.visible_to(request.user).filter(public_id=public_id).first()
    if one is None:  # found to be somebody else since: old links lead on
        return redirect_to_survivor(
            request, get_object_or_404(Customer.objects.survivor_of(public_id).visible_to(request.user))
        )
    draft, read_before = open_tab(user=request.user, customer=one)
    if request.htmx.target == "timeline":
        audit(request.user, "customer.view", subject=one.public_id, purpose="service")
        return render(request, "desktop/customer/customer.html#feed", feed(request, one))
    context = page(request, one, draft, read_before)
    also = {"shown": context["household"].ids} if context["household"] else {}
    audit(request.user, "customer.view", subject=one.public_id, purpose="service", **also)
    return render(request, "desktop/customer/customer.html", context)


@login_required
@never_cache
@require_GET
@of_customer
def timeline(request: PersonRequest, one: Customer) -> HttpResponse:
    """Older entries, put after those that are there, or newer ones before them."""
    audit(request.user, "customer.view", subject=one.public_id, purpose="service", older=True)
    return render(request, "desktop/customer/customer.html#feed", feed(request, one))


@login_required
@never_cache
@require_GET
@of_customer
def news(request: PersonRequest, one: Customer) -> HttpResponse:
    """How many entries a page that has seen those up to `seen` does not have yet: the floating pill; and which of those
    it shows do not stand any more."""
    newest = story.page(one, request.user, FilterForm(request.GET).filters())
    seen = request.GET.get("seen", "")[:19]
    count = sum(row.pk > int(seen) for row in newest.entries) if seen.isdecimal() else 0
    context = {"count": count, "customer": one, "gone": _gone(one, request.GET.get("shown", ""))}
    return render(request, "desktop/customer/customer.html#news", context)


def _gone(one: Customer, shown: str) -> list[int]:
    """Which of the entries that a page shows do not stand any more."""
    ids = [int(pk) for pk in shown.split(",")[:SHOWN] if pk.isdecimal() and len(pk) < 19]
    rows = Interaction.originals.filter(pk__in=ids, profile__customer=one).exclude(withdrawn="")
    return list(rows.values_list("pk", flat=True)) if ids else []


@login_required
@never_cache
@require_GET
@of_customer
def aside(request: PersonRequest, one: Customer) -> HttpResponse:
    return render_aside(request, one)


@login_required
@never_cache
@require_GET
@of_customer
def presence(request: PersonRequest, one: Customer) -> HttpResponse:
    context = {"customer": one, "colleagues": colleagues(user=request.user, customer=one)}
    return render(request, "desktop/customer/customer.html#present", context)


@login_required
@require_POST
@of_customer
def printed(request: PersonRequest, one: Customer) -> HttpResponse:
    """The story is on paper now, or in a file, as far as it was read."""
    count = request.POST.get("entries", "")[:6]
    entries = int(count) if count.isdecimal() else 0
    audit(request.user, "customer.print", subject=one.public_id, purpose="service", entries=entries)
    return HttpResponse(status=204)


@login_required
@require_POST
def close(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Open no longer. The page goes to the desk, unless it shows somebody else."""
    close_tab(user=request.user, public_id=public_id)
    response = HttpResponse(status=204)
    if "/customers/" in (here := request.htmx.current_url or "") and str(public_id) not in here:
        response["HX-Trigger"] = "open-tabs"
    else:
        response["HX-Redirect"] = reverse("desk")
    return response


@login_required
@require_POST
@of_customer
def consent(request: PersonRequest, one: Customer) -> HttpResponse:
    """Note what the customer just said about being contacted, and offer to take it back."""
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is no consent we know. Reload the page and try again."))
    before = consent_now(one, form.cleaned_data["channel"])
    note_consent(actor=request.user, customer=one, origin=_("At the desk"), **form.cleaned_data)
    undo = {**form.cleaned_data, "status": before} if before else None
    return toast(render_aside(request, one), _("Noted. It holds from now on."), request.path, undo)


@login_required
@require_POST
def pin(request: PersonRequest, pk: int) -> HttpResponse:
    rows = Interaction.objects.visible_to(request.user).select_related("profile__customer")
    interaction = get_object_or_404(rows, pk=pk)
    pinned = actions.pin(actor=request.user, interaction=interaction, tab=tab_of(request))
    response = render(request, "desktop/customer/pin.html", {"pk": pk, "pinned": pinned})
    response["HX-Trigger"] = "pinned"
    return response


@login_required
@never_cache
@require_GET
def attachment(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The file itself, always as a download: what strangers send is not opened inside our pages."""
    visible, withdrawn = Interaction.objects.visible_to(request.user), correctable_by(request.user)
    readable = Q(interaction__in=visible) | Q(interaction__in=withdrawn)
    one = get_object_or_404(Attachment.objects.filter(readable), pk=pk)
    audit(request.user, "attachment.view", subject=one.interaction.profile.customer.public_id, attachment=pk)
    return FileResponse(one.file.open(), as_attachment=True, filename=one.name, content_type=one.content_type)


def render_aside(request: PersonRequest, one: Customer) -> HttpResponse:
    context = {"customer": one, **panels(request.user, one, rows_of(one, request.user))}
    return render(request, "desktop/customer/aside.html", context)
