"""Who is not to be contacted, in the supervisors' room: looked up, added, lifted, taken in and given away as a file."""

from io import TextIOWrapper
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.site import site
from apps.contact.actions import lift, suppress
from apps.contact.models import Suppression
from apps.contact.suppression_list import NotAList, give_away, take_in
from apps.customers.admin.people import ids_known_as, spellings
from apps.customers.drafts import Handle
from apps.customers.models import SourceProfile
from apps.customers.normalisation import normalise
from apps.foundation.admin import DaysFilter, WindowedAdmin, own_direction


class StopForm(forms.ModelForm[Suppression]):
    """A value to stop, in any spelling."""

    actor: Any = None

    class Meta:
        model = Suppression
        fields = ("type", "value", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind, value = cleaned.get("type"), cleaned.get("value")
        if not kind or not value:
            raise ValidationError(_("Choose a type and type a value. A person is stopped on their page at the desk."))
        spelt = normalise(kind, value, getattr(self.actor, "region", ""))
        if not spelt:
            self.add_error("value", _("This value names nobody."))
        return {**cleaned, "value": spelt}


class LiftForm(forms.ModelForm[Suppression]):
    lifted_why = forms.CharField(
        label=_("Why it is lifted"),
        max_length=200,
        help_text=_("Saving lifts it: contact goes on where consent allows it."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Suppression
        fields = ("lifted_why",)


class ListForm(forms.Form):
    file = forms.FileField(label=_("File"), widget=UnfoldAdminFileFieldWidget)
    source = forms.CharField(
        label=_("Who says so"), max_length=80, required=False, help_text=_("Empty: the file's name."),
        widget=UnfoldAdminTextInputWidget,
    )  # fmt: skip


class Standing(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("In force")), ("no", _("Lifted"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Suppression]) -> models.QuerySet[Suppression]:
        return queryset.filter(lifted_at__isnull=self.value() == "yes") if self.value() else queryset


@admin.register(Suppression, site=site)
class SuppressionAdmin(WindowedAdmin, RoomAdmin):
    noun = "suppression"
    list_display = ("at", "shown_who", "reason", "source", "added_by", "lifted_at")
    list_display_links = ("at",)
    list_select_related = ("profile__customer", "added_by")
    list_filter = (Standing, "type", ("at", DaysFilter))
    search_fields = ("value",)
    search_help_text = _("A phone, e-mail or card in full, in any spelling, or a customer's name")
    ordering = ("-id",)
    sortable_by = ()
    beyond = _("Search for a value to find it however old it is.")
    actions_list = ("import_list", "export_list")

    @display(description=_("who"))
    def shown_who(self, stop: Suppression) -> str:
        return own_direction(stop.profile.customer if stop.profile else stop)

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        if obj is None:
            return ("type", "value", "reason")
        return ("shown_who", "reason", "source", "added_by", "at", "lifted_at", "lifted_by", "lifted_why")

    def get_readonly_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        return [name for name in self.get_fields(request, obj) if name != "lifted_why"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Suppression | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, form=LiftForm if obj else StopForm, **kwargs)
        form.actor = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.lifted_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Suppression], search_term: str
    ) -> tuple[models.QuerySet[Suppression], bool]:
        words = search_term.replace("\0", "").strip()[:254]
        if not words:
            return queryset, False
        profiles = SourceProfile.objects.filter(customer__in=ids_known_as(words, request.user)).values("pk")[:1000]  # type: ignore[arg-type]
        wanted = models.Q(profile__in=list(profiles.values_list("pk", flat=True)))
        for kind, value in spellings(words, request.user):  # type: ignore[arg-type]
            wanted |= models.Q(type=kind, value=value)
        return queryset.filter(wanted), False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Suppression | None:
        found: Suppression | None = super().get_object(request, object_id, from_field)
        if found and self.has_view_permission(request, found):
            self.note(request, "view", subject=subject_of(found), purpose="admin", id=found.pk)
        return found

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}).get("cl")
        if changes and changes.result_list:
            self.note(request, "list", purpose="admin", suppressions=[stop.pk for stop in changes.result_list])
        return response

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        actor: Any = request.user
        if change:
            customer = obj.profile.customer if obj.profile else None
            lift(actor=actor, suppression=obj, reason=obj.lifted_why, customer=customer)
            return
        made = suppress(
            actor=actor, handle=Handle(obj.type, obj.value), reason=obj.reason, source=gettext("Supervisors' room")
        )
        obj.pk, obj._state.adding = made.pk, False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """`suppress` has said so."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """`lift` has said so."""

    @action(description=_("Take in a file"), url_path="import", permissions=["add"])
    def import_list(self, request: HttpRequest) -> HttpResponse:
        form = ListForm(request.POST or None, request.FILES or None)
        report = _taken(request, form) if request.method == "POST" and form.is_valid() else None
        if report and not report.bad:
            return redirect("admin:contact_suppression_changelist")
        context = {**self.admin_site.each_context(request), "title": gettext("Take in a list"), "opts": self.opts}
        return TemplateResponse(
            request, "admin/contact/suppression_import.html", {**context, "form": form, "report": report}
        )

    @action(description=_("Give it away as CSV"), url_path="export", permissions=["add"])
    def export_list(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="suppressions-{localdate():%Y-%m-%d}.csv"'
        give_away(request.user, response)  # type: ignore[arg-type]
        return response


def _taken(request: HttpRequest, form: ListForm) -> Any:
    """The report of what was taken in, said to the person; None where the file is no list."""
    upload, actor = form.cleaned_data["file"], request.user
    try:
        report = take_in(
            actor=actor,  # type: ignore[arg-type]
            file=TextIOWrapper(upload, encoding="utf-8-sig", newline=""),
            source=form.cleaned_data["source"] or upload.name,
            region=getattr(actor, "region", ""),
        )
    except NotAList as refusal:
        form.add_error("file", str(refusal))
        return None
    added = ngettext("%(count)d stop was added.", "%(count)d stops were added.", report.added)
    messages.success(request, added % {"count": report.added})
    return report


def subject_of(stop: Suppression) -> Any:
    return stop.profile.customer.public_id if stop.profile else None
