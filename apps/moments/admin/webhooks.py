"""Which systems are told of moments, and the log of what they were told."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.site import site
from apps.foundation.admin import ReadOnlyAdmin, WindowedAdmin, pretty_json
from apps.foundation.vault import Unreadable
from apps.moments import actions
from apps.moments.models import WebhookEndpoint, WebhookEvent, WebhookMessage
from apps.moments.models.webhook import TEST
from apps.moments.tasks import ring
from apps.moments.webhooks.delivery import Answered
from apps.moments.webhooks.forms import EndpointForm, ReplayForm

STATES = {"pending": "info", "sent": "success", "failed": "danger", "cancelled": "warning"}
TRIES = 20  # that are shown of one message: there are ten, and more only after it was sent again
SHOWN = 400  # characters of an answer in a message on top of the page
IN_MAUTIC = (
    "login",
    ("user", "password"),
    ("client_id", "client_secret"),
    ("segment", "campaign"),
    "field",
)


@admin.register(WebhookEndpoint, site=site)
class WebhookEndpointAdmin(RoomAdmin):
    """Whom we tell. An endpoint is switched off, never removed: its log stays."""

    noun = "webhook"
    form = EndpointForm
    shown_once = "admin/moments/webhook_secret.html"
    list_display = ("name", "url", "format", "shown_state")
    list_filter = ("active", "format")
    search_fields = ("name", "url")
    ordering = ("name",)
    list_before_template = "admin/moments/webhook_banner.html"
    change_form_outer_after_template = "admin/moments/webhook_acts.html"
    fieldsets: Any = (
        (None, {"fields": ("name", "url", "format", "active")}),
        (
            _("What it is told of"),
            {
                "fields": ("events", "kinds"),
                "description": _("Only of moments that were passed on to another department, and only their copy."),
            },
        ),
        (
            _("For Mautic"),
            {
                "fields": IN_MAUTIC,
                "description": _("Its address is where Mautic is reached, without /api. Empty passwords stay."),
            },
        ),
    )

    @display(description=_("state"), label={"on": "success", "off": "default", "disabled": "danger"})
    def shown_state(self, endpoint: WebhookEndpoint) -> tuple[str, Any]:
        if not endpoint.active:
            return "off", _("Off")
        return ("disabled", _("Switched off")) if endpoint.disabled_at else ("on", _("On"))

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[str, ...]:
        return ("format",) if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        """Of Mautic only where it may be one; to somebody who only looks, what is kept."""
        if obj and not self.has_change_permission(request, obj):
            return ((None, {"fields": ("name", "url", "format", "events", "kinds", "active")}),)
        standard = obj and obj.format == WebhookEndpoint.Format.STANDARD
        return self.fieldsets[:2] if standard else self.fieldsets

    def has_delete_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        failing = {"switched_off": list(WebhookEndpoint.objects.disabled().order_by("name")[:20])}
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **failing})
        return response

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        actor: Any = request.user
        if change:
            actions.change_endpoint(actor=actor, endpoint=obj, **form.said())
            return
        made, obj.secret = actions.connect_endpoint(actor=actor, **form.said())  # type: ignore[attr-defined]
        obj.pk, obj._state.adding = made.pk, False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        """`connect_endpoint` has said so."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        """`change_endpoint` has said so."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        response: HttpResponse = super().add_view(request, form_url, {**(extra_context or {}), **one_button})
        return response

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.show_once(request, obj, obj.secret) if obj.secret else self.back_to(obj)

    def get_urls(self) -> list[URLPattern]:
        acts = {"test": self.test, "secret": self.secret, "on": self.on, "replay": self.replay}
        return [*(self.verb(name, view) for name, view in acts.items()), *super().get_urls()]

    def _chosen(self, request: HttpRequest, pk: int) -> WebhookEndpoint:
        endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        return endpoint

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send an event about nobody, and say what was answered."""
        endpoint = self._chosen(request, pk)
        try:
            came, why = actions.send_test(actor=request.user, endpoint=endpoint)  # type: ignore[arg-type]
        except Unreadable as error:
            came, why = Answered(), str(error)
        messages.add_message(request, messages.ERROR if why else messages.SUCCESS, _test_words(came, why))
        return self.back_to(endpoint)

    def secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint = self._chosen(request, pk)
        if endpoint.format != WebhookEndpoint.Format.STANDARD:
            raise PermissionDenied
        return self.show_once(request, endpoint, actions.replace_secret(actor=request.user, endpoint=endpoint))  # type: ignore[arg-type]

    def on(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint = self._chosen(request, pk)
        if actions.switch_on(actor=request.user, endpoint=endpoint):  # type: ignore[arg-type]
            messages.success(request, _("It is told of what happens from now on."))
        return self.back_to(endpoint)

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send again what failed in the last hours."""
        endpoint, form = self._chosen(request, pk), ReplayForm(request.POST)
        if _is_confirmed(request, endpoint) and form.is_valid():
            since = timezone.now() - timedelta(hours=form.cleaned_data["hours"])
            count = actions.replay_failed(actor=request.user, endpoint=endpoint, since=since)  # type: ignore[arg-type]
            ring()
            words = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
            messages.success(request, words % {"count": count})
        return self.back_to(endpoint)


def _is_confirmed(request: HttpRequest, endpoint: WebhookEndpoint) -> bool:
    """Whether anything is sent there; if not, that is said: what is sent again would only lie there."""
    listens = endpoint.active and not endpoint.disabled_at
    if not listens:
        words = _("Nothing is sent to %(name)s while it is switched off. Switch it on first.")
        messages.error(request, words % {"name": endpoint.name})
    return listens


def _test_words(came: Answered, why: str) -> str:
    """What a test brought: `200 after 12 ms`, with the beginning of the answer."""
    if came.status is None:
        return why
    words = _now("It answered %(status)s after %(time)s ms.") % {"status": came.status, "time": came.milliseconds}
    return f"{words} {came.answer[:SHOWN]}".strip()


class ByEndpoint(DropdownFilter):
    title = _("webhook")
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = WebhookEndpoint.objects.order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in named[:1000]]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[WebhookMessage]
    ) -> models.QuerySet[WebhookMessage]:
        chosen = self.value() or ""
        return queryset.filter(endpoint=int(chosen)) if chosen.isdecimal() and len(chosen) < 18 else queryset


class ByEvent(DropdownFilter):
    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*WebhookEvent.choices, (TEST, _("Test"))]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[WebhookMessage]
    ) -> models.QuerySet[WebhookMessage]:
        chosen = self.value()
        return queryset.filter(event=chosen) if chosen else queryset


@admin.register(WebhookMessage, site=site)
class WebhookMessageAdmin(WindowedAdmin, ReadOnlyAdmin, RoomAdmin):
    """The outbox and the log in one: what waits, what arrived, what failed and why."""

    noun = "webhook_message"
    list_display = ("event", "endpoint", "shown_state", "created_at", "attempts", "due_at", "reason")
    list_display_links = ("event",)
    list_select_related = ("endpoint",)
    list_filter = ("state", ByEndpoint, ByEvent)
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        ("event", "endpoint"), ("state", "reason"), ("created_at", "due_at", "shown_end"),
        ("public_id", "shown_theirs"), "shown_tries", "shown_payload",
    )  # fmt: skip
    beyond = _("What arrived or failed is kept for 30 days.")
    change_form_outer_after_template = "admin/moments/webhook_replay.html"

    @display(description=_("state"), label=STATES)
    def shown_state(self, message: WebhookMessage) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @display(description=_("settled"))
    def shown_end(self, message: WebhookMessage) -> str | None:
        return date_format(timezone.localtime(message.done_at), "DATETIME_FORMAT") if message.done_at else None

    @display(description=_("id over there"))
    def shown_theirs(self, message: WebhookMessage) -> str:
        return message.their_id

    @display(description=_("attempts"))
    def shown_tries(self, message: WebhookMessage) -> SafeString | str:
        tries = message.tries.order_by("-id")[:TRIES]
        rows = [
            (
                date_format(timezone.localtime(attempt.at), "SHORT_DATETIME_FORMAT"),
                str(attempt.status or attempt.error),
                _now("%(time)s ms") % {"time": attempt.milliseconds},
                attempt.answer,
            )
            for attempt in tries
        ]
        return format_html("<ul>{}</ul>", format_html_join("", TRY, rows)) if rows else _now("None yet")

    @display(description=_("content"))
    def shown_payload(self, message: WebhookMessage) -> str:
        return pretty_json(message.payload)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[WebhookMessage]:
        rows: models.QuerySet[WebhookMessage] = super().get_queryset(request)
        return rows.defer("payload") if hasattr(request, "windowed") else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> WebhookMessage | None:
        """Whoever looks at a copy leaves a row in the audit trail."""
        message: WebhookMessage | None = super().get_object(request, object_id, from_field)
        if message and self.has_view_permission(request, message):
            subject = message.moment.profile.customer.public_id if message.moment else None
            self.note(request, "view", subject=subject, purpose="admin", id=message.pk)
        return message

    def get_urls(self) -> list[URLPattern]:
        return [self.verb("replay", self.replay), *super().get_urls()]

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("moments.change_webhookmessage"):
            raise PermissionDenied
        message = get_object_or_404(WebhookMessage.objects.select_related("endpoint"), pk=pk)
        if _is_confirmed(request, message.endpoint) and actions.replay(actor=request.user, message=message):  # type: ignore[arg-type]
            ring()
            messages.success(request, _("It is sent again."))
        return self.back_to(message)


TRY = """<li class="mb-3"><span class="font-semibold">{} · {}</span> · {}
<pre class="overflow-x-auto text-xs whitespace-pre-wrap" dir="ltr">{}</pre></li>"""
