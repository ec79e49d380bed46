"""How we know that a customer is one person."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_bidi
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.customers.identity.actions import may_merge
from apps.customers.models import Customer
from apps.desktop.duplicates.identity import identity_of
from apps.desktop.shell.access import of_customer
from apps.desktop.shell.open_tabs import tabs_of


@login_required
@never_cache
@require_GET
@of_customer
def identity(request: PersonRequest, one: Customer) -> HttpResponse:
    """The evidence, who else has the same, and what was merged and un-merged. Whom it names is audited."""
    shown = identity_of(one, mirrored=get_language_bidi(), reasons=may_merge(request.user))
    others = sorted({other.public_id for crowd in shown["crowds"] for other in crowd.others})
    audit(request.user, "customer.identity", subject=one.public_id, purpose="identity", shown=others)
    context = {**shown, "customer": one, "open_tabs": tabs_of(request.user, one.public_id)}
    return render(request, "desktop/duplicates/identity.html", context)
