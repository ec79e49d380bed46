"""The desk's templates: Jinja2 by Django's own backend, for `templates/desktop/<screen>/`; the rest stays Django's.

A page's swappable parts are its blocks: `render(request, "desktop/customer/customer.html#tail", context)` renders
one. What a template asks for and was not given is an error.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jinja2
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends.jinja2 import Jinja2, Template
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from markupsafe import Markup

from apps.desktop.shell.template_functions import FILTERS, FUNCTIONS, surroundings

ICON = "desktop/macros/icon.html"
REMEMBERED = 4096  # icons with their labels


class DeskTemplates(Jinja2):
    """Serves `desktop/<screen>/<page>.html` and, with `#block` behind it, one block of it."""

    def get_template(self, template_name: str) -> "PageTemplate":
        name, _, block = template_name.partition("#")
        page = super().get_template(name).template
        if block and block not in page.blocks:
            there = ", ".join(sorted(page.blocks)) or "none"
            raise TemplateDoesNotExist(f"{name} has no block “{block}”; its blocks: {there}", backend=self)
        return PageTemplate(page, self, block)


class PageTemplate(Template):
    """A page, or one block of it."""

    def __init__(self, template: jinja2.Template, backend: DeskTemplates, block: str) -> None:
        super().__init__(template, backend)
        self.block = block

    def render(self, context: Mapping[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        """What the view hands over comes before what every page may say."""
        values = {**self._of_request(request), **(context or {})} if request else dict(context or {})
        with surroundings():
            return self._block(values) if self.block else str(self.template.render(values))

    def _of_request(self, request: HttpRequest) -> dict[str, Any]:
        values: dict[str, Any] = {
            "request": request,
            "csrf_input": csrf_input_lazy(request),
            "csrf_token": csrf_token_lazy(request),
        }
        for processor in self.backend.template_context_processors:
            values |= processor(request)
        return values

    def _block(self, values: Mapping[str, Any]) -> str:
        """The head of the page is run as far as the first word of its body: then its imports are known to the block,
        and what the block has from the page that it extends."""
        context = self.template.new_context(dict(values))
        next((words for words in self.template.root_render_func(context) if words.strip()), None)
        return "".join(context.blocks[self.block][0](context))


class DeskLoader(jinja2.FileSystemLoader):
    """Only the desk's: sign-in, administration and third parties keep Django's engine."""

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        if not is_desks(template):
            raise jinja2.TemplateNotFound(template)
        return super().get_source(environment, template)

    def list_templates(self) -> list[str]:
        return [name for name in super().list_templates() if is_desks(name)]


def is_desks(name: str) -> bool:
    return name.startswith("desktop/") and name.count("/") > 1


def environment(*, loader: jinja2.FileSystemLoader, **options: Any) -> jinja2.Environment:
    """Called by Django's backend with what the settings say."""
    options |= {"autoescape": _is_html, "undefined": jinja2.StrictUndefined}
    made = jinja2.Environment(  # noqa: S701 - all but mail in plain text is escaped
        loader=DeskLoader(loader.searchpath),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    made.globals |= {**FUNCTIONS, "icon": _icons(made)}
    made.filters |= FILTERS
    return made


def _is_html(name: str | None) -> bool:
    return not (name or "").endswith(".txt")


def _icons(made: jinja2.Environment) -> Callable[..., Markup]:
    """`icon(name, classes="", label="")`: the macro, drawn once a process for each of its uses."""

    @lru_cache(REMEMBERED)
    def drawn(name: str, classes: str, label: str) -> Markup:
        macro: Callable[..., Markup] = made.get_template(ICON).module.icon  # type: ignore[attr-defined]
        return macro(name, classes, label)

    def icon(name: str, classes: str = "", label: object = "") -> Markup:
        return drawn(name, classes, str(label))

    return icon
