"""The engine of the desk's templates."""

from datetime import UTC, datetime

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils.translation import override
from jinja2 import DictLoader, UndefinedError

from apps.desktop.shell import template_functions
from apps.desktop.shell.templates import PageTemplate, environment
from tests.factories.accounts import UserFactory

BASE = "{% from 'desktop/x/macros.html' import loud %}<html>{% block content %}{% endblock %}{{ loud('end') }}</html>"
PAGE = """
{% extends "desktop/x/base.html" %}
{% from "desktop/x/macros.html" import loud as very_loud %}
{% set greeting = "Good day" %}
{% block content %}<main>{% block part %}{{ very_loud(greeting) }}, {{ name }}{% endblock %}</main>{% endblock %}
{% block alone %}{{ self.part() }}!{% endblock %}
"""
MACROS = "{% macro loud(words) %}<b>{{ words|upper }}</b>{% endmacro %}"
PARTS = (
    "{% extends 'desktop/shell/parts.html' %}{% block one %}{{ missing }}{% endblock %}{% block two %}2{% endblock %}"
)


@pytest.fixture
def desk_templates(monkeypatch):
    """The engine of the desk, with these templates instead of its own."""
    engine = engines["desk"]
    texts = {
        "desktop/x/base.html": BASE,
        "desktop/x/page.html": PAGE,
        "desktop/x/macros.html": MACROS,
        "desktop/x/parts.html": PARTS,
        "desktop/shell/parts.html": "{# nothing #}",
    }
    made = environment(loader=engine.env.loader)
    made.loader = DictLoader(texts)
    monkeypatch.setattr(engine, "env", made)
    return engine


def rendered(engine, text, **context):
    return PageTemplate(engine.env.from_string(text), engine, "").render(context)


def test_page_is_rendered_as_a_whole(desk_templates):
    page = desk_templates.get_template("desktop/x/page.html").render({"name": "Ada"})
    assert page.strip() == "<html><main><b>GOOD DAY</b>, Ada</main><b>END</b></html>"


def test_block_is_rendered_alone_and_knows_what_its_page_imports_and_sets(desk_templates):
    assert (
        desk_templates.get_template("desktop/x/page.html#part").render({"name": "<i>"}) == "<b>GOOD DAY</b>, &lt;i&gt;"
    )
    assert desk_templates.get_template("desktop/x/page.html#alone").render({"name": "Ada"}) == "<b>GOOD DAY</b>, Ada!"


def test_part_is_not_held_up_by_what_the_others_lack(desk_templates):
    assert desk_templates.get_template("desktop/x/parts.html#two").render({}) == "2"


def test_unknown_block_is_refused_and_those_there_are_named(desk_templates):
    with pytest.raises(TemplateDoesNotExist, match="no block “tail”; its blocks: alone, content, part"):
        desk_templates.get_template("desktop/x/page.html#tail")


def test_what_was_not_handed_over_is_an_error(desk_templates):
    with pytest.raises(UndefinedError, match="name"):
        desk_templates.get_template("desktop/x/page.html").render({})


@pytest.mark.parametrize("name", ["account/login.html", "admin/index.html", "404.html", "desktop/home.html"])
def test_other_templates_are_left_to_django(name):
    with pytest.raises(TemplateDoesNotExist):
        engines["desk"].get_template(name)


def test_the_desk_is_found_by_the_functions_of_django():
    assert isinstance(get_template("desktop/home/found.html"), PageTemplate)
    nobody = {"named": [], "similar": [], "more": "", "crowded": False, "start": 1, "nobody": True, "words": "<x>"}
    shown = render_to_string("desktop/home/found.html", nobody)
    assert "Nobody is known by “&lt;x&gt;”." in shown


def test_view_comes_before_what_every_page_may_say(db):
    request = RequestFactory().get("/desk/")
    request.user, request.session = UserFactory(), {}
    template = engines["desk"].env.from_string("{{ tab }} {{ may_mark }} {{ csrf_token|length > 9 }}")
    assert PageTemplate(template, engines["desk"], "").render({"tab": "mine"}, request) == "mine True True"


def test_words_are_ours_and_values_are_escaped(desk_templates):
    assert rendered(desk_templates, "{{ _('Here <b>it</b> is') }}") == "Here <b>it</b> is"
    assert rendered(desk_templates, "{{ _('<b>%(who)s</b>', who=who) }}", who="<i>") == "<b>&lt;i&gt;</b>"
    plural = "{% trans count=n %}{{ count }} line{% pluralize %}{{ count }} lines{% endtrans %}"
    assert [rendered(desk_templates, plural, n=n) for n in (1, 2)] == ["1 line", "2 lines"]


def test_words_are_looked_up_in_the_language_of_the_page(desk_templates, monkeypatch):
    monkeypatch.setattr(template_functions.translation, "gettext", lambda text: f"{text} in {current()}")
    current = template_functions.translation.get_language
    template_functions._translated.cache_clear()
    said = []
    for language in ("de", "fr", "de"):
        with override(language):
            said.append(rendered(desk_templates, "{{ _('Word') }}"))
    template_functions._translated.cache_clear()
    assert said == ["Word in de", "Word in fr", "Word in de"]


def test_plain_text_is_not_escaped():
    made = environment(loader=engines["desk"].env.loader)
    made.loader = DictLoader({"desktop/x/mail.txt": "{{ who }} {{ _('%(who)s', who=who) }}"})
    assert made.get_template("desktop/x/mail.txt").render(who="A & B") == "A & B A & B"


def test_icon_is_decoration_unless_it_has_a_label():
    icon = engines["desk"].env.globals["icon"]
    assert str(icon("phone")) == (
        '<svg class="icon" aria-hidden="true"><use href="/static/desktop/icons.svg#phone"></use></svg>'
    )
    assert str(icon("check", "small ok", "Kept & done")) == (
        '<svg class="icon small ok" role="img" aria-label="Kept &amp; done">'
        '<use href="/static/desktop/icons.svg#check"></use></svg>'
    )


def test_address_and_date(desk_templates, settings):
    settings.TIME_ZONE = "UTC"
    assert rendered(desk_templates, "{{ url('promise', 7) }}") == "/desk/promises/7/"
    at = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    assert rendered(desk_templates, "{{ at|date }}, {{ at|date('TIME_FORMAT') }}", at=at) == "22 November 2026, 09:05"
