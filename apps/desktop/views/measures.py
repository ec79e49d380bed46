"""What became of it all in figures, and the list behind each."""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.desktop import measures_list, measures_page
from apps.desktop.measures_page import Choice
from apps.desktop.measures_words import WORDS
from apps.desktop.rail import rail
from apps.interactions.keyset import Cursor


@login_required
@never_cache
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def measures(request: PersonRequest) -> HttpResponse:
    """The page, or what it counts when another time, team or kind is chosen."""
    context = measures_page.measures(request.user, Choice.read(request.GET))
    if request.htmx.target == "measures":
        return render(request, "desktop/measures.html#measures", context)
    return render(request, "desktop/measures.html", {**context, "rail": rail(request.user), "tab": uuid4().hex})


@login_required
@never_cache
@require_GET
def measure(request: PersonRequest, name: str) -> HttpResponse:
    """What was counted: the page with its first fifty, or more of them."""
    choice, part = Choice.read(request.GET), request.GET.get("part", "")
    if (name, part) not in WORDS:
        raise Http404
    after = Cursor.parse(request.GET.get("after", ""))
    lines, older = measures_list.page(request.user, choice, name, part, after)
    _note(request, name, part, lines)
    url = choice.list_of(name, part)
    context = {"lines": lines, "older": older, "url": url, "said": WORDS[name, part], "after": after}
    if after:
        return render(request, "desktop/measures_list.html#measure", context)
    about = measures_page.chosen(request.user, choice, name)
    return render(request, "desktop/measures_list.html", {**context, **about, "rail": rail(request.user)})


def _note(request: PersonRequest, name: str, part: str, lines: list[measures_list.Line]) -> None:
    """Whose names were read."""
    shown = sorted({str(line.customer.public_id) for line in lines})
    if shown:
        audit(request.user, "measure.list", purpose="measures", measure=name, part=part, shown=shown)
