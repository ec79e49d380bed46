"""What every admin is made of: lists that never count, days, and how a thing is written there."""

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.timezone import make_aware, now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str
from unfold.views import ChangeList

LONGEST = 20_000  # characters of a payload that are shown
WINDOW = 50_000  # rows a list without a narrowing filter looks through: the latest ones
PAGES = 20  # a list goes no deeper: whoever looks for something older searches for it


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages without a COUNT: it looks at most `PAGES` pages ahead, and says when there is more."""

    template_name = "admin/bounded_pagination.html"

    @cached_property
    def _ids(self) -> list[int]:
        rows: Any = self.object_list
        return list(rows.values_list("pk", flat=True)[: PAGES * self.per_page + 1])

    @cached_property
    def count(self) -> int:
        return min(len(self._ids), PAGES * self.per_page)

    @property
    def more(self) -> bool:
        return len(self._ids) > self.count

    def page(self, number: int | str) -> Any:
        """The rows of these ids: what was sorted once need not be sorted again."""
        number = self.validate_number(number)
        rows: Any = self.object_list
        ids = self._ids[(number - 1) * self.per_page : min(number * self.per_page, self.count)]
        return Page(rows.filter(pk__in=ids), number, self)


class UncountedList(ChangeList):
    """Without a total there is nothing to compare the number of results with: the heading leaves it out."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class BoundedAdmin(ModelAdmin):
    """What every list and form has in common."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # facets count
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = True
    shown_once = "admin/secret.html"  # the page with a new secret

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UncountedList

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """What is edited in the list is called by its column and its row."""
        formset: Any = super().get_changelist_formset(request, **kwargs)

        class Named(formset):
            def add_fields(self, form: Any, index: int | None) -> None:
                super().add_fields(form, index)
                for field in form.visible_fields():
                    field.field.widget.attrs["aria-label"] = f"{field.label}: {form.instance}"

        return Named

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        words = str(_("Edit %(name)s") if object_id else _("New %(name)s"))
        if object_id and not self.has_change_permission(request):
            words = "%(name)s"
        title = words % {"name": self.opts.verbose_name}
        named = {"title": title[:1].upper() + title[1:], **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, named)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """One by one, so that `delete` does what it does for one of them."""
        for obj in queryset:
            obj.delete()

    def verb(self, verb: str, view: Callable[..., HttpResponse]) -> URLPattern:
        """The address of something one does to a row, by POST: `admin:<app>_<model>_<verb>`."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_{verb}"
        return path(f"<int:pk>/{verb}/", self.admin_site.admin_view(require_POST(view)), name=name)

    def back_to(self, obj: models.Model) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", obj.pk)

    def show_once(self, request: HttpRequest, obj: models.Model, secret: str) -> HttpResponse:
        """The page with a new secret: never stored, not even for a redirect, so that it is seen this once."""
        context = {**self.admin_site.each_context(request), "title": str(obj), "opts": self.opts, "obj": obj}
        return TemplateResponse(request, self.shown_once, {**context, "secret": secret})


class WindowedAdmin(BoundedAdmin):
    """A list of a table without end: its latest `WINDOW` rows, unless narrowed by what has an index.

    `narrowing` names those query parameters; `beyond` says how to reach older rows.
    """

    narrowing: tuple[str, ...] = ("q",)
    beyond: str | Promise = ""
    list_before_template = "admin/window.html"
    window = WINDOW

    def window_words(self) -> str:
        size = number_format(self.window, force_grouping=True)
        return str(_("Out of the latest %(size)s.") % {"size": size})

    def narrowed(self, request: HttpRequest) -> bool:
        return any(request.GET.get(name) for name in self.narrowing)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        request.windowed = not self.narrowed(request)  # type: ignore[attr-defined]
        return super().get_changelist_instance(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        if not getattr(request, "windowed", False):
            return rows
        newest = self.model._default_manager.order_by("-pk").values("pk")[:1]
        return rows.filter(pk__gt=models.Subquery(newest) - self.window)


class ReadOnlyAdmin(BoundedAdmin):
    """Facts: to look at, never to write."""

    actions: tuple[str, ...] | None = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class DaysFilter(RangeDateFilter):
    """From the beginning of one day to the end of another, as the person at the screen counts days."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        first, last = (
            parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}")) for end in ("from", "to")
        )
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": make_aware(datetime.combine(first, time()))})
        if last:
            after = make_aware(datetime.combine(last + timedelta(days=1), time()))
            queryset = queryset.filter(**{f"{self.field_path}__lt": after})
        return queryset


def ago(at: datetime) -> str:
    """`5 minutes ago`, near enough to tell a source that is alive from one that is not."""
    age = timesince(at, depth=1)
    return str(_("just now") if (now() - at).total_seconds() < 60 else _("%(age)s ago") % {"age": age})


def own_direction(words: object) -> SafeString:
    """A name keeps its own writing direction among words of another."""
    return format_html("<bdi>{}</bdi>", words)


def pretty_json(value: Any) -> SafeString:
    """As people read it, and never more than a screenful of screens."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    return format_html('<pre class="overflow-x-auto text-xs whitespace-pre-wrap" dir="ltr">{}</pre>', text[:LONGEST])
