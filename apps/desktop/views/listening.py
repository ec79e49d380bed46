"""The listening desk: what customers say, a receipt and a line to whoever heard it, and which theme it is."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.desktop import listening_home, listening_page
from apps.desktop.listening_cards import Cards, cards, kept_inside
from apps.desktop.listening_forms import ReplyForm
from apps.desktop.listening_page import Asked, may_listen, may_read
from apps.desktop.rail import rail
from apps.desktop.views.doors import only_for
from apps.desktop.views.toasts import toast
from apps.insights import actions
from apps.insights.actions import Silent
from apps.insights.feed import Cursor
from apps.insights.models import Feedback, Theme


@only_for(may_listen)
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def listening(request: PersonRequest) -> HttpResponse:
    """The desk, or only its cards, or more of them; or only the themes, while their past is read."""
    asked, after = Asked.read(request.GET), Cursor.parse(request.GET.get("after", ""))
    if request.htmx.target == "themes":
        return render(request, "desktop/listening.html#themes", listening_page.page(request.user, asked))
    context = _feed(request, asked, after)
    if request.htmx.target == "verbatims" or after:
        return render(request, "desktop/listening.html#rows", context)
    context |= listening_page.page(request.user, asked)
    return render(request, "desktop/listening.html", {**context, "rail": rail(request.user), "tab": uuid4().hex})


def _feed(request: PersonRequest, asked: Asked, after: Cursor | None) -> dict[str, Any]:
    """A page of cards, noted in the audit trail by their ids: whoever reads words reads somebody's."""
    if asked.tab == "rising":
        return {"asked": asked, "cards": [], "inside": 0, "older": None}
    shown, older = listening_page.feed_page(request.user, asked, after)
    _note(request, asked.tab, shown)
    return {"cards": shown.cards, "inside": shown.inside, "older": older, "more": bool(after),
            "here": asked.address(), "narrowed": bool(asked.choice.told() or asked.choice.theme)}  # fmt: skip


def _note(request: PersonRequest, tab: str, shown: Cards) -> None:
    if shown.cards:
        ids = [card.pk for card in shown.cards]
        audit(request.user, "listening.list", purpose="listening", tab=tab, shown=ids)


def _feedback_or_404(request: PersonRequest, pk: int) -> Feedback:
    """One verbatim that this reader may see: whoever does not listen sees what they logged themselves."""
    visible = Feedback.objects.with_words()
    if not may_listen(request.user):
        visible = visible.filter(staff=request.user)
    one = get_object_or_404(visible, pk=pk)
    if kept_inside(request.user, [one]):
        raise Http404
    return one


@only_for(may_read)
@require_GET
def verbatim(request: PersonRequest, pk: int) -> HttpResponse:
    """One alone, as links from elsewhere lead to it."""
    one = _feedback_or_404(request, pk)
    shown = cards(request.user, [one.pk])
    _note(request, "one", shown)
    context = {"cards": shown.cards, "rail": rail(request.user), "tab": uuid4().hex}
    return render(request, "desktop/listening_one.html", context)


def _render_card(request: PersonRequest, one: Feedback, status: int = 200, **more: Any) -> HttpResponse:
    context = {"card": cards(request.user, [one.pk]).cards[0], **more}
    return render(request, "desktop/_verbatim.html", context, status=status)


@only_for(may_read)
@require_POST
def verbatim_read(request: PersonRequest, pk: int) -> HttpResponse:
    """A read receipt, said by the reader: an open page is no reading."""
    one = _feedback_or_404(request, pk)
    actions.mark_read(actor=request.user, feedback=one)
    return _render_card(request, one)


@only_for(may_read)
@require_POST
def verbatim_reply(request: PersonRequest, pk: int) -> HttpResponse:
    """A line to whoever logged it, or from them to whoever asked."""
    one, form = _feedback_or_404(request, pk), ReplyForm(request.POST)
    if not form.is_valid():
        return _render_card(request, one, status=422, error=_("Write a line first, of at most 500 characters."))
    try:
        actions.answer(actor=request.user, feedback=one, words=form.cleaned_data["words"])
    except Silent:
        return HttpResponseBadRequest(_("Nobody here logged it: there is nobody to answer."))
    return toast(_render_card(request, one), _("Sent. They see it at their desk."))


@only_for(may_listen)
def verbatim_theme(request: PersonRequest, pk: int) -> HttpResponse:
    """The themes to choose from; by POST it is put into one, or taken out: whatever the rule says from now on."""
    one, theme = _feedback_or_404(request, pk), request.POST.get("theme", "")
    if request.method != "POST":
        return render(request, "desktop/theme_menu.html", {"pk": pk, "lines": listening_page.theme_options(pk)})
    chosen = get_object_or_404(Theme, pk=int(theme) if theme.isdecimal() and len(theme) < 18 else 0)
    belongs = request.POST.get("belongs") == "yes"
    actions.set_theme(actor=request.user, feedback=one, theme=chosen, belongs=belongs)
    return _render_card(request, one)


@only_for(listening_home.may_hear)
@require_GET
def heard(request: PersonRequest) -> HttpResponse:
    """For the desk of whoever logs: who read what they heard, who wrote to them, and who sits in today."""
    return render(request, "desktop/_heard.html", listening_home.heard(request.user))


@only_for(listening_home.may_hear)
@require_POST
def heard_away(request: PersonRequest, pk: int) -> HttpResponse:
    """A line was seen."""
    actions.put_away(actor=request.user, reply_id=pk)
    return render(request, "desktop/_heard.html", listening_home.heard(request.user))
