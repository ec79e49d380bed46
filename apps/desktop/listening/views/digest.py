"""The weekly digest as a page, and asking for it by mail."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.desktop.listening import digest as digest_page
from apps.desktop.listening.digest import UnknownWeek
from apps.desktop.listening.page import may_listen
from apps.desktop.shell.access import only_for
from apps.desktop.shell.toasts import toast
from apps.insights.calendar import today, week_before, week_of
from apps.insights.digest import actions
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
    except UnknownWeek as error:
        raise Http404 from error
    shown = [card.pk for card in context["loudest"].cards]
    if shown:
        audit(request.user, "listening.digest", purpose="listening", week=week, shown=shown)
    asked = DigestReader.objects.filter(person=request.user).exists()
    return render(request, "desktop/listening/digest.html", {**context, "by_mail": asked})


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
    return toast(render(request, "desktop/listening/digest.html#digest_mail", {"by_mail": wanted}), said)
