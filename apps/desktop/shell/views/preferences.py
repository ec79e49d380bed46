"""How the desk looks and listens to one person."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from apps.accounts.http import PersonRequest
from apps.desktop.customer.forms import PreferencesForm


@login_required
@require_POST
def preferences(request: PersonRequest) -> HttpResponse:
    """Change one or more of theme, density, shortcuts and mail; what is not sent stays as it is."""
    current = {name: getattr(request.user, name) for name in PreferencesForm.Meta.fields}
    form = PreferencesForm({**current, **request.POST.dict()}, instance=request.user)
    if not form.is_valid():
        return HttpResponse(status=422)
    for name, value in form.cleaned_data.items():
        setattr(request.user, name, value)
    request.user.save(update_fields=list(form.cleaned_data))
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
