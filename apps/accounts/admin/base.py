"""What the admins of every room leave behind: an audit row for whatever is done or looked at."""

from itertools import chain
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from apps.accounts.actions import audit
from apps.foundation.admin import BoundedAdmin, ReadOnlyAdmin
from apps.foundation.http import client_address


class RoomAdmin(BoundedAdmin):
    """`noun` names what it is about in the audit trail."""

    noun = ""

    def note(self, request: HttpRequest, verb: str, **detail: Any) -> None:
        """One row of the audit trail about what the person at the screen just did."""
        audit(request.user, f"{self.noun}.{verb}", address=client_address(request), **detail)  # type: ignore[arg-type]

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.note(request, "add", id=obj.pk, name=str(obj))

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        fields = changed_fields(message)
        if fields:
            self.note(request, "change", id=obj.pk, name=str(obj), fields=fields)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            self.note(request, "delete", id=obj.pk, name=str(obj))


class CustomerDataAdmin(ReadOnlyAdmin, RoomAdmin):
    """Rows about customers: whoever sees one, alone or in a list, leaves a row in the audit trail."""

    def subject_of(self, obj: Any) -> Any:
        """The public id of the customer the row is about."""
        raise NotImplementedError

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj is not None and self.has_view_permission(request, obj):
            self.note(request, "view", subject=self.subject_of(obj), purpose="admin", id=obj.pk)
        return obj

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}).get("cl")
        if changes and changes.result_list:
            shown = dict.fromkeys(map(self.subject_of, changes.result_list))
            self.note(request, "list", purpose="admin", customers=[str(subject) for subject in shown if subject])
        return response


def changed_fields(message: Any) -> list[str]:
    """The fields named by a change message of Django's admin (`construct_change_message`), or its text."""
    if isinstance(message, str):
        return [message] if message else []
    return list(chain.from_iterable(part.get("changed", {}).get("fields", []) for part in message))
