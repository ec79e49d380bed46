"""Logging a conversation: the form that loses nothing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from apps.accounts.http import PersonRequest
from apps.customers.models import Customer
from apps.desktop.customer import actions
from apps.desktop.customer.composer import composer_context
from apps.desktop.customer.forms import LogForm
from apps.desktop.shell.access import of_customer
from apps.desktop.shell.open_tabs import keep_draft
from apps.desktop.shell.toasts import toast
from apps.foundation.http import tab_of

KEPT = (
    "mode",
    "direction",
    "body",
    "disposition",
    "verbatim",
    "read_back",
    "sentiment",
    "promise",
    "due",
    "keeper",
    "about",
    "started",
    "key",
)


@login_required
@require_POST
@of_customer
def log(request: PersonRequest, customer: Customer) -> HttpResponse:
    """Save what happened. With an error everything typed stays, and the draft is kept as well."""
    form = LogForm(request.POST, request.FILES, author=request.user)
    if not form.is_valid():
        keep_draft(user=request.user, customer=customer, draft=_typed(request))
        context = composer_context(request.user, customer, {}, form)
        return render(request, "desktop/customer/composer.html", context, status=422)
    logged = actions.log(
        actor=request.user,
        customer=customer,
        touch=form.touch(request.user),
        promise=form.promised(),
        files=form.cleaned_data["attachments"],
        tab=tab_of(request),
    )
    context = composer_context(request.user, customer, {}, mode=form.cleaned_data["mode"])
    response = render(request, "desktop/customer/composer.html", context)
    trigger_client_event(response, "story")
    trigger_client_event(response, "saved", {"entry": f"e{logged.pk}"}, after="settle")
    return toast(response, _("Logged."))


@login_required
@require_POST
@of_customer
def draft(request: PersonRequest, customer: Customer) -> HttpResponse:
    """Keep what is typed so far; called while typing."""
    keep_draft(user=request.user, customer=customer, draft=_typed(request))
    return HttpResponse(status=204)


def _typed(request: PersonRequest) -> dict[str, str]:
    typed = {name: request.POST.get(name, "")[:20_000] for name in KEPT}
    written = any(typed[name] for name in ("body", "verbatim", "read_back", "promise", "disposition"))
    return {name: value for name, value in typed.items() if value} if written else {}
