"""Logging a conversation: the form that loses nothing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from apps.accounts.http import PersonRequest
from apps.customers.models import Customer
from apps.desktop.customer import actions
from apps.desktop.customer.composer import composer_context
from apps.desktop.customer.forms import LogForm, words_again
from apps.desktop.shell.access import of_customer
from apps.desktop.shell.open_tabs import close_tab, draft_of, keep_draft
from apps.desktop.shell.toasts import keep_toast, toast
from apps.foundation.http import tab_of
from apps.interactions.corrections import CannotCorrect
from apps.interactions.models import FollowUp, Interaction

KEPT = (
    "mode",
    "direction",
    "body",
    "disposition",
    "verbatim",
    "read_back",
    "sentiment",
    "promise",
    "due",
    "keeper",
    "about",
    "started",
    "key",
)


@login_required
@require_POST
@of_customer
def log(request: PersonRequest, customer: Customer) -> HttpResponse:
    """Save what happened. With an error everything typed stays, and the draft is kept as well."""
    form = LogForm(request.POST, request.FILES, author=request.user)
    if not form.is_valid():
        keep_draft(user=request.user, customer=customer, draft=_typed(request), tab=tab_of(request))
        context = composer_context(request.user, customer, {}, form)
        return render(request, "desktop/customer/composer.html", context, status=422)
    logged = actions.log(
        actor=request.user,
        customer=customer,
        touch=form.touch(request.user),
        promise=form.promised(),
        files=form.cleaned_data["attachments"],
        tab=tab_of(request),
    )
    return _went_on(request, customer, logged, form.cleaned_data["mode"])


def _went_on(request: PersonRequest, customer: Customer, logged: Interaction, mode: str) -> HttpResponse:
    """To the next entry here, or to the next customer as this person prefers; with a way back from either."""
    said, undo = _("Logged."), reverse("undo_log", args=[logged.pk])
    if request.user.closes_on_saving:
        close_tab(user=request.user, public_id=customer.public_id)
        keep_toast(request, _("Logged with %(name)s.") % {"name": customer}, undo, {"undo": "1"})
        return HttpResponseClientRedirect(reverse("desk"))
    context = composer_context(request.user, customer, {}, mode=mode)
    response = render(request, "desktop/customer/composer.html", context)
    trigger_client_event(response, "story")
    trigger_client_event(response, "saved", {"entry": f"e{logged.pk}"}, after="settle")
    return toast(response, said, undo, {"undo": "1"})


@login_required
@require_POST
def undo_log(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what one has just logged, and have its words in the composer again, wherever one has gone since."""
    mine = Interaction.originals.filter(staff=request.user).select_related("profile__customer")
    entry = get_object_or_404(mine, pk=pk)
    words = words_again(entry, FollowUp.objects.open().filter(interaction=entry).first(), _typed_since(request, entry))
    try:
        actions.undo_log(actor=request.user, entry=entry, words=words, tab=tab_of(request))
    except CannotCorrect:
        return toast(HttpResponse(status=204), _("Too late to undo. The entry can still be corrected in the story."))
    return _render_again(request, entry, words)


def _typed_since(request: PersonRequest, entry: Interaction) -> str:
    """What stands in the composer of this customer by now."""
    if _is_open(request, entry):
        return request.POST.get("typed", "")[:20_000]
    return str(draft_of(user=request.user, customer=entry.profile.customer).get("body", ""))


def _is_open(request: PersonRequest, entry: Interaction) -> bool:
    return entry.profile.customer.get_absolute_url() in (request.htmx.current_url or "")


def _render_again(request: PersonRequest, entry: Interaction, words: dict[str, str]) -> HttpResponse:
    customer, said = entry.profile.customer, _("Undone: your words are in the composer again.")
    if entry.attachments.exists():
        said = _("Undone: your words are in the composer again. Attach the files once more.")
    if not _is_open(request, entry):
        keep_toast(request, said)
        return HttpResponseClientRedirect(customer.get_absolute_url())
    response = render(request, "desktop/customer/composer.html", composer_context(request.user, customer, words))
    trigger_client_event(response, "story")
    trigger_client_event(response, "again", after="settle")
    return toast(reswap(retarget(response, "#composer"), "outerHTML"), said)


@login_required
@require_POST
@of_customer
def draft(request: PersonRequest, customer: Customer) -> HttpResponse:
    """Keep what is typed so far; called while typing."""
    actions.keep_draft(actor=request.user, customer=customer, draft=_typed(request), tab=tab_of(request))
    return HttpResponse(status=204)


def _typed(request: PersonRequest) -> dict[str, str]:
    typed = {name: request.POST.get(name, "")[:20_000] for name in KEPT}
    written = any(typed[name] for name in ("body", "verbatim", "read_back", "promise", "disposition"))
    return {name: value for name, value in typed.items() if value} if written else {}
