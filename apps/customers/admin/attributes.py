"""What the attributes of customers are called, who sees them, and whose word counts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.models import Role
from apps.accounts.site import site
from apps.customers.attributes.traits import DAYS, SHOWN
from apps.customers.models import AttributeDefinition
from apps.customers.tasks import show_all

# These stand in lists and at the head of pages, to tell one customer from another.
OPEN = frozenset({"name", "tier", "city", "country", "language", "timezone", "since"})


class DefinitionForm(forms.ModelForm[AttributeDefinition]):
    visible_to = forms.MultipleChoiceField(
        label=_("Visible to"),
        choices=Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_(
            "None chosen: everybody. Others do not get it in any page, nor through a token that acts for them."
        ),
    )

    class Meta:
        model = AttributeDefinition
        fields = ("label", "key", "type", "choices", "visible_to", "precedence", "editable", "position")
        widgets = {"choices": UnfoldAdminTextInputWidget, "precedence": UnfoldAdminTextInputWidget}

    def clean_choices(self) -> list[str]:
        return _each_once(self.cleaned_data["choices"])

    def clean_precedence(self) -> list[str]:
        return _each_once(self.cleaned_data["precedence"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("type")
        if kind == AttributeDefinition.Type.CHOICE and len(data.get("choices") or ()) < 2:
            raise ValidationError({"choices": _("Name at least two values to choose from.")})
        if kind != AttributeDefinition.Type.CHOICE:
            data["choices"] = []
        key = data.get("key") or self.instance.key
        if key in DAYS and kind != AttributeDefinition.Type.DATE:
            raise ValidationError({"type": _("This one is a date.")})
        if data.get("visible_to") and key in OPEN:
            raise ValidationError({"visible_to": _("Everybody who meets a customer sees this one.")})
        return data


def _each_once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))


def _show_again(changed: Iterable[AttributeDefinition]) -> None:
    """Whose word counts may be another's now, also in what stands in lists. Every night it is seen to in any case."""
    if any(definition.key in SHOWN for definition in changed):
        transaction.on_commit(show_all.delay, robust=True)


@admin.register(AttributeDefinition, site=site)
class AttributeDefinitionAdmin(RoomAdmin):
    noun = "attribute"
    form = DefinitionForm
    list_display = ("label", "key", "type", "shown_roles", "shown_precedence", "editable", "position")
    list_editable = ("position",)
    list_filter = ("type", "editable")
    search_fields = ("label", "key")
    ordering = ("position", "label")
    fieldsets = (
        (None, {"fields": (("label", "key"), ("type", "position"), "choices")}),
        (_("Who sees and changes it"), {"fields": ("visible_to", "editable")}),
        (
            _("Whose word counts"),
            {
                "fields": ("precedence",),
                "description": _(
                    "Where sources disagree, the first of these that says something is believed. What somebody"
                    " types at the desk comes before all of them until one says something new."
                    " Use the short names under which sources stand in their list, such as web-shop."
                ),
            },
        ),
    )
    prepopulated_fields = {"key": ("label",)}

    @display(description=_("visible to"))
    def shown_roles(self, definition: AttributeDefinition) -> str:
        return ", ".join(str(Role(role).label) for role in definition.visible_to if role in Role) or str(_("Everybody"))

    @display(description=_("whose word counts"))
    def shown_precedence(self, definition: AttributeDefinition) -> str:
        return ", ".join(definition.precedence) or str(_("Heard from last"))

    def save_model(self, request: HttpRequest, obj: AttributeDefinition, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "precedence" in form.changed_data:
            _show_again([obj])

    def delete_model(self, request: HttpRequest, obj: AttributeDefinition) -> None:
        super().delete_model(request, obj)
        _show_again([obj])

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[AttributeDefinition]) -> None:
        gone = list(queryset)
        super().delete_queryset(request, queryset)
        _show_again(gone)

    def get_readonly_fields(self, request: HttpRequest, obj: AttributeDefinition | None = None) -> tuple[str, ...]:
        return ("key",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: models.Model | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields
