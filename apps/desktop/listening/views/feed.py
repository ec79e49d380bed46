"""The listening desk: what customers say, a receipt and a line to whoever logged it, and which theme it is."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.actions import audit
from apps.accounts.http import PersonRequest
from apps.desktop.listening import page
from apps.desktop.listening.cards import VerbatimCards, cards, kept_inside
from apps.desktop.listening.forms import ReplyForm
from apps.desktop.listening.page import FeedQuery, may_listen, may_read
from apps.desktop.listening.unread import may_see_unread
from apps.desktop.listening.unread import unread as unread_lines
from apps.desktop.shell.access import only_for
from apps.desktop.shell.toasts import toast
from apps.insights.feedback import replies
from apps.insights.feedback.feed import FeedCursor, cursor_of
from apps.insights.feedback.replies import NobodyToAnswer
from apps.insights.models import Feedback, Theme
from apps.insights.themes import actions


@only_for(may_listen)
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def listening(request: PersonRequest) -> HttpResponse:
    """The desk, or only its cards, or more of them; or only the themes, while their past is read."""
    asked, after = FeedQuery.read(request.GET), cursor_of(request.GET.get("after", ""))
    if request.htmx.target == "themes":
        return render(request, "desktop/listening/listening.html#themes", page.page(request.user, asked))
    context = _feed(request, asked, after)
    if request.htmx.target == "verbatims" or after:
        return render(request, "desktop/listening/listening.html#rows", context)
    return render(request, "desktop/listening/listening.html", context | page.page(request.user, asked))


def _feed(request: PersonRequest, asked: FeedQuery, after: FeedCursor | None) -> dict[str, Any]:
    """A page of cards, noted in the audit trail by their ids: whoever reads words reads somebody's."""
    if asked.tab == "rising":
        return {"asked": asked, "cards": [], "inside": 0, "older": None}
    shown, older = page.feed_page(request.user, asked, after)
    _note(request, asked.tab, shown)
    return {
        "cards": shown.cards,
        "inside": shown.inside,
        "older": older,
        "more": bool(after),
        "here": asked.address(),
        "narrowed": asked.narrowed,
        "plain": asked.unfiltered(),
    }


def _note(request: PersonRequest, tab: str, shown: VerbatimCards) -> None:
    if shown.cards:
        ids = [card.pk for card in shown.cards]
        audit(request.user, "listening.list", purpose="listening", tab=tab, shown=ids)


def _feedback_or_404(request: PersonRequest, pk: int) -> Feedback:
    """One verbatim that this reader may see: whoever does not listen sees what they logged themselves."""
    visible = Feedback.objects.with_words()
    if not may_listen(request.user):
        visible = visible.filter(staff=request.user)
    feedback = get_object_or_404(visible, pk=pk)
    if kept_inside(request.user, [feedback]):
        raise Http404
    return feedback


@only_for(may_read)
@require_GET
def verbatim(request: PersonRequest, pk: int) -> HttpResponse:
    """A verbatim alone, as links from elsewhere lead to it."""
    feedback = _feedback_or_404(request, pk)
    shown = cards(request.user, [feedback.pk])
    _note(request, "verbatim", shown)
    return render(request, "desktop/listening/alone.html", {"cards": shown.cards})


def _render_card(request: PersonRequest, feedback: Feedback, status: int = 200, **more: Any) -> HttpResponse:
    context = {"card": cards(request.user, [feedback.pk]).cards[0], **more}
    return render(request, "desktop/listening/verbatim.html", context, status=status)


@only_for(may_read)
@require_POST
def verbatim_read(request: PersonRequest, pk: int) -> HttpResponse:
    """A read receipt, said by the reader: an open page is no reading."""
    feedback = _feedback_or_404(request, pk)
    replies.mark_read(actor=request.user, feedback=feedback)
    return _render_card(request, feedback)


@only_for(may_read)
@require_POST
def verbatim_reply(request: PersonRequest, pk: int) -> HttpResponse:
    """A line to whoever logged it, or from them to whoever asked."""
    feedback, form = _feedback_or_404(request, pk), ReplyForm(request.POST)
    if not form.is_valid():
        return _render_card(request, feedback, status=422, reply=form)
    try:
        replies.answer(actor=request.user, feedback=feedback, words=form.cleaned_data["words"])
    except NobodyToAnswer:
        return HttpResponseBadRequest(_("Nobody here logged it: there is nobody to answer."))
    return toast(_render_card(request, feedback), _("Sent. They see it at their desk."))


@only_for(may_listen)
def verbatim_theme(request: PersonRequest, pk: int) -> HttpResponse:
    """The themes to choose from; by POST it is put into a theme, or taken out: whatever the rule says from now on."""
    feedback, theme = _feedback_or_404(request, pk), request.POST.get("theme", "")
    if request.method != "POST":
        return render(request, "desktop/listening/theme_menu.html", {"pk": pk, "lines": page.theme_options(pk)})
    chosen = get_object_or_404(Theme, pk=int(theme) if theme.isdecimal() and len(theme) < 18 else 0)
    belongs = request.POST.get("belongs") == "yes"
    actions.set_theme(actor=request.user, feedback=feedback, theme=chosen, belongs=belongs)
    return _render_card(request, feedback)


@only_for(may_see_unread)
@require_GET
def unread(request: PersonRequest) -> HttpResponse:
    """For the desk of whoever logs: who read what they logged, who wrote to them, and who shadows their team today."""
    return render(request, "desktop/listening/unread.html", unread_lines(request.user))


@only_for(may_see_unread)
@require_POST
def reply_seen(request: PersonRequest, pk: int) -> HttpResponse:
    """A line was seen."""
    replies.mark_reply_seen(actor=request.user, reply_id=pk)
    return render(request, "desktop/listening/unread.html", unread_lines(request.user))
