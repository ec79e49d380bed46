"""Sitting in on a team's day."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import Team
from apps.desktop import sitting_page
from apps.desktop.listening_forms import SitForm
from apps.desktop.rail import rail
from apps.desktop.sitting_page import may_sit_in
from apps.desktop.views.doors import only_for
from apps.insights import actions


@only_for(may_sit_in)
@require_GET
def sit_in(request: PersonRequest) -> HttpResponse:
    """The day of a team, once one has said that one sits in; until then, where to say so."""
    asked = SitForm(request.GET)
    context: dict[str, Any] = {"teams": sitting_page.teams(), "today": timezone.localdate()}
    if asked.is_valid():
        team, day = asked.cleaned_data["team"], asked.cleaned_data["day"]
        context |= {"team": team, "day": day, "live": day >= sitting_page.today_of(team)}
        context |= {"refused": not sitting_page.may_follow(team, day), "back": sitting_page.BACK}
        if sitting_page.sits_in(request.user, team, day):
            context |= _day(request, team, day, 0)
    return render(request, "desktop/sit_in.html", {**context, "rail": rail(request.user), "tab": uuid4().hex})


@only_for(may_sit_in)
@require_POST
def sit_in_begin(request: PersonRequest) -> HttpResponse:
    asked = SitForm(request.POST)
    if not asked.is_valid():
        return redirect("sit_in")
    team, day = asked.cleaned_data["team"], asked.cleaned_data["day"]
    if sitting_page.may_follow(team, day):
        actions.sit_in(actor=request.user, team=team, day=day)
    return redirect(f"{reverse('sit_in')}?team={team.pk}&day={day.isoformat()}")


@only_for(may_sit_in)
@require_GET
def sit_in_more(request: PersonRequest) -> HttpResponse:
    """What was logged since."""
    asked, after = SitForm(request.GET), request.GET.get("after", "")
    if not asked.is_valid():
        raise Http404
    team, day = asked.cleaned_data["team"], asked.cleaned_data["day"]
    if not sitting_page.sits_in(request.user, team, day):
        raise PermissionDenied
    context = _day(request, team, day, int(after) if after.isdecimal() and len(after) < 19 else 0)
    return render(request, "desktop/sit_in.html#touches", context)


def _day(request: PersonRequest, team: Team, day: date, after: int) -> dict[str, Any]:
    """A page of the day, noted in the audit trail wherever it shows anything."""
    page = sitting_page.page(request.user, team, day, after)
    if page.touches:
        shown = [touch.pk for touch in page.touches]
        audit(request.user, "listening.follow", purpose="listening", team=team.pk, day=day.isoformat(), shown=shown)
    live = day >= sitting_page.today_of(team)
    return {"page": page, "team": team, "day": day, "live": live, "begun": True, "first": not after}
