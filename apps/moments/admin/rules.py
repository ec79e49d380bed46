"""What is watched for: written, tried out on the last days, changed and brought back by supervisors."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.accounts.admin.base import RoomAdmin
from apps.accounts.site import site
from apps.foundation.admin import UncountedList
from apps.foundation.http import client_address
from apps.moments.actions import keep_rule, let_run, restore_rule
from apps.moments.admin.rule_form import RuleForm
from apps.moments.admin.rule_trial import context_of
from apps.moments.admin.rule_words import history
from apps.moments.kinds import kind_of
from apps.moments.models import MomentRule, MomentRuleVersion, RuleWatch
from apps.moments.models.rule import RuleTally
from apps.moments.rules.detectors import try_out

COUNTED = timedelta(days=30)
STATES = {"running": "success", "off": "default", "stopped": "danger"}
ENTRIES = "looks_at == 'interaction'"
BIRTHDAYS = "looks_at == 'birthday'"


class TalliedList(UncountedList):
    """What came of each rule's moments, for the whole page at once."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        tallies = MomentRule.objects.tallies(timezone.now() - COUNTED)
        self.result_list = list(self.result_list)
        for rule in self.result_list:
            rule.tally = tallies.get(rule.code, RuleTally())


@admin.register(MomentRule, site=site)
class MomentRuleAdmin(RoomAdmin):
    noun = "moment_rule"
    form = RuleForm
    list_display = (
        "name", "shown_kind", "shown_state", "version", "proposed", "accepted", "declined", "expired", "avoided",
    )  # fmt: skip
    list_select_related = ("watch",)
    list_filter = ("active", "looks_at")
    search_fields = ("name", "code")
    ordering = ("name",)
    sortable_by = ("name",)
    list_before_template = "admin/moments/rules_before.html"
    change_form_outer_before_template = "admin/moments/rule_state.html"
    change_form_after_template = "admin/moments/rule_try.html"
    change_form_outer_after_template = "admin/moments/rule_history.html"
    prepopulated_fields = {"code": ("name",)}
    fieldsets = (
        (None, {"fields": (("name", "code"), ("kind", "looks_at"), "active")}),
        (
            _("What happens"),
            {
                "fields": (
                    "channels", "kinds", ("direction", "sentiment"), "words", "spoken", "dispositions",
                    ("least_amount", "currency"), "touchpoint", "first",
                ),
                "description": _(
                    "All that is said here must be so. What is left empty fits everything."
                    " Rules that look at birthdays do without."
                ),
            },
        ),
        (_("What came before"), {"fields": (("preceded_by", "preceded_hours"), "unless_kinds")}),
        (_("To whom"), {"fields": ("tiers", "promotion_days", "birthday_days")}),
        (_("What is proposed"), {"fields": ("suggestion", ("category", "due_minutes"), "answer_minutes", "tags")}),
        (
            _("How often"),
            {
                "fields": (("quiet_days", "daily_ceiling"), "fresh_hours"),
                "description": _("A rule that runs wild is worse than none: people stop looking."),
            },
        ),
    )  # fmt: skip
    conditional_fields = {
        **dict.fromkeys(
            (
                "channels", "kinds", "direction", "sentiment", "words", "spoken", "dispositions", "least_amount",
                "currency", "touchpoint", "first", "preceded_by", "preceded_hours", "unless_kinds", "promotion_days",
                "answer_minutes", "fresh_hours",
            ),
            ENTRIES,
        ),
        "birthday_days": BIRTHDAYS,
    }  # fmt: skip

    @display(description=_("proposes"))
    def shown_kind(self, rule: MomentRule) -> str:
        return str(kind_of(rule.kind))

    @display(description=_("state"), label=STATES)
    def shown_state(self, rule: MomentRule) -> tuple[str, str]:
        watch: RuleWatch | None = getattr(rule, "watch", None)
        if not rule.active:
            return "off", gettext("Off")
        return ("stopped", gettext("Stopped itself")) if watch and watch.stopped_at else ("running", gettext("Running"))

    @display(description=_("proposed"))
    def proposed(self, rule: Any) -> int:
        return int(rule.tally.proposed)

    @display(description=_("accepted"))
    def accepted(self, rule: Any) -> int:
        return int(rule.tally.accepted)

    @display(description=_("declined"))
    def declined(self, rule: Any) -> int:
        return int(rule.tally.declined)

    @display(description=_("expired"))
    def expired(self, rule: Any) -> int:
        return int(rule.tally.expired)

    @display(description=_("contacts avoided"))
    def avoided(self, rule: Any) -> int:
        return int(rule.tally.avoided)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[UncountedList]:
        return TalliedList

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # its moments bear its name; it is switched off instead

    def get_readonly_fields(self, request: HttpRequest, obj: MomentRule | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: models.Model | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: MomentRule, form: Any, change: bool) -> None:
        keep_rule(actor=request.user, rule=obj, address=client_address(request))  # type: ignore[arg-type]

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """`keep_rule` has said so."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """`keep_rule` has said so."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        rule = context.get("original")
        if rule:
            watch = RuleWatch.objects.filter(rule=rule).first()
            context |= {"chapters": history(rule), "watch": watch, "may_change": self.has_change_permission(request)}
        at = [rule.pk] if rule else []
        context["try_url"] = reverse(f"admin:moments_momentrule_{'try' if rule else 'try_new'}", args=at)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        named = "moments_momentrule"
        view = self.admin_site.admin_view
        return [
            path("try/", view(self.try_new), name=f"{named}_try_new"),
            path("<int:pk>/try/", view(self.try_saved), name=f"{named}_try"),
            self.verb("run", self.run),
            path("<int:pk>/restore/<int:number>/", view(self.restore), name=f"{named}_restore"),
            *super().get_urls(),
        ]

    def try_new(self, request: HttpRequest) -> HttpResponse:
        """What a rule that is being written would have caught."""
        if not self.has_add_permission(request) or request.method != "POST":
            raise PermissionDenied
        return self._try(request, None)

    def try_saved(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a rule would have caught: as it is saved, or, by POST, as it stands in the form."""
        rule = get_object_or_404(MomentRule, pk=pk)
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        return self._try(request, rule)

    def _try(self, request: HttpRequest, rule: MomentRule | None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Try it"),
            "saved": rule,
        }
        if request.method == "POST":
            form = self.get_form(request, rule, change=rule is not None)(request.POST, instance=rule)
            if not form.is_valid():
                return TemplateResponse(request, "admin/moments/rule_trial.html", {**context, "form": form}, status=422)
            rule = form.save(commit=False)
        if rule is None:
            raise PermissionDenied
        found = context_of(rule, try_out(rule, timezone.now()), request.user)  # type: ignore[arg-type]
        customers = dict.fromkeys(str(row.customer.public_id) for row in found["rows"])
        self.note(request, "try", purpose="admin", id=rule.pk, name=rule.name, customers=list(customers))
        return TemplateResponse(request, "admin/moments/rule_trial.html", {**context, **found})

    def run(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self._to_change(request, pk)
        if let_run(actor=request.user, rule=rule, address=client_address(request)):  # type: ignore[arg-type]
            messages.success(request, gettext("It looks again, at what happens from now on."))
        return self.back_to(rule)

    def restore(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        rule = self._to_change(request, pk)
        if request.method != "POST":
            raise PermissionDenied
        get_object_or_404(MomentRuleVersion, rule=rule, number=number)
        actor: Any = request.user
        if kept := restore_rule(actor=actor, rule=rule, number=number, address=client_address(request)):
            words = gettext("Version %(old)s is back, as version %(new)s.")
            messages.success(request, words % {"old": number, "new": kept.number})
        return self.back_to(rule)

    def _to_change(self, request: HttpRequest, pk: int) -> MomentRule:
        rule: MomentRule = get_object_or_404(MomentRule, pk=pk)
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        return rule
