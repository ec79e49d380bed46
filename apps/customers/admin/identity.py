"""Who was found to be the same person, who may be, and by which model: to look at. It is decided at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import CustomerDataAdmin, RoomAdmin
from apps.accounts.site import site
from apps.customers.admin.people import ids_known_as
from apps.customers.models import MatchCandidate, MatchModel, MergeRecord, Verdict
from apps.foundation.admin import DaysFilter, ReadOnlyAdmin, WindowedAdmin, own_direction, pretty_json


@admin.register(MergeRecord, site=site)
class MergeRecordAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "merge"
    list_display = ("at", "kind", "survivor_name", "absorbed_name", "rule", "actor", "shown_undone")
    list_display_links = ("at",)
    list_select_related = ("survivor", "absorbed", "actor")
    list_filter = ("kind", ("at", DaysFilter))
    search_fields = ("survivor__name",)
    search_help_text = _("A customer's name or identifier")
    ordering = ("-id",)
    sortable_by = ()
    beyond = _("Search for a customer to see all of theirs.")
    fields = ("kind", "survivor_name", "absorbed_name", "rule", "reason", "actor", "at", "shown_undone", "profiles")

    @display(description=_("customer"))
    def survivor_name(self, record: MergeRecord) -> str:
        return own_direction(record.survivor)

    @display(description=_("with, or from"))
    def absorbed_name(self, record: MergeRecord) -> str:
        return own_direction(record.absorbed)

    @display(description=_("taken back"), boolean=True)
    def shown_undone(self, record: MergeRecord) -> bool:
        return record.undone_by_id is not None

    def view_on_site(self, record: MergeRecord) -> str:
        return reverse("identity", args=[record.survivor.public_id])

    def subject_of(self, obj: MergeRecord) -> Any:
        return obj.survivor.public_id

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(survivor__in=ids_known_as(search_term, request.user)), False  # type: ignore[arg-type]


@admin.register(MatchCandidate, site=site)
class MatchCandidateAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "suggestion"
    list_display = ("a_name", "b_name", "shown_score", "origin", "shown_status", "reviewer", "reviewed_at")
    list_display_links = ("a_name",)
    list_select_related = ("a", "b", "reviewer")
    list_filter = ("status", "origin")
    ordering = ("-id",)
    sortable_by = ()
    beyond = _("The desk's list of suggestions goes by likelihood and has no end.")
    fields = (
        ("a_name", "b_name"), "shown_score", ("origin", "model"), ("status", "accepted_at_once"),
        ("reviewer", "reviewed_at"), "created_at", "shown_features",
    )  # fmt: skip

    @display(description=_("customer"))
    def a_name(self, candidate: MatchCandidate) -> str:
        return own_direction(candidate.a)

    @display(description=_("may be"))
    def b_name(self, candidate: MatchCandidate) -> str:
        return own_direction(candidate.b)

    @display(description=_("score"))
    def shown_score(self, candidate: MatchCandidate) -> str:
        return f"{number_format(candidate.score * 100, 1)} %"

    @display(
        description=_("status"),
        label={"open": "info", "later": "default", "matched": "success", "different": "warning"},
    )
    def shown_status(self, candidate: MatchCandidate) -> tuple[str, str]:
        return candidate.status, candidate.get_status_display()

    @display(description=_("reasons"))
    def shown_features(self, candidate: MatchCandidate) -> str:
        return pretty_json(candidate.features)

    def view_on_site(self, candidate: MatchCandidate) -> str:
        return reverse("match", args=[candidate.pk])

    def subject_of(self, obj: MatchCandidate) -> Any:
        return obj.a.public_id


@admin.register(Verdict, site=site)
class VerdictAdmin(WindowedAdmin, CustomerDataAdmin):
    noun = "decision"
    list_display = ("at", "a_name", "shown_same", "b_name", "actor", "reason", "withdrawn_at")
    list_display_links = ("at",)
    list_select_related = ("a__customer", "b__customer", "actor")
    list_filter = ("same", ("at", DaysFilter))
    ordering = ("-id",)
    sortable_by = ()
    beyond = _("Filter by day to go further back.")
    narrowing = ("at_from", "at_to")
    fields = ("a_name", "shown_same", "b_name", "reason", "actor", "at", "withdrawn_at")

    @display(description=_("customer"))
    def a_name(self, verdict: Verdict) -> str:
        return own_direction(verdict.a.customer)

    @display(description=_("and"))
    def b_name(self, verdict: Verdict) -> str:
        return own_direction(verdict.b.customer)

    @display(description=_("said to be"), label={"same": "success", "different": "warning"})
    def shown_same(self, verdict: Verdict) -> tuple[str, Any]:
        return ("same", _("The same")) if verdict.same else ("different", _("Not the same"))

    def subject_of(self, obj: Verdict) -> Any:
        return obj.a.customer.public_id


@admin.register(MatchModel, site=site)
class MatchModelAdmin(ReadOnlyAdmin, RoomAdmin):
    noun = "match_model"
    list_display = ("trained_at", "customers", "pairs", "seconds")
    ordering = ("-id",)
    fields = ("trained_at", ("customers", "pairs", "seconds"), "shown_quality", "shown_parameters")

    @display(description=_("quality"))
    def shown_quality(self, model: MatchModel) -> str:
        return pretty_json(model.quality)

    @display(description=_("parameters"))
    def shown_parameters(self, model: MatchModel) -> str:
        return pretty_json(model.parameters)
