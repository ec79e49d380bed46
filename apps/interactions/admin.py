"""What happened, to look at; wrap-up codes, templates and promises."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, FieldTextFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.accounts.admin.base import CustomerDataAdmin, RoomAdmin
from apps.accounts.models import User
from apps.accounts.site import site
from apps.customers.models import SourceProfile
from apps.foundation.admin import DaysFilter, WindowedAdmin, own_direction, pretty_json
from apps.foundation.db.rows import rows
from apps.interactions.lookup import find
from apps.interactions.models import Channel, Disposition, FollowUp, Interaction, NoteTemplate
from apps.interactions.search import everywhere
from apps.interactions.timeline import newest

MOST = 200  # interactions a search brings
PEOPLE = 10  # customers whose interactions a search brings

# Each source once, by jumping along the index from one to the next: it costs by the source, not by the row.
SOURCES = """
    WITH RECURSIVE known AS (
        (SELECT source FROM interactions_interaction ORDER BY source LIMIT 1)
        UNION ALL
        SELECT (
            SELECT source FROM interactions_interaction WHERE source > known.source ORDER BY source LIMIT 1
        ) FROM known WHERE known.source IS NOT NULL
    )
    SELECT source FROM known WHERE source IS NOT NULL LIMIT 200
"""


class BySource(DropdownFilter):
    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(slug, slug) for (slug,) in rows(SOURCES)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(Interaction, site=site)
class InteractionAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "interaction"
    list_display = (
        "occurred_at",
        "channel",
        "title",
        "customer",
        "direction",
        "touchpoint",
        "staff_name",
        "source",
    )
    list_display_links = ("occurred_at", "title")
    list_select_related = ("profile__customer",)
    list_filter = ("channel", ("kind", FieldTextFilter), "direction", BySource, ("occurred_at", DaysFilter))
    search_fields = ("title",)
    search_help_text = _("Words that were said, an order number, or a customer's name, phone or e-mail")
    ordering = ("-occurred_at", "-id")
    sortable_by = ()
    beyond = _("Search to go further back: by order number, by customer, or by rare words.")
    fields = (
        ("channel", "kind", "direction"),
        ("occurred_at", "ended_at", "recorded_at"),
        "shown_customer",
        "title",
        "body",
        "verbatim",
        "read_back",
        ("sentiment", "disposition"),
        ("amount", "currency", "reference"),
        ("touchpoint", "staff_name"),
        ("source", "external_id", "thread"),
        "shown_payload",
    )

    @display(description=_("customer"))
    def customer(self, interaction: Interaction) -> str:
        return own_direction(interaction.profile.customer)

    @display(description=_("customer"))
    def shown_customer(self, interaction: Interaction) -> str:
        customer = interaction.profile.customer
        link = reverse("admin:customers_customer_change", args=[customer.pk])
        return format_html(
            '<a href="{}" class="text-primary-600 dark:text-primary-500"><bdi>{}</bdi></a>', link, customer
        )

    @display(description=_("payload"))
    def shown_payload(self, interaction: Interaction) -> str:
        return pretty_json(interaction.payload)

    def view_on_site(self, interaction: Interaction) -> str:
        return interaction.profile.customer.get_absolute_url()

    def subject_of(self, obj: Interaction) -> Any:
        return obj.profile.customer.public_id

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Interaction]:
        rows = super().get_queryset(request) & Interaction.objects.visible_to(request.user)  # type: ignore[arg-type]
        listed = hasattr(request, "windowed")
        return rows.defer("search", "body", "verbatim", "read_back", "payload") if listed else rows.defer("search")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Interaction], search_term: str
    ) -> tuple[models.QuerySet[Interaction], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=ids_about(search_term.strip(), request.user)), False  # type: ignore[arg-type]


def ids_about(words: str, reader: User) -> set[int]:
    """Interactions that say these words, bear this reference, or are with a customer known by them: the
    newest `MOST` of each."""
    visible = Interaction.objects.visible_to(reader)
    regions = [*filter(None, [reader.region]), *settings.PHONE_REGIONS]
    customers = [found.customer.pk for found in find(words, reader, regions, limit=PEOPLE)]
    profiles = SourceProfile.objects.filter(customer__in=customers).values_list("pk", flat=True)
    found = {interaction.pk for interaction in everywhere(words, reader, limit=MOST)}
    latest = newest(list(profiles[:MOST]), visible.only("pk", "occurred_at"), limit=MOST)
    found |= {interaction.pk for interaction in latest}
    return found | set(visible.filter(reference__in={words, words.upper()}).values_list("pk", flat=True)[:MOST])


class OfferedForm(forms.ModelForm[Any]):
    channels = forms.MultipleChoiceField(
        label=_("Offered for"),
        choices=Channel.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None chosen: offered everywhere."),
    )


class OfferedAdmin(RoomAdmin):
    """What the composer offers, in the order people put it."""

    form = OfferedForm
    list_filter = ("active",)
    ordering = ("position", "id")
    list_editable = ("position", "active")

    @display(description=_("offered for"))
    def shown_channels(self, offered: Disposition | NoteTemplate) -> str:
        names = [str(Channel(channel).label) for channel in offered.channels if channel in Channel]
        return ", ".join(names) or str(_("Everywhere"))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # what was logged with it keeps it; it is switched off instead


@admin.register(Disposition, site=site)
class DispositionAdmin(OfferedAdmin):
    noun = "disposition"
    list_display = ("label", "code", "shown_channels", "position", "active")
    search_fields = ("label", "code")
    fields = ("label", "code", "channels", ("position", "active"))
    prepopulated_fields = {"code": ("label",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Disposition | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Disposition | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields


@admin.register(NoteTemplate, site=site)
class NoteTemplateAdmin(OfferedAdmin):
    noun = "template"
    list_display = ("title", "shown_channels", "position", "active")
    search_fields = ("title", "text")
    fields = ("title", "text", "channels", ("position", "active"))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return RoomAdmin.has_delete_permission(self, request, obj)


class Late(DropdownFilter):
    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("Open and late")), ("open", _("Open"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() not in {"late", "open"}:
            return queryset
        queryset = queryset.filter(state=FollowUp.State.OPEN)
        return queryset.filter(due_at__lt=now()) if self.value() == "late" else queryset


@admin.register(FollowUp, site=site)
class FollowUpAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "follow_up"
    list_display = ("due_at", "text", "customer", "owner", "team", "shown_state")
    list_display_links = ("due_at", "text")
    list_select_related = ("profile__customer", "owner", "team")
    list_filter = (Late, "state", ("owner", AutocompleteSelectFilter))
    ordering = ("-id",)
    narrowing = ("due", "owner__id__exact")
    beyond = _("Filter by owner or by what is due to go further back.")
    fields = ("text", "customer", "due_at", "state", "owner", "team", "created_at", "closed_at")

    @display(description=_("customer"))
    def customer(self, follow_up: FollowUp) -> str:
        return own_direction(follow_up.profile.customer)

    @display(
        description=_("state"), label={"open": "info", "kept": "success", "broken": "danger", "cancelled": "default"}
    )
    def shown_state(self, follow_up: FollowUp) -> tuple[str, str]:
        return follow_up.state, follow_up.get_state_display()

    def subject_of(self, obj: FollowUp) -> Any:
        return obj.profile.customer.public_id
