"""The trail of what everybody did, with the names of the customers it is about."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, FieldTextFilter
from unfold.decorators import display

from apps.accounts.admin.base import CustomerDataAdmin
from apps.accounts.models import AuditEntry, User
from apps.accounts.site import site
from apps.customers.admin.people import MOST, ids_known_as
from apps.customers.models import Customer
from apps.foundation.admin import DaysFilter, WindowedAdmin, pretty_json


@admin.register(AuditEntry, site=site)
class AuditAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "audit"
    list_display = ("at", "actor_label", "action", "customer", "purpose", "address", "summary")
    list_filter = (
        ("actor", AutocompleteSelectFilter),
        ("action", FieldTextFilter),
        ("at", DaysFilter),
    )
    list_select_related = False
    search_fields = ("subject",)
    search_help_text = _("A customer or a colleague by name; a customer also by phone, e-mail or id")
    ordering = ("-id",)
    fields = ("at", "actor_label", "action", "customer", "purpose", "address", "shown_detail")
    narrowing = ("actor__id__exact", "at_from", "q")
    beyond = _("Choose a person, a first day or a customer to go further back.")

    @display(description=_("customer"))
    def customer(self, entry: AuditEntry) -> str:
        if not entry.subject:
            return ""
        link = reverse("customer", args=[entry.subject])
        return format_html(
            '<a href="{}" class="text-primary-600 dark:text-primary-500"><bdi>{}</bdi></a>',
            link,
            getattr(entry, "customer_name", "") or str(entry.subject)[:8],
        )

    @display(description=_("detail"))
    def summary(self, entry: AuditEntry) -> str:
        return ", ".join(
            f"{len(value)} {name}" if isinstance(value, list) else f"{name} {value}"
            for name, value in entry.detail.items()
            if value
        )[:80]

    @display(description=_("detail"))
    def shown_detail(self, entry: AuditEntry) -> str:
        return pretty_json(entry.detail)

    def subject_of(self, obj: AuditEntry) -> Any:
        return obj.subject

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            name_customers([entry])
        return entry

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        name_customers(changes.result_list)
        return changes

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[AuditEntry], search_term: str
    ) -> tuple[models.QuerySet[AuditEntry], bool]:
        words = search_term.strip()
        return (queryset.filter(_about(words, request.user)) if words else queryset), False  # type: ignore[arg-type]


def _about(words: str, reader: User) -> models.Q:
    """What was done to these customers, or by these colleagues; at most `MOST` of each."""
    try:
        return models.Q(subject=UUID(words))
    except ValueError:
        pass
    customers = Customer.objects.filter(pk__in=ids_known_as(words, reader)).values_list("public_id", flat=True)
    colleagues = User.objects.all()
    for word in words[:100].replace("\x00", "").split()[:4]:
        named = (
            models.Q(first_name__icontains=word) | models.Q(last_name__icontains=word) | models.Q(username__iexact=word)
        )
        colleagues = colleagues.filter(named)
    return models.Q(subject__in=list(customers)) | models.Q(
        actor__in=list(colleagues.values_list("pk", flat=True)[:MOST])
    )


def name_customers(entries: Iterable[AuditEntry]) -> None:
    """Give each entry the name of the customer it is about as `customer_name`, in one query; of one who was merged
    the name they had."""
    subjects = {entry.subject for entry in entries if entry.subject}
    names: dict[Any, str] = {
        customer.public_id: str(customer) for customer in Customer.objects.filter(public_id__in=subjects)
    }
    for entry in entries:
        entry.customer_name = names.get(entry.subject, "")  # type: ignore[attr-defined]
