"""The overview of the supervisors' room, and the way around it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.channels.models import Health, Source
from apps.desktop.home.page import COUNTED, OversightFigure, first_steps, oversight
from apps.foundation.admin import ago

# What each group of the sidebar leads to: words, icon (Material Symbols), model.
GROUPS: tuple[tuple[str | Promise, tuple[tuple[str | Promise, str, str], ...]], ...] = (
    (
        _("People"),
        (
            (_("Colleagues"), "group", "accounts.user"),
            (_("Teams"), "groups", "accounts.team"),
            (_("Audit trail"), "policy", "accounts.auditentry"),
        ),
    ),
    (
        _("Conversations"),
        (
            (_("Interactions"), "forum", "interactions.interaction"),
            (_("Customers"), "person_search", "customers.customer"),
            (_("Promises"), "event_upcoming", "interactions.followup"),
            (_("Moments"), "flag", "moments.moment"),
            (_("Consent ledger"), "fact_check", "contact.consent"),
            (_("Suppression list"), "do_not_disturb_on", "contact.suppression"),
            (_("Contact policies"), "schedule_send", "contact.contactpolicy"),
            (_("Deliveries"), "outgoing_mail", "contact.delivery"),
        ),
    ),
    (
        _("Channels"),
        (
            (_("Sources"), "cable", "channels.source"),
            (_("Envelopes"), "mail", "channels.envelope"),
            (_("API tokens"), "key", "accounts.apitoken"),
            (_("Webhooks"), "webhook", "moments.webhookendpoint"),
            (_("Webhook log"), "outbox", "moments.webhookmessage"),
        ),
    ),
    (
        _("Who is who"),
        (
            (_("Identifiers"), "fingerprint", "customers.identifier"),
            (_("Identifier types"), "rule", "customers.identityrule"),
            (_("Merges"), "merge", "customers.mergerecord"),
            (_("Suggestions"), "compare", "customers.matchcandidate"),
            (_("Decisions"), "gavel", "customers.verdict"),
            (_("Matching models"), "model_training", "customers.matchmodel"),
        ),
    ),
    (
        _("Settings"),
        (
            (_("Attributes"), "badge", "customers.attributedefinition"),
            (_("Kinds of moments"), "bolt", "moments.momentkind"),
            (_("Themes"), "sell", "insights.theme"),
            (_("Suggested themes"), "auto_awesome", "insights.themesuggestion"),
            (_("Rules for moments"), "radar", "moments.momentrule"),
            (_("Wrap-up codes"), "label", "interactions.disposition"),
            (_("Note templates"), "notes", "interactions.notetemplate"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups and pages this person may open, as unfold's SIDEBAR navigation wants them."""
    overview = {"title": _("Overview"), "icon": "space_dashboard", "link": reverse_lazy("admin:index")}
    groups: list[dict[str, Any]] = [{"title": None, "items": [overview]}]
    for title, pages in GROUPS:
        items = [
            {"title": words, "icon": icon, "link": list_of(model)}
            for words, icon, model in pages
            if request.user.has_perm("{}.view_{}".format(*model.split(".")))
        ]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Fourteen queries, each bounded, whatever there is."""
    person: Any = request.user
    people = str(User.objects.filter(is_active=True).count())
    can_sign_in = OversightFigure(people, _("people can sign in"), list_of("accounts.user", "is_active__exact=1"))
    context["cards"] = [can_sign_in, *oversight(person)]
    context["steps"] = first_steps()
    context["sources"] = last_received()
    return context


def last_received() -> list[tuple[Source, str]]:
    """Each active source, and how long ago its latest event came; empty: none has."""
    arrivals = Health.objects.exclude(heard_at=None).values_list("source", "heard_at")
    received = {source: at for source, at in arrivals if at}
    active = Source.objects.existing().filter(active=True).order_by("name")[:COUNTED]
    return [(source, ago(received[source.pk]) if source.pk in received else "") for source in active]


def list_of(model: str, query: str = "") -> str:
    address = str(reverse_lazy("admin:{}_{}_changelist".format(*model.split("."))))
    return f"{address}?{query}" if query else address
