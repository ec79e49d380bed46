"""People, teams, and the tokens of other systems."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.actions import add_person, issue_token, revoke_token, set_active, set_role
from apps.accounts.admin.base import RoomAdmin
from apps.accounts.forms import PersonAddForm, PersonForm, PersonPasswordForm, TeamForm, TokenForm
from apps.accounts.models import ApiToken, Role, Team, User
from apps.accounts.roles import grantable_by
from apps.accounts.site import site

ROLE_COLOURS = {
    Role.AGENT: "default",
    Role.STORE: "default",
    Role.OWNER: "danger",
    Role.SUPERVISOR: "warning",
    Role.MARKETER: "info",
}


@admin.register(User, site=site)
class PersonAdmin(RoomAdmin, UserAdmin):  # type: ignore[misc, type-arg]
    noun = "person"
    form, add_form, change_password_form = PersonForm, PersonAddForm, PersonPasswordForm
    list_display = ("name", "username", "shown_role", "team", "is_active", "last_login")
    list_select_related = ("team",)
    list_filter = ("role", "is_active", "team__kind")
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = _("Name, user name or e-mail")
    ordering = ("username",)
    autocomplete_fields = ("team",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "new_password")
    who: Any = (None, {"fields": (("first_name", "last_name"), "email")})
    work: Any = (_("Work"), {"fields": (("role", "team"), "language")})
    fieldsets = (
        (None, {"fields": ("username", "new_password")}),
        who,
        work,
        (_("Account"), {"fields": ("is_active", ("last_login", "date_joined"))}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}), who, work)

    @display(description=_("name"), ordering="last_name")
    def name(self, person: User) -> str:
        return str(person)

    @display(description=_("password"))
    def new_password(self, person: User) -> str:
        return format_html(
            '<a href="../password/" class="text-primary-600 dark:text-primary-500">{}</a>', _("Set a new one")
        )

    @display(description=_("role"), ordering="role", label=ROLE_COLOURS)
    def shown_role(self, person: User) -> tuple[str, str]:
        return person.role, person.get_role_display()

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [(role, role.label) for role in grantable_by(request.user)]  # type: ignore[arg-type]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        return User.objects.manageable_by(request.user).filter(pk=obj.pk).exists()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what they did stays theirs; an account is closed instead

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            self._change(request, obj, form)
            return
        details = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "email", "language")}
        person = add_person(
            actor=request.user,  # type: ignore[arg-type]
            username=obj.username,
            password=form.cleaned_data["password1"],
            role=obj.role,
            team=obj.team,
            **details,
        )
        obj.pk, obj._state.adding = person.pk, False

    def _change(self, request: HttpRequest, obj: User, form: Any) -> None:
        actor: Any = request.user
        plain = [name for name in form.changed_data if name not in {"role", "is_active", "password"}]
        if plain:
            obj.save(update_fields=plain)
        if "is_active" in form.changed_data:
            set_active(actor=actor, user=obj, active=obj.is_active)
        if "role" in form.changed_data:
            set_role(actor=actor, user=obj, role=obj.role)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """`add_person` has said so."""


@admin.register(Team, site=site)
class TeamAdmin(RoomAdmin):
    noun = "team"
    form = TeamForm
    list_display = ("name", "kind", "place", "region", "timezone")
    list_filter = ("kind",)
    search_fields = ("name", "place")
    ordering = ("name",)


@admin.register(ApiToken, site=site)
class TokenAdmin(RoomAdmin):
    noun = "token"
    form = TokenForm
    list_display = ("name", "acts_as", "shown_scopes", "created_at", "state")
    list_select_related = ("acts_as",)
    search_fields = ("name",)
    ordering = ("-id",)
    autocomplete_fields = ("acts_as",)
    fields = ("name", "scopes", "acts_as")
    change_form_outer_after_template = "admin/accounts/token_revoke.html"

    @display(description=_("may"))
    def shown_scopes(self, token: ApiToken) -> str:
        return ", ".join(str(ApiToken.Scope(scope).label) for scope in token.scopes if scope in ApiToken.Scope)

    @display(description=_("state"), label={"live": "success", "revoked": "danger"})
    def state(self, token: ApiToken) -> tuple[str, Any]:
        return ("revoked", _("Revoked")) if token.revoked_at else ("live", _("Live"))

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        return ("name", "shown_scopes", "acts_as", "created_at", "revoked_at") if obj else ()

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        return self.get_readonly_fields(request, obj) or self.fields

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **one_button})

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False  # what another system may do is settled when it gets its token

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        token, obj.secret = issue_token(actor=request.user, **form.cleaned_data)  # type: ignore[arg-type, attr-defined]
        obj.pk, obj._state.adding = token.pk, False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        """`issue_token` has said so."""

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        return self.show_once(request, obj, obj.secret)  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        return [self.verb("revoke", self.revoke), *super().get_urls()]

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        token = get_object_or_404(ApiToken, pk=pk)
        if revoke_token(actor=request.user, token=token):  # type: ignore[arg-type]
            messages.success(request, _("The token opens nothing any more."))
        return self.back_to(token)
