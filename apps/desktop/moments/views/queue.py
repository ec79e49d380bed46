"""The desk of moments: a list with one of them opened, and what is done to several at once."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, trigger_client_event

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import User
from apps.contact.permission import NotPermitted
from apps.desktop.moments import page, pane
from apps.desktop.moments.forms import FinishForm, MomentReasonForm, SnoozeForm
from apps.desktop.shell.toasts import keep_toast, toast
from apps.foundation.db.keyset import Cursor
from apps.foundation.http import tab_of
from apps.moments import actions
from apps.moments.actions import AlreadyChanged, StaysInside
from apps.moments.models import Moment
from apps.moments.tasks import ring

AT_ONCE = 50  # moments that are put off or assigned together
GONE = gettext_lazy("It is no longer at your desk: it was taken back, or somebody else has it.")


def tab_name(request: PersonRequest) -> str:
    tab = request.POST.get("tab") or request.GET.get("tab", "")
    return tab if tab in dict(page.TABS) else "mine"


def moment_or_404(request: PersonRequest, public_id: UUID) -> Moment:
    visible = Moment.objects.visible_to(request.user).select_related("profile__customer", *page.PEOPLE)
    return get_object_or_404(visible, public_id=public_id)


def moment_or_gone(request: PersonRequest, public_id: UUID) -> Moment | None:
    """None where it lay at this person's desk and does no longer. Raises Http404 where it never did."""
    try:
        return moment_or_404(request, public_id)
    except Http404:
        if Moment.objects.filter(public_id=public_id).once_asked_of(request.user).exists():
            return None
        raise


def render_gone(request: PersonRequest, public_id: UUID, tab: str) -> HttpResponse:
    """It is taken off the list, and what comes next is opened."""
    following = page.in_tab(request.user, tab).select_related("profile__customer", *page.PEOPLE).first()
    response = render_moment(request, following, tab, gone=public_id)
    where = reverse("moment", args=[following.public_id]) if following else reverse("moments")
    return toast(push_url(response, f"{where}?tab={tab}"), str(GONE))


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def moments(request: PersonRequest) -> HttpResponse:
    """The list, whose first opens by itself in a second request, or only its lines, or more of them."""
    tab, after = tab_name(request), Cursor.parse(request.GET.get("after", ""))
    found, older = page.listed(request.user, tab, after)
    audit_shown(request, tab, found)
    if request.htmx.target == "moments-list" or after:
        return render(request, "desktop/moments/moments.html#rows", _rows(request, tab, found, older))
    return _render_page(request, tab, found, older, None)


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def moment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One in full: alone, or beside the list."""
    moment, tab = moment_or_gone(request, public_id), tab_name(request)
    if request.htmx.target == "moment":
        return render_moment(request, moment, tab) if moment else render_gone(request, public_id, tab)
    if moment is None:
        keep_toast(request, str(GONE))
        return redirect(f"{reverse('moments')}?tab={tab}")
    found, older = page.listed(request.user, tab, None)
    audit_shown(request, tab, found)
    return _render_page(request, tab, found, older, moment)


def audit_shown(request: PersonRequest, tab: str, found: list[Moment]) -> None:
    if found:
        shown = sorted({str(moment.profile.customer.public_id) for moment in found})
        audit(request.user, "moment.list", purpose="moments", tab=tab, shown=shown)


def _rows(request: PersonRequest, tab: str, found: list[Moment], older: Cursor[datetime] | None) -> dict[str, Any]:
    return {"lines": page.lines(request.user, found), "older": older, "tab_name": tab, "empty": None, "current": ""}


def shown(request: PersonRequest, moment: Moment | None) -> dict[str, Any]:
    """What the pane needs, once it is noted that somebody reads it."""
    if moment is None:
        return {"moment": None}
    audit(request.user, "moment.view", subject=moment.profile.customer.public_id, purpose="moments", id=moment.pk)
    forms = {"finish_form": FinishForm(), "reason_form": MomentReasonForm(), "snooze_form": SnoozeForm()}
    return {**pane.pane(request.user, moment), **forms}


def _render_page(
    request: PersonRequest, tab: str, found: list[Moment], older: Cursor[datetime] | None, moment: Moment | None
) -> HttpResponse:
    opens_first = str(found[0].public_id) if found and moment is None else ""
    context = {
        **_rows(request, tab, found, older),
        **shown(request, moment),
        "opens_first": opens_first,
        "current": str(moment.public_id) if moment else opens_first,
        "gone": None,
        "tabs": page.TABS,
        "empty": page.EMPTY[tab],
        "spans": SnoozeForm.SPANS,
        "mates": _mates(request.user),
    }
    return render(request, "desktop/moments/moments.html", context)


def _mates(user: User) -> list[User]:
    """To whom several are assigned at once: everybody of the desk."""
    here = User.objects.filter(team=user.team_id, is_active=True) if user.team_id else User.objects.none()
    return list(here.order_by("first_name", "last_name", "id")[: pane.COLLEAGUES])


def render_moment(request: PersonRequest, moment: Moment | None, tab: str, gone: UUID | None = None) -> HttpResponse:
    """The pane; the line of the moment that is `gone` is taken off the list."""
    context = {"tab_name": tab, "opens_first": "", "gone": gone, "spans": SnoozeForm.SPANS, **shown(request, moment)}
    response = render(request, "desktop/moments/moments.html#moment", context)
    return trigger_client_event(response, "gone", {"line": f"line-{gone}"}) if gone else response


@login_required
@require_POST
def several_moments(request: PersonRequest) -> HttpResponse:
    """Put several off, or assign them: those that may be, one by one, and how many that were."""
    chosen = _chosen(request.POST.getlist("chosen"))
    visible = Moment.objects.visible_to(request.user).filter(public_id__in=chosen).order_by("profile__customer", "id")
    act = _to_several(request)
    if act is None or not chosen:
        return HttpResponseBadRequest(_("Choose moments, and until when or whose they are."))
    done = [moment for moment in visible.select_related("profile__customer", *page.PEOPLE) if _tried(act, moment)]
    ring()
    undo = {"chosen": ",".join(str(moment.public_id) for moment in done)} if done else None
    said = _of_several(_("Put off") if "span" in request.POST else _("Assigned"), len(done), len(chosen))
    return trigger_client_event(toast(HttpResponse(status=204), said, reverse("undo_several"), undo), "moments")


@login_required
@require_POST
def undo_several(request: PersonRequest) -> HttpResponse:
    """Take one's own last step back with each of these, where it still is the last."""
    chosen = _chosen(request.POST.get("chosen", "").split(","))
    mine = Moment.objects.filter(public_id__in=chosen).stepped_by(request.user).order_by("profile__customer", "id")
    undo = partial(_undone, request)
    done = sum(_tried(undo, moment) for moment in mine.select_related("profile__customer", *page.PEOPLE))
    ring()
    said = _of_several(_("Undone"), done, len(chosen))
    return trigger_client_event(toast(HttpResponse(status=204), said), "moments")


def _undone(request: PersonRequest, moment: Moment) -> None:
    actions.undo(actor=request.user, moment=moment, tab=tab_of(request))


def _of_several(what: str, done: int, count: int) -> str:
    words = ngettext("%(done)d moment of %(all)d.", "%(done)d moments of %(all)d.", done)
    return f"{what}: {words % {'done': done, 'all': count}}"


def _chosen(given: Sequence[str]) -> list[UUID]:
    return [UUID(text) for text in given[:AT_ONCE] if _is_uuid(text)]


def _to_several(request: PersonRequest) -> Any:
    if "user" in request.POST:
        pk = request.POST["user"]
        user = User.objects.filter(pk=int(pk), is_active=True).first() if pk.isdecimal() and len(pk) < 18 else None
        return user and (
            lambda moment: actions.reassign(actor=request.user, moment=moment, user=user, tab=tab_of(request))
        )
    form = SnoozeForm(request.POST)
    until = form.until() if form.is_valid() else None
    return until and (
        lambda moment: actions.snooze(actor=request.user, moment=moment, until=until, tab=tab_of(request))
    )


def _tried(act: Any, moment: Moment) -> bool:
    try:
        act(moment)
    except (PermissionDenied, AlreadyChanged, NotPermitted, StaysInside, ValueError):
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
