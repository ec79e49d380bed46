"""Sources and their write keys, and the envelopes that need somebody to look at them."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from apps.accounts.forms import PlaceForm
from apps.accounts.modeladmin import ReadOnlyAdmin, RoomAdmin, WindowedAdmin, ago, pretty_json
from apps.accounts.site import site
from apps.channels.actions import create_source, issue_key, replay, revoke_key
from apps.channels.bell import bell
from apps.channels.models import Envelope, EnvelopeQuerySet, Source, WriteKey
from apps.channels.registry import CONNECTORS

RECENT = 10_000  # envelopes that are looked through for a source's last sign of life
STATE_COLOURS = {"received": "info", "done": "success", "quarantined": "danger", "conflict": "warning"}


def last_received() -> dict[int, datetime]:
    """When each source last sent something, by its id, as far as the latest `RECENT` events tell."""
    newest = Envelope.objects.order_by("-pk").values("pk")[:1]
    recent = Envelope.objects.filter(pk__gt=models.Subquery(newest) - RECENT)
    return dict(recent.values_list("source").annotate(models.Max("received_at")))


class SourceForm(PlaceForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=lambda: [(kind, one.about.name) for kind, one in CONNECTORS.items()],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Source
        fields = ("name", "slug", "kind", "active", "region", "timezone", "settings")


@admin.register(Source, site=site)
class SourceAdmin(RoomAdmin):
    noun = "source"
    form = SourceForm
    list_display = ("name", "slug", "shown_kind", "active", "shown_last")
    list_filter = ("active",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = ("name", "slug", "kind", "active", ("region", "timezone"), "settings")
    change_form_outer_after_template = "admin/channels/source_keys.html"

    @display(description=_("kind"))
    def shown_kind(self, source: Source) -> str:
        return str(CONNECTORS[source.kind].about.name) if source.kind in CONNECTORS else source.kind

    @display(description=_("last event"))
    def shown_last(self, source: Source) -> str:
        at = self.last.get(source.pk)
        return ago(at) if at else str(_("none lately"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self.last = last_received()
        return super().changelist_view(request, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        keys = WriteKey.objects.filter(source__pk=object_id).select_related("created_by").order_by("-id")[:50]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "keys": keys})

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        return ("slug", "kind", "shown_kind") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[Any, ...]:
        return tuple("shown_kind" if obj and name == "kind" else name for name in self.fields)

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False  # its slug is written on what it told us; a source is switched off instead

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        if change:
            obj.save()
            return
        values = {name: form.cleaned_data[name] for name in ("slug", "name", "kind", "region", "timezone")}
        source = create_source(actor=request.user, **values, **(form.cleaned_data["settings"] or {}))  # type: ignore[arg-type]
        obj.pk, obj._state.adding = source.pk, False
        if not form.cleaned_data["active"]:
            obj.save(update_fields=["active"])

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        """`create_source` has said so."""

    def get_urls(self) -> list[URLPattern]:
        return [self.verb("issue", self.issue), self.verb("revoke", self.revoke), *super().get_urls()]

    def issue(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = get_object_or_404(Source, pk=pk)
        self._check(request, source)
        return self.show_once(request, source, issue_key(actor=request.user, source=source))  # type: ignore[arg-type]

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        key = get_object_or_404(WriteKey.objects.select_related("source"), pk=pk)
        self._check(request, key.source)
        if revoke_key(actor=request.user, key=key):  # type: ignore[arg-type]
            messages.success(request, _("The key opens nothing any more."))
        return self.back_to(key.source)

    def _check(self, request: HttpRequest, source: Source) -> None:
        if not self.has_change_permission(request, source):
            raise PermissionDenied


class BySource(DropdownFilter):
    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Source.objects.order_by("name").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Envelope]) -> models.QuerySet[Envelope]:
        chosen = self.value() or ""
        return queryset.filter(source=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Envelope, site=site)
class EnvelopeAdmin(WindowedAdmin, ReadOnlyAdmin):
    noun = "envelope"
    list_display = ("dedupe_key", "source", "shown_state", "received_at", "attempts", "shown_error")
    list_select_related = ("source",)
    list_filter = ("state", BySource)
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
        transaction.on_commit(bell.ring)
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
