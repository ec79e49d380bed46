"""Shadowing a team: a day of theirs as it is logged."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.accounts.models import Team
from apps.desktop.listening import shadowing
from apps.desktop.listening.forms import ShadowForm
from apps.desktop.listening.shadowing import may_shadow
from apps.desktop.shell.access import only_for
from apps.insights.feedback import replies

NOBODY: dict[str, Any] = {
    "team": None,
    "day": None,
    "live": False,
    "refused": False,
    "begun": False,
    "back": shadowing.BACK,
}


@only_for(may_shadow)
@require_GET
def shadow(request: PersonRequest) -> HttpResponse:
    """The day of a team, once somebody has said that they shadow it; until then, where to say so."""
    asked = ShadowForm(request.GET)
    context = {**NOBODY, "teams": shadowing.teams(), "today": timezone.localdate()}
    if asked.is_valid():
        team, day = asked.cleaned_data["team"], asked.cleaned_data["day"]
        context |= {"team": team, "day": day, "live": day >= shadowing.today_of(team)}
        context |= {"refused": not shadowing.may_follow(team, day)}
        if shadowing.shadows(request.user, team, day):
            context |= _day(request, team, day, 0)
    return render(request, "desktop/listening/shadow.html", context)


@only_for(may_shadow)
@require_POST
def shadow_begin(request: PersonRequest) -> HttpResponse:
    asked = ShadowForm(request.POST)
    if not asked.is_valid():
        return redirect("shadow")
    team, day = asked.cleaned_data["team"], asked.cleaned_data["day"]
    if shadowing.may_follow(team, day):
        replies.shadow(actor=request.user, team=team, day=day)
    return redirect(f"{reverse('shadow')}?team={team.pk}&day={day.isoformat()}")


@only_for(may_shadow)
@require_GET
def shadow_more(request: PersonRequest) -> HttpResponse:
    """What was logged since."""
    asked, after = ShadowForm(request.GET), request.GET.get("after", "")
    if not asked.is_valid():
        raise Http404
    team, day = asked.cleaned_data["team"], asked.cleaned_data["day"]
    if not shadowing.shadows(request.user, team, day):
        raise PermissionDenied
    context = _day(request, team, day, int(after) if after.isdecimal() and len(after) < 19 else 0)
    return render(request, "desktop/listening/shadow.html#entries", context)


def _day(request: PersonRequest, team: Team, day: date, after: int) -> dict[str, Any]:
    """A page of the day, noted in the audit trail wherever it shows anything."""
    page = shadowing.page(request.user, team, day, after)
    if page.entries:
        shown = [entry.pk for entry in page.entries]
        audit(request.user, "listening.follow", purpose="listening", team=team.pk, day=day.isoformat(), shown=shown)
    live = day >= shadowing.today_of(team)
    next_page = f"{reverse('shadow_more')}?team={team.pk}&day={day.isoformat()}&after={page.last}"
    context = {"page": page, "team": team, "day": day, "live": live, "next_page": next_page}
    return {**context, "begun": True, "first": not after}
