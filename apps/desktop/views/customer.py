"""One customer: the story, who they are, and what is done about an entry of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest, tab_of
from apps.customers import actions as customers
from apps.customers.models import Customer
from apps.customers.presence import colleagues
from apps.desktop import attributes_page, moment_panels, profile
from apps.desktop.composing import composer_context
from apps.desktop.entries import ICONS, entries
from apps.desktop.forms import ConsentForm, FilterForm
from apps.desktop.last_time import last_time
from apps.desktop.permission_panel import consent_now, permission_panel
from apps.desktop.rail import rail
from apps.desktop.sources import missing
from apps.desktop.views.doors import led_on, of_customer
from apps.desktop.views.toasts import toast
from apps.interactions import actions
from apps.interactions import timeline as story
from apps.interactions.models import Attachment, Channel, Interaction, Pin
from apps.moments.actions import may_mark

PINNED = 10
PIN_ICON = format_html(
    '<svg class="icon small" aria-hidden="true"><use href="{}#pin"></use></svg>', static("desktop/icons.svg")
)

MARK_ICON = format_html(
    '<svg class="icon small" aria-hidden="true"><use href="{}#flag"></use></svg>', static("desktop/icons.svg")
)


def _feed(request: PersonRequest, customer: Customer, **marks: Any) -> dict[str, Any]:
    """What the feed's template needs for the page of the story that the query string asks for."""
    form = FilterForm(request.GET)
    filters = form.filters()
    try:
        before = story.Cursor.parse(request.GET["before"]) if "before" in request.GET else None
        after: date | None = timezone.localdate(before.occurred_at) if before else None
        start = max(1, int(request.GET.get("from", 1)))
    except (ValueError, OverflowError):
        before, after, start = None, None, 1
    page = story.page(customer, request.user, filters, before=before)
    query = request.GET.copy()
    for name in ("before", "from"):
        query.pop(name, None)
    return {
        "customer": customer,
        "entries": entries(page.entries, after=after, start=start, **marks),
        "older": page.older,
        "next_place": start + len(page.entries),
        "hidden": page.hidden,
        "hidden_more": page.hidden >= story.HIDDEN_COUNTED,
        "query": query.urlencode(),
        "filtered": filters.any(),
        "seen": max((row.pk for row in page.entries), default=0),
        "first": before is None,
        "profiles": page.profiles,
        "missing": missing(page.sources) if before is None else None,
        "form": form,
        "words": {**_words(), "mark": _("Mark a moment") if may_mark(request.user) else ""},
        "oob": request.htmx.target == "timeline",
    }


def _words() -> dict[str, str]:
    """Words every entry says, looked up once a page."""
    return {
        "new": _("new"),
        "pin": _("Pin this entry"),
        "unpin": _("Unpin this entry"),
        "pages": _("Pages"),
        "pin_icon": PIN_ICON,
        "mark_icon": MARK_ICON,
        "copy": _("Copy"),
        "late": _("learned"),
        "read_back": _("We said back:"),
    }


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def customer(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The whole page, or only the feed when filters change or new entries are asked for."""
    one = Customer.objects.visible_to(request.user).filter(public_id=public_id).first()
    if one is None:  # found to be somebody else since: old links lead on
        return led_on(request, get_object_or_404(Customer.objects.survivor_of(public_id).visible_to(request.user)))
    draft, read_before = customers.open_tab(user=request.user, customer=one)
    audit(request.user, "customer.view", subject=one.public_id, purpose="service")
    if request.htmx.target == "timeline":
        return render(request, "desktop/customer.html#feed", _feed(request, one))
    return render(request, "desktop/customer.html", _page(request, one, draft, read_before))


def _page(request: PersonRequest, one: Customer, draft: dict[str, Any], read_before: datetime | None) -> dict[str, Any]:
    """The feed and what frames it. The side panel and who else is here follow by themselves: the story comes first."""
    feed = _feed(request, one, read_before=read_before)
    return {
        **feed,
        "news_count": sum(entry.new for entry in feed["entries"]),
        "read_before": read_before,
        "local_time": profile.local_time(one),
        "last_time": last_time(request.user, feed["profiles"]),
        "opened": timezone.now().isoformat(),
        "rail": rail(request.user, one.public_id),
        "channels": [(channel.value, channel.label, ICONS[channel]) for channel in Channel],
        "tab": uuid4().hex,
        **composer_context(request.user, one, draft),
    }


@login_required
@never_cache
@require_GET
@of_customer
def timeline(request: PersonRequest, one: Customer) -> HttpResponse:
    """Older entries, put after those that are there."""
    audit(request.user, "customer.view", subject=one.public_id, purpose="service", older=True)
    return render(request, "desktop/customer.html#feed", _feed(request, one))


@login_required
@never_cache
@require_GET
@of_customer
def news(request: PersonRequest, one: Customer) -> HttpResponse:
    """How many entries a page that has seen those up to `seen` does not have yet: the floating pill."""
    page = story.page(one, request.user, FilterForm(request.GET).filters())
    seen = request.GET.get("seen", "")[:19]
    count = sum(row.pk > int(seen) for row in page.entries) if seen.isdecimal() else 0
    return render(request, "desktop/customer.html#news", {"count": count, "customer": one})


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
    return render(request, "desktop/customer.html#presence", context)


@login_required
@require_POST
def close(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Off the rail. The page goes to the desk, unless it shows somebody else."""
    customers.close_tab(user=request.user, public_id=public_id)
    response = HttpResponse(status=204)
    if "/customers/" in (here := request.htmx.current_url or "") and str(public_id) not in here:
        response["HX-Trigger"] = "rail"
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
    customers.note_consent(actor=request.user, customer=one, origin=_("At the desk"), **form.cleaned_data)
    undo = {**form.cleaned_data, "status": before} if before else None
    return toast(render_aside(request, one), _("Noted. It holds from now on."), request.path, undo)


@login_required
@require_POST
def pin(request: PersonRequest, pk: int) -> HttpResponse:
    rows = Interaction.objects.visible_to(request.user).select_related("profile__customer")
    interaction = get_object_or_404(rows, pk=pk)
    pinned = actions.pin(actor=request.user, interaction=interaction, tab=tab_of(request))
    response = render(request, "desktop/customer.html#pin", {"pk": pk, "pinned": pinned})
    response["HX-Trigger"] = "pinned"
    return response


@login_required
@never_cache
@require_GET
def attachment(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The file itself, always as a download: what strangers send is not opened inside our pages."""
    visible = Interaction.objects.visible_to(request.user)
    one = get_object_or_404(Attachment.objects.filter(interaction__in=visible), pk=pk)
    audit(request.user, "attachment.view", subject=one.interaction.profile.customer.public_id, attachment=pk)
    return FileResponse(one.file.open(), as_attachment=True, filename=one.name, content_type=one.content_type)


def _pins(request: PersonRequest, one: Customer) -> list[Pin]:
    pins = Pin.objects.visible_to(request.user).filter(profile__customer=one)
    return list(pins.with_entry().order_by("-at")[:PINNED])


def render_aside(request: PersonRequest, one: Customer) -> HttpResponse:
    return render(
        request,
        "desktop/customer.html#aside",
        {
            "customer": one,
            "aside": profile.aside(one, request.user),
            "permission": permission_panel(one, request.user),
            "attributes": attributes_page.panel(request.user, one),
            "pins": _pins(request, one),
            "moments": moment_panels.panel(request.user, one),
        },
    )
