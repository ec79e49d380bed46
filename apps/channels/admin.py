"""Sources, which lead to the desk, and the envelopes that need somebody to look at them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.site import site
from apps.channels.ingest.notify import workers
from apps.channels.ingest.process import replay
from apps.channels.models import Envelope, EnvelopeQuerySet, Health, Source
from apps.channels.registry import CONNECTORS
from apps.foundation.admin import ReadOnlyAdmin, WindowedAdmin, ago, pretty_json

STATE_COLOURS = {
    "received": "info", "done": "success", "quarantined": "danger", "conflict": "warning", "held": "warning"
}  # fmt: skip


@admin.register(Source, site=site)
class SourceAdmin(RoomAdmin):
    """A list to search. Connecting, changing and everything else about a source is done at the desk, in one way."""

    noun = "source"
    list_display = ("name", "slug", "shown_kind", "active", "shown_last")
    list_filter = ("active",)
    list_select_related = ("health",)
    search_fields = ("name", "slug")
    ordering = ("name",)

    @display(description=_("kind"))
    def shown_kind(self, source: Source) -> str:
        return str(CONNECTORS[source.kind].about.name) if source.kind in CONNECTORS else source.kind

    @display(description=_("last event"))
    def shown_last(self, source: Source) -> str:
        health: Health | None = getattr(source, "health", None)
        return ago(health.heard_at) if health and health.heard_at else str(_("none yet"))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Source]:
        rows: models.QuerySet[Source] = super().get_queryset(request)
        return rows.filter(removed_at=None)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect("kinds")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        source = self.get_object(request, unquote(object_id))
        return redirect("source", source.slug) if source else redirect("sources")

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False  # its slug is written on what it told us


class EnvelopesBySource(DropdownFilter):
    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Source.objects.order_by("name").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Envelope]) -> models.QuerySet[Envelope]:
        chosen = self.value() or ""
        return queryset.filter(source=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Envelope, site=site)
class EnvelopeAdmin(WindowedAdmin, ReadOnlyAdmin, RoomAdmin):
    noun = "envelope"
    list_display = ("dedupe_key", "source", "shown_state", "received_at", "attempts", "shown_error")
    list_select_related = ("source",)
    list_filter = ("state", EnvelopesBySource)
    ordering = ("-id",)
    fields = ("source", "dedupe_key", "state", "received_at", "attempts", "error", "shown_payload")
    beyond = _("Quarantined and conflicting events are found however old they are: filter by state.")
    actions = ("replay_selected",)
    change_form_outer_after_template = "admin/channels/envelope_replay.html"

    @display(description=_("state"), ordering=None, label=STATE_COLOURS)
    def shown_state(self, envelope: Envelope) -> tuple[str, str]:
        return envelope.state, envelope.get_state_display()

    @display(description=_("reason"))
    def shown_error(self, envelope: Envelope) -> str:
        return envelope.error[:120]

    @display(description=_("content"))
    def shown_payload(self, envelope: Envelope) -> str:
        return pretty_json(envelope.payload)

    def narrowed(self, request: HttpRequest) -> bool:
        return request.GET.get("state__exact") in {Envelope.State.QUARANTINED, Envelope.State.CONFLICT}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Envelope]:
        rows: models.QuerySet[Envelope] = super().get_queryset(request)
        return rows.defer("payload") if hasattr(request, "windowed") else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Envelope | None:
        envelope: Envelope | None = super().get_object(request, object_id, from_field)
        if envelope and self.has_view_permission(request, envelope):
            self.note(request, "view", purpose="admin", id=envelope.pk)
        return envelope

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("channels.change_envelope")

    @admin.action(description=_("Try quarantined events again"), permissions=["replay"])
    def replay_selected(self, request: HttpRequest, queryset: EnvelopeQuerySet) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        count = replay(actor=request.user, envelopes=Envelope.objects.filter(pk__in=chosen))  # type: ignore[arg-type]
        transaction.on_commit(workers.notify)
        words = ngettext("%(count)s event is tried again now.", "%(count)s events are tried again now.", count)
        messages.success(request, words % {"count": count})

    def get_urls(self) -> list[URLPattern]:
        return [self.verb("replay", self.replay), *super().get_urls()]

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_replay_permission(request):
            raise PermissionDenied
        envelope = get_object_or_404(Envelope, pk=pk)
        self.replay_selected(request, Envelope.objects.filter(pk=pk))
        return self.back_to(envelope)
