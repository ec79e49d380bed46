"""A customer's attributes: what holds and who says so, corrected where it is shown."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.http import PersonRequest
from apps.customers.attributes import actions
from apps.customers.attributes.definitions import BadValue
from apps.customers.models import Customer
from apps.desktop.customer import attributes as attributes_page
from apps.desktop.customer import profile
from apps.desktop.shell.access import of_customer
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of
from apps.interactions.live import announce


@login_required
@never_cache
@require_GET
@of_customer
def attributes(request: PersonRequest, one: Customer) -> HttpResponse:
    context = {"customer": one, "attributes": attributes_page.panel(request.user, one)}
    return render(request, "desktop/customer/attributes.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@of_customer
def attribute(request: PersonRequest, one: Customer, key: str) -> HttpResponse:
    """Everything about one of them, and a form to correct it."""
    if request.method == "GET":
        return _render_attribute(request, one, key)
    sheet = attributes_page.sheet(request.user, one, key)
    if sheet is None:
        raise Http404
    given = None if "clear" in request.POST else request.POST.get("value", "")[:2000]
    try:
        before = actions.edit_attribute(actor=request.user, customer=one, key=key, value=given)
    except BadValue as refusal:
        return _render_attribute(request, one, key, error=str(refusal), given=given or "", status=422)
    announce([one.public_id], tab=tab_of(request))
    return _went_on(request, one, key, before)


def _render_attribute(
    request: PersonRequest, one: Customer, key: str, *, status: int = 200, **shown: str
) -> HttpResponse:
    sheet = attributes_page.sheet(request.user, one, key)
    if sheet is None:
        raise Http404
    context = {"customer": one, "sheet": sheet, "error": "", "given": "", **shown}
    return render(request, "desktop/customer/attribute.html", context, status=status)


def _went_on(request: PersonRequest, one: Customer, key: str, before: Any) -> HttpResponse:
    """The attributes and the head of the page as they are now, with a way back."""
    one.refresh_from_db()
    context = {
        "customer": one,
        "attributes": attributes_page.panel(request.user, one),
        "edited": key,
        "local_time": profile.local_time(one),
        "oob": True,
    }
    response = render(request, "desktop/customer/attributes_edited.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#attributes", "outerHTML"
    undo = {"clear": "1"} if before is None else {"value": str(before)}
    return toast(response, _("Noted. It holds until a source says something new."), request.path, undo)
