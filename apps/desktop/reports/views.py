"""What became of it all in figures, and the list behind each."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.desktop.reports import list as measures_list
from apps.desktop.reports import page
from apps.desktop.reports.page import ReportChoice
from apps.desktop.reports.words import WORDS
from apps.foundation.db.keyset import Cursor


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def reports(request: PersonRequest) -> HttpResponse:
    """The page, or what it counts when another time, team or kind is chosen."""
    context = page.reports(request.user, ReportChoice.read(request.GET))
    if request.htmx.target == "reports":
        return render(request, "desktop/reports/reports.html#reports", context)
    return render(request, "desktop/reports/reports.html", context)


@login_required
@never_cache
@require_GET
def figure(request: PersonRequest, name: str) -> HttpResponse:
    """What was counted: the page with its first fifty, or more of them."""
    choice, part = ReportChoice.read(request.GET), request.GET.get("part", "")
    if (name, part) not in WORDS:
        raise Http404
    after = Cursor.parse(request.GET.get("after", ""))
    lines, older = measures_list.page(request.user, choice, name, part, after)
    _note(request, name, part, lines)
    address = choice.list_of(name, part)
    context = {"lines": lines, "older": older, "address": address, "words": WORDS[name, part], "after": after}
    if after:
        return render(request, "desktop/reports/figure.html#figure", context)
    return render(request, "desktop/reports/figure.html", {**context, **page.chosen(request.user, choice, name)})


def _note(request: PersonRequest, name: str, part: str, lines: list[measures_list.FigureLine]) -> None:
    """Whose names were read."""
    shown = sorted({str(line.customer.public_id) for line in lines})
    if shown:
        audit(request.user, "report.list", purpose="reports", figure=name, part=part, shown=shown)
