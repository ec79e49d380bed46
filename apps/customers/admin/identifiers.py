"""By what people are known: the rules of each type, and the values that count, are shared, or count for nothing."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.site import site
from apps.customers.admin.people import spellings
from apps.customers.identity.actions import CannotMerge, set_identifier_status
from apps.customers.identity.rules import identity_rules
from apps.customers.models import Identifier, IdentifierType, IdentityRule
from apps.customers.normalisation import normalise, respell
from apps.foundation.admin import WindowedAdmin, own_direction

AT_ONCE = 50  # values decided on in one go: each may redraw many customers
SCOPED = frozenset({IdentifierType.USER_ID, IdentifierType.ACCOUNT, IdentifierType.SOCIAL, IdentifierType.CARD})


@admin.register(IdentityRule, site=site)
class IdentityRuleAdmin(RoomAdmin):
    """One row per type, all there from the beginning."""

    noun = "identity_rule"
    list_display = ("shown_type", "tier", "priority", "per_customer", "customers_per_value", "names_must_agree")
    ordering = ("priority",)
    fieldsets = (
        (None, {"fields": ("meaning",)}),
        (_("As proof"), {"fields": (("tier", "priority"), "names_must_agree", "stale_after")}),
        (_("Limits"), {"fields": (("per_customer", "customers_per_value"),)}),
        (_("Spelling"), {"fields": ("normaliser",)}),
    )
    readonly_fields = ("meaning",)

    @display(description=_("type"), ordering="type")
    def shown_type(self, rule: IdentityRule) -> str:
        return str(rule)

    @display(description=_("what it means"))
    def meaning(self, rule: IdentityRule) -> str:
        return meaning_of(rule)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: IdentityRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        messages.info(
            request,
            gettext("It holds for what arrives from now on. To have it hold for what is known already: %(command)s.")
            % {"command": "manage.py recompute_identity"},
        )


def meaning_of(rule: IdentityRule) -> str:
    """The rule in sentences."""
    said = [
        gettext("Two who share one are made one, unless stronger proof tells them apart.")
        if rule.weak
        else gettext("Two who share one are made one.")
    ]
    if rule.names_must_agree:
        said.append(gettext("Not if their first names or dates of birth say they are two people."))
    if rule.per_customer:
        words = ngettext(
            "Nobody is joined into somebody with more than %(count)d from one source.",
            "Nobody is joined into somebody with more than %(count)d of them from one source.",
            rule.per_customer,
        )
        said.append(words % {"count": rule.per_customer})
    if rule.customers_per_value:
        words = gettext("A value that more than %(count)d customers have is shared by itself and joins nobody.")
        said.append(words % {"count": rule.customers_per_value})
    if rule.stale_after:
        words = gettext("One that was not seen for %(count)d days may be somebody else's by now: a person decides.")
        said.append(words % {"count": rule.stale_after})
    return " ".join(said)


class BlockedForm(forms.ModelForm[Identifier]):
    """A value that is to join nobody, spelt as it will arrive."""

    class Meta:
        model = Identifier
        fields = ("type", "value", "scope")
        labels = {"type": _("Type"), "value": _("Value"), "scope": _("Source or network")}
        help_texts = {
            "value": _("In any spelling: it is kept as it is kept when a source sends it."),
            "scope": _("Only for user ids, accounts, cards and social handles: who issued it. Empty otherwise."),
        }

    actor: Any = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, given = data.get("type"), data.get("value")
        if not kind or not given:
            return data
        value = normalise(kind, given, self.actor.region if self.actor else "")
        rule = identity_rules().get(kind)
        data["value"] = respell(value, rule.normaliser) if value and rule else value
        if not data["value"]:
            raise ValidationError(
                {"value": _("This names nobody: it is left out by itself already, or is no such value.")}
            )
        if kind not in SCOPED:
            data["scope"] = ""
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """A value we know already may be blocked too."""
        return {*super()._get_validation_exclusions(), "value"}  # type: ignore[misc]


@admin.register(Identifier, site=site)
class IdentifierAdmin(WindowedAdmin, RoomAdmin):
    noun = "identifier"
    form = BlockedForm
    list_display = ("shown_value", "type", "scope", "shown_status")
    list_filter = ("status", "type")
    search_fields = ("value",)
    search_help_text = _("A phone, e-mail, card or id in full, in any spelling")
    ordering = ("-id",)
    sortable_by = ()
    beyond = _("Search for a value to find it however old it is.")
    actions = ("block", "share", "count_again")

    @display(description=_("value"))
    def shown_value(self, identifier: Identifier) -> str:
        return own_direction(identifier.value)

    @display(description=_("status"), label={"active": "success", "blocked": "danger", "shared": "warning"})
    def shown_status(self, identifier: Identifier) -> tuple[str, str]:
        return identifier.status, identifier.get_status_display()

    def get_fields(self, request: HttpRequest, obj: Identifier | None = None) -> Any:
        return ("type", "value", "scope", "status") if obj else ("type", "value", "scope")

    def get_form(self, request: HttpRequest, obj: Identifier | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Identifier], search_term: str
    ) -> tuple[models.QuerySet[Identifier], bool]:
        if not search_term.strip():
            return queryset, False
        words = search_term.replace("\0", "").strip()[:254]
        values = {*spellings(words, request.user), *((kind.value, words) for kind in IdentifierType)}  # type: ignore[arg-type]
        wanted = models.Q(*[models.Q(type=kind, value=value) for kind, value in values], _connector=models.Q.OR)
        return queryset.filter(wanted) if values else queryset.none(), False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Identifier | None:
        identifier: Identifier | None = super().get_object(request, object_id, from_field)
        if identifier and self.has_view_permission(request, identifier):
            self.note(request, "view", purpose="admin", id=identifier.pk)
        return identifier

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}).get("cl")
        if changes and changes.result_list:
            self.note(
                request, "list", purpose="admin", identifiers=[identifier.pk for identifier in changes.result_list]
            )
        return response

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # a value is what sources send; what it counts for is decided in the list

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.change_identifier")

    def save_model(self, request: HttpRequest, obj: Identifier, form: Any, change: bool) -> None:
        held, _made = Identifier.objects.get_or_create(type=obj.type, value=obj.value, scope=obj.scope)
        obj.pk, obj.status, obj._state.adding = held.pk, Identifier.Status.BLOCKED, False
        _set(request, held, obj.status, gettext("Added to the blocked values"))

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """`set_identifier_status` has said so."""

    @admin.action(description=_("Block: joins nobody"), permissions=["decide"])
    def block(self, request: HttpRequest, queryset: models.QuerySet[Identifier]) -> None:
        self._decide(request, queryset, Identifier.Status.BLOCKED)

    @admin.action(description=_("Mark as shared by several people"), permissions=["decide"])
    def share(self, request: HttpRequest, queryset: models.QuerySet[Identifier]) -> None:
        self._decide(request, queryset, Identifier.Status.SHARED)

    @admin.action(description=_("Make it count again"), permissions=["decide"])
    def count_again(self, request: HttpRequest, queryset: models.QuerySet[Identifier]) -> None:
        self._decide(request, queryset, Identifier.Status.ACTIVE)

    def _decide(self, request: HttpRequest, queryset: models.QuerySet[Identifier], status: str) -> None:
        chosen = list(queryset.order_by("pk")[: AT_ONCE + 1])
        if len(chosen) > AT_ONCE:
            words = gettext("These are too many at once: choose at most %(count)d.")
            messages.error(request, words % {"count": AT_ONCE})
            return
        done = [_set(request, identifier, status, gettext("Chosen in the list")) for identifier in chosen]
        drawn = [count for count in done if count is not None]
        if drawn:
            values = ngettext("%(count)d value was changed.", "%(count)d values were changed.", len(drawn))
            people = ngettext("%(count)d customer was drawn anew.", "%(count)d customers were drawn anew.", sum(drawn))
            messages.success(request, f"{values % {'count': len(drawn)}} {people % {'count': sum(drawn)}}")


def _set(request: HttpRequest, identifier: Identifier, status: str, reason: str) -> int | None:
    """How many customers were joined or told apart by it; None, and a word to the person, where it could not be."""
    actor: Any = request.user
    try:
        drift = set_identifier_status(actor=actor, identifier=identifier, status=status, reason=reason)
    except CannotMerge as refusal:
        messages.error(request, str(refusal))
        return None
    return len(drift.merges) + len(drift.moves)
