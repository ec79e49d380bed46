"""A customer's own page, reached by a signed link: what they agreed to, and how they change it. No login, no cookie, no
script. The link is the permission, so there is no token against forged forms: who could forge one has the link."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.contact import actions
from apps.contact.choices import OFFERED, statuses
from apps.contact.choices import contact_choices as choices_of
from apps.contact.models import Purpose
from apps.contact.preference_link import Expired, Forged, Link, read_link
from apps.customers.models import SourceProfile
from apps.foundation.http import client_address

NOTICE = "preferences-1"  # the version of what the page says; raise it when its words change their meaning
WAIT = "3600"  # seconds


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_choices(request: HttpRequest, token: str) -> HttpResponse:
    """The page; by POST what the customer chose there, or one click in their mail program (RFC 8058)."""
    try:
        link = read_link(token)
        profile = SourceProfile.objects.get(pk=link.profile)
    except Expired:
        return _sorry(request, _("This link is too old. Use one in a newer message, or call us."), 410)
    except (Forged, SourceProfile.DoesNotExist):
        return _sorry(request, _("This link is not complete. Copy all of it from the message."), 404)
    if request.method != "POST":
        return _page(request, profile)
    try:
        actions.choose(
            profile=profile, choices=_chosen(request, link, profile), notice=NOTICE, address=client_address(request)
        )
    except actions.TooOften:
        response = _page(request, profile, problem=_("You changed this very often. Try again in an hour."), status=429)
        response["Retry-After"] = WAIT
        return response
    return _page(request, profile, saved=True)


def _chosen(request: HttpRequest, link: Link, profile: SourceProfile) -> Mapping[tuple[str, str], bool]:
    """Whether they agree, by channel and purpose, as far as the form says anything about it."""
    held = statuses(profile)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        asked = {what for what in held if what[0] == link.channel and what[1] != Purpose.SERVICE}
        return dict.fromkeys(asked | {(link.channel, str(purpose)) for purpose in OFFERED}, False)
    boxes = {_what(choice.name) for channel in choices_of(profile) for choice in channel.choices}
    if "nothing" in request.POST:
        return dict.fromkeys(boxes, False)
    ticked = boxes & {_what(name) for name in request.POST.getlist("agreed")}
    # Leaving a box empty that nobody has ever asked about says nothing.
    return {what: what in ticked for what in boxes if what in ticked or what in held}


def _what(name: str) -> tuple[str, str]:
    """Channel and purpose of a box."""
    channel, _colon, purpose = name.partition(":")
    return channel, purpose


def _page(
    request: HttpRequest, profile: SourceProfile, *, saved: bool = False, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"channels": choices_of(profile), "saved": saved, "problem": problem}
    return _private(render(request, "contact/choices.html", context, status=status))


def _sorry(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    return _private(render(request, "contact/choices.html", {"problem": problem}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address opens the page: it is told to nobody, and kept by no search engine."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
