"""Customers, to look at. What is changed about a customer is changed at the desk."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import CustomerDataAdmin
from apps.accounts.models import User
from apps.accounts.site import site
from apps.customers.models import Customer, Evidence, IdentifierType, MergeRecord, SourceProfile
from apps.customers.normalisation import normalise, phone_candidates
from apps.customers.paste import peeled
from apps.foundation.admin import own_direction

MOST = 200  # customers a search brings
SHOWN = 50  # rows of each kind on a customer's page


def spellings(words: str, reader: User) -> set[tuple[str, str]]:
    """Each type of identifier and value these words may mean, a phone in any spelling."""
    regions = [*filter(None, [reader.region]), *settings.PHONE_REGIONS]
    values = {(IdentifierType.PHONE.value, number) for number in phone_candidates(words, regions)}
    values |= {(kind.value, normalise(kind, words) or "") for kind in IdentifierType if kind != IdentifierType.PHONE}
    return {(kind, value) for kind, value in values if value}


def ids_known_as(words: str, reader: User) -> list[int]:
    """Customers of this name or identifier (a phone in any spelling), at most `MOST` by each."""
    words = peeled(words)[:100]
    wanted = models.Q(
        *[models.Q(identifier__type=kind, identifier__value=value) for kind, value in spellings(words, reader)],
        _connector=models.Q.OR,
    )
    known = Evidence.objects.filter(wanted, active=True) if wanted else Evidence.objects.none()
    found = list(known.values_list("profile__customer_id", flat=True)[:MOST])
    if len(words) > 1:
        found += Customer.objects.visible_to(reader).named(words).values_list("pk", flat=True)[:MOST]
    return found


@admin.register(Customer, site=site)
class CustomerAdmin(CustomerDataAdmin):
    noun = "customer"
    list_display = ("shown_name", "tier", "city", "country", "since", "created_at")
    list_select_related = False
    ordering = ("-id",)
    search_fields = ("name",)
    search_help_text = _("Name, or phone, e-mail, loyalty card or user id in full")
    fields = (
        "name",
        "public_id",
        ("tier", "since"),
        "born",
        "street",
        ("postcode", "city"),
        ("region", "country"),
        ("language", "timezone"),
        "created_at",
    )
    change_form_outer_after_template = "admin/customers/known_as.html"

    @display(description=_("name"))
    def shown_name(self, customer: Customer) -> str:
        return own_direction(customer)

    def view_on_site(self, customer: Customer) -> str:
        return customer.get_absolute_url()

    def subject_of(self, obj: Customer) -> Any:
        return obj.public_id

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Customer]:
        return Customer.objects.visible_to(request.user).order_by("-id")  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Customer], search_term: str
    ) -> tuple[models.QuerySet[Customer], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=ids_known_as(search_term, request.user)), False  # type: ignore[arg-type]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        known: dict[str, Any] = known_about(int(object_id)) if object_id.isdecimal() else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **known})


def known_about(customer: int) -> dict[str, Any]:
    """The newest `SHOWN` profiles, identifiers and merges of a customer."""
    profiles = SourceProfile.objects.filter(customer=customer).order_by("-last_seen")
    evidence = Evidence.objects.filter(profile__customer=customer).select_related("identifier", "profile")
    merges = MergeRecord.objects.filter(survivor=customer).select_related("absorbed", "actor")
    return {
        "shown": SHOWN,
        "profiles": profiles[:SHOWN],
        "evidence": evidence.order_by("-last_seen")[:SHOWN],
        "merges": merges.order_by("-id")[:SHOWN],
    }
