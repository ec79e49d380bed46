"""The consent ledger, to look at: it is written at the desk and by what customers say."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import CustomerDataAdmin
from apps.accounts.site import site
from apps.contact.models import Consent
from apps.customers.admin.people import ids_known_as
from apps.customers.models import SourceProfile
from apps.foundation.admin import DaysFilter, WindowedAdmin, own_direction


@admin.register(Consent, site=site)
class ConsentAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "consent"
    list_display = ("at", "customer", "channel", "purpose", "shown_status", "origin", "actor", "recorded_at")
    list_display_links = ("at",)
    list_select_related = ("profile__customer", "actor")
    list_filter = ("channel", "status", ("at", DaysFilter))
    search_fields = ("profile__customer__name",)
    search_help_text = _("A customer's name or identifier")
    ordering = ("-id",)
    fields = ("customer", "channel", "purpose", "status", "at", "recorded_at", "origin", "actor")
    beyond = _("Search for a customer to see all they said.")

    @display(description=_("customer"))
    def customer(self, consent: Consent) -> str:
        return own_direction(consent.profile.customer)

    @display(description=_("status"), label={"granted": "success", "denied": "danger", "withdrawn": "warning"})
    def shown_status(self, consent: Consent) -> tuple[str, str]:
        return consent.status, consent.get_status_display()

    def subject_of(self, obj: Consent) -> Any:
        return obj.profile.customer.public_id

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Consent], search_term: str
    ) -> tuple[models.QuerySet[Consent], bool]:
        if not search_term.strip():
            return queryset, False
        customers = ids_known_as(search_term, request.user)  # type: ignore[arg-type]
        profiles = SourceProfile.objects.filter(customer__in=customers).values_list("pk", flat=True)
        return queryset.filter(profile__in=list(profiles[:1000])), False
