"""How often and when customers are contacted, and what was sent to them with permission."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import CustomerDataAdmin, RoomAdmin
from apps.accounts.site import site
from apps.contact.models import ContactPolicy, Delivery, Purpose
from apps.customers.admin.people import ids_known_as
from apps.customers.models import SourceProfile
from apps.foundation.admin import DaysFilter, WindowedAdmin, own_direction


@admin.register(ContactPolicy, site=site)
class ContactPolicyAdmin(RoomAdmin):
    noun = "contact_policy"
    list_display = (
        "name",
        "shown_purpose",
        "shown_channel",
        "cap",
        "cap_days",
        "quiet_from",
        "quiet_to",
        "priority",
        "active",
    )
    list_filter = ("active", "channel")
    search_fields = ("name",)
    ordering = ("priority", "name")
    fields = (
        "name",
        ("purpose", "channel"),
        ("cap", "cap_days"),
        ("quiet_from", "quiet_to"),
        ("priority", "active"),
    )

    @display(description=_("purpose"))
    def shown_purpose(self, policy: ContactPolicy) -> str:
        return Purpose.label_of(policy.purpose) if policy.purpose else str(_("Any"))

    @display(description=_("channel"))
    def shown_channel(self, policy: ContactPolicy) -> str:
        return policy.get_channel_display() if policy.channel else str(_("All together"))


@admin.register(Delivery, site=site)
class DeliveryAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "delivery"
    list_display = ("at", "customer", "channel", "purpose", "what", "who", "shown_outcome")
    list_display_links = ("at",)
    list_select_related = ("profile__customer",)
    list_filter = ("channel", "outcome", ("at", DaysFilter))
    search_fields = ("what",)
    search_help_text = _("A customer's name or identifier")
    ordering = ("-id",)
    fields = ("customer", "channel", "purpose", "at", "what", "who", "actor", "outcome", "key", "recorded_at")
    beyond = _("Search for a customer to see all that was sent to them.")

    @display(description=_("customer"))
    def customer(self, delivery: Delivery) -> str:
        return own_direction(delivery.profile.customer)

    @display(description=_("outcome"), label={"sent": "success", "scheduled": "info", "failed": "danger"})
    def shown_outcome(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.outcome, delivery.get_outcome_display()

    def subject_of(self, obj: Delivery) -> Any:
        return obj.profile.customer.public_id

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Delivery], search_term: str
    ) -> tuple[models.QuerySet[Delivery], bool]:
        if not search_term.strip():
            return queryset, False
        customers = ids_known_as(search_term, request.user)  # type: ignore[arg-type]
        profiles = SourceProfile.objects.filter(customer__in=customers).values_list("pk", flat=True)
        return queryset.filter(profile__in=list(profiles[:1000])), False
