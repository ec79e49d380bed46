"""What every template of the desk may call: words, addresses, dates. A page asks for hundreds, mostly the same ones."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, NamedTuple

import jinja2
from django.template import defaultfilters as filters
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import timezone, translation
from django.utils.formats import localize
from django_htmx.jinja import htmx_script
from jinja2.nodes import EvalContext
from markupsafe import Markup

REMEMBERED = 4096  # addresses


class Surroundings(NamedTuple):
    """What words and addresses depend on. It is looked up once a page."""

    language: str | None
    urlconf: str | None
    prefix: str


_surroundings: ContextVar[Surroundings | None] = ContextVar("surroundings", default=None)


def _current() -> Surroundings:
    return _surroundings.get() or Surroundings(translation.get_language(), get_urlconf(), get_script_prefix())


@contextmanager
def surroundings() -> Iterator[None]:
    """Around the rendering of a page."""
    token = _surroundings.set(_current())
    try:
        yield
    finally:
        _surroundings.reset(token)


def url(view: str, *args: Any) -> str:
    """The address of a view."""
    here = _current()
    return _address(view, args, here.urlconf, here.prefix)


@lru_cache(REMEMBERED)
def _address(view: str, args: tuple[Any, ...], urlconf: str | None, prefix: str) -> str:
    return reverse(view, urlconf, args)


@jinja2.pass_eval_context
def gettext(escaping: EvalContext, message: str, **values: Any) -> str:
    """`_("%(who)s was here", who=name)`: the words are ours, the values are escaped."""
    return _filled(_translated(message, _current().language), values, escaping)


@jinja2.pass_eval_context
def ngettext(escaping: EvalContext, singular: str, plural: str, num: int, **values: Any) -> str:
    return _filled(translation.ngettext(singular, plural, num), {"num": num, **values}, escaping)


@cache
def _translated(message: str, language: str | None) -> Markup:
    """There are as many as the templates have."""
    return Markup(translation.gettext(message))  # noqa: S704 - the message stands in a template


def _filled(words: str, values: Mapping[str, Any], escaping: EvalContext) -> str:
    if "%" not in words:
        return words
    return Markup(words) % values if escaping.autoescape else str(words) % values  # noqa: S704 - as above


def date(value: Any, style: str = "DATE_FORMAT") -> str:
    """A date, a time or an instant (in local time) as the locale writes it; `style` as for Django's filter."""
    return str(filters.date(timezone.template_localtime(value), style))  # type: ignore[attr-defined]


FUNCTIONS = {
    "_": gettext,
    "gettext": gettext,
    "ngettext": ngettext,
    "url": url,
    "static": cache(static),
    "htmx_script": htmx_script,
    "get_language": translation.get_language,
    "get_language_bidi": translation.get_language_bidi,
}
FILTERS = {
    "date": date,
    "number": localize,
    "filesizeformat": filters.filesizeformat,
    "truncatechars": filters.truncatechars,
}
