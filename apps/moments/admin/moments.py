"""Moments and their steps to look at, and the kinds to decide on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.accounts.admin.base import CustomerDataAdmin, RoomAdmin
from apps.accounts.site import site
from apps.contact.models import Purpose
from apps.customers.admin.people import ids_known_as
from apps.customers.models import SourceProfile
from apps.foundation.admin import DaysFilter, WindowedAdmin, own_direction, pretty_json
from apps.moments.kinds import DEFAULTS, kind_of
from apps.moments.models import Moment, MomentKind, Tag

STATES = {"open": "info", "offered": "warning", "done": "success", "expired": "danger"}


class KindForm(forms.ModelForm[MomentKind]):
    blocked_tags = forms.MultipleChoiceField(
        label=_("Stays inside if it touches"),
        choices=Tag.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = MomentKind
        fields = (
            "label", "code", "icon", "suggestion", "team", "lead_team", "accept_minutes", "act_minutes", "lapse_days",
            "purpose", "may_leave", "blocked_tags", "position", "active",
        )  # fmt: skip


@admin.register(MomentKind, site=site)
class MomentKindAdmin(RoomAdmin):
    noun = "moment_kind"
    form = KindForm
    list_display = ("label", "code", "team", "accept_minutes", "act_minutes", "purpose", "may_leave", "active")
    list_select_related = ("team",)
    list_filter = ("active", "may_leave")
    search_fields = ("label", "code")
    list_before_template = "admin/moments/kinds_before.html"
    ordering = ("position", "label")
    autocomplete_fields = ("team", "lead_team")
    prepopulated_fields = {"code": ("label",)}
    fieldsets = (
        (None, {"fields": (("label", "code"), ("icon", "position"), "suggestion", "active")}),
        (
            _("Who seizes it, and until when"),
            {
                "fields": (("team", "lead_team"), ("accept_minutes", "act_minutes"), "lapse_days"),
            },
        ),
        (_("What may leave"), {"fields": ("purpose", "may_leave", "blocked_tags")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Above the list, the kinds that hold without a row: each begins one with its own values."""
        changed = set(MomentKind.objects.filter(code__in=DEFAULTS).values_list("code", flat=True))
        built_in = [(code, values["label"]) for code, values in DEFAULTS.items() if code not in changed]
        may_add = self.has_add_permission(request)
        return super().changelist_view(request, {**(extra_context or {}), "built_in": built_in, "may_add": may_add})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What comes with Klatsch for the kind of this code, to begin with."""
        code = request.GET.get("code", "")
        known = kind_of(code) if code in DEFAULTS else None
        if known is None:
            return super().get_changeform_initial_data(request)
        return model_to_dict(known, exclude=["id"]) | {"label": str(known), "suggestion": str(known.suggestion)}

    def get_readonly_fields(self, request: HttpRequest, obj: MomentKind | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: models.Model | None = None) -> dict[str, Any]:
        return {} if obj or "code" in request.GET else self.prepopulated_fields


@admin.register(Moment, site=site)
class MomentAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "moment"
    list_display = ("shown_kind", "customer", "shown_state", "owner", "due_at", "outcome", "created_at")
    list_select_related = ("profile__customer", "owner_user", "owner_team")
    list_filter = ("state", "outcome", ("created_at", DaysFilter))
    search_fields = ("profile__customer__name",)
    search_help_text = _("A customer's name or identifier")
    ordering = ("-id",)
    sortable_by = ()
    beyond = _("Search for a customer to see all of theirs.")
    fields = (
        ("shown_kind", "customer"), ("state", "owner"), "suggestion", "category", ("value", "currency"),
        ("due_at", "act_by", "answer_by"), ("shown_purpose", "channel"), ("marked_by", "sender"), "shown_disclosed",
        ("outcome", "line", "done_at"), ("created_at", "changed_at", "version"), "rule",
    )  # fmt: skip

    @display(description=_("kind"))
    def shown_kind(self, moment: Moment) -> str:
        return str(kind_of(moment.kind))

    @display(description=_("customer"))
    def customer(self, moment: Moment) -> str:
        return own_direction(moment.profile.customer)

    @display(description=_("state"), label=STATES)
    def shown_state(self, moment: Moment) -> tuple[str, str]:
        return moment.state, moment.get_state_display()

    @display(description=_("purpose"))
    def shown_purpose(self, moment: Moment) -> str:
        return Purpose.label_of(moment.purpose)

    @display(description=_("owner"))
    def owner(self, moment: Moment) -> str:
        return str(moment.owner_user or moment.owner_team)

    @display(description=_("what left the service side"))
    def shown_disclosed(self, moment: Moment) -> str:
        return pretty_json(moment.disclosed) if moment.disclosed else str(_("Nothing"))

    def view_on_site(self, moment: Moment) -> str:
        return reverse("moment", args=[moment.public_id])

    def subject_of(self, obj: Moment) -> Any:
        return obj.profile.customer.public_id

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Moment], search_term: str
    ) -> tuple[models.QuerySet[Moment], bool]:
        if not search_term.strip():
            return queryset, False
        customers = ids_known_as(search_term, request.user)  # type: ignore[arg-type]
        profiles = SourceProfile.objects.filter(customer__in=customers).values_list("pk", flat=True)
        return queryset.filter(profile__in=list(profiles[:1000])), False
