"""The weekly digest as a page, and asking for it by mail."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.desktop import digest_page
from apps.desktop.digest_page import Unknown
from apps.desktop.listening_page import may_listen
from apps.desktop.rail import rail
from apps.desktop.views.doors import only_for
from apps.desktop.views.toasts import toast
from apps.insights import actions
from apps.insights.days import today, week_before, week_of
from apps.insights.models import DigestReader


@only_for(may_listen)
@require_GET
def last_digest(request: PersonRequest) -> HttpResponse:
    """The last week that is over."""
    return redirect("digest", week_before(week_of(today())))


@only_for(may_listen)
@require_GET
def digest(request: PersonRequest, week: str) -> HttpResponse:
    try:
        context = digest_page.digest(request.user, week)
    except Unknown as error:
        raise Http404 from error
    shown = [card.pk for card in context["loudest"].cards]
    if shown:
        audit(request.user, "listening.digest", purpose="listening", week=week, shown=shown)
    asked = DigestReader.objects.filter(person=request.user).exists()
    context |= {"by_mail": asked, "rail": rail(request.user), "tab": uuid4().hex}
    return render(request, "desktop/digest.html", context)


@only_for(may_listen)
@require_POST
def digest_mail(request: PersonRequest) -> HttpResponse:
    """Ask for it by mail, or no more."""
    wanted = request.POST.get("by_mail") == "on"
    if wanted:
        actions.subscribe(actor=request.user)
    else:
        actions.unsubscribe(actor=request.user)
    said = _("Every Monday morning from now on.") if wanted else _("No more digests by mail.")
    if wanted and "@" not in request.user.email:
        said = _("Asked for, but you have no e-mail address here: a supervisor can enter one.")
    return toast(render(request, "desktop/digest.html#digest_mail", {"by_mail": wanted}), said)
