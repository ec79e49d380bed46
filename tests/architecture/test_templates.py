"""Templates keep to the content security policy before a browser has to say so, and stay readable."""

import re
from pathlib import Path

import pytest
from django.template import engines

from config.paths import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted([*FOLDER.rglob("*.html"), *FOLDER.rglob("*.txt")])
DESKS = [path for path in TEMPLATES if path.is_relative_to(FOLDER / "desktop")]
ICON = FOLDER / "desktop/macros/icon.html"
LINE, LINES = 140, 200

FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(
        r"<script\b(?![^>]*\b(?:src\s*=|type=\"(?:application/json|importmap)\"))", re.IGNORECASE
    ),
    "event handler": re.compile(r"\son(?!ce\b)[a-z]+\s*=", re.IGNORECASE),
    "htmx handler": re.compile(r"\shx-on[:-]", re.IGNORECASE),
    "evaluated value": re.compile(r"[\"'](?:js|javascript):", re.IGNORECASE),
    "unescaped value": re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\b|\bMarkup\b"),
    # Sent before htmx has bound it, it would put all that was typed into the address.
    "posting form without its method": re.compile(r"<form\b(?=[^>]*\bhx-post=)(?![^>]*\bmethod=\"post\")"),
    "foreign address": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
TAG = re.compile(r"\{%[-+]?\s*(\w+)")
KNOWN_TAGS = {
    *("extends", "from", "include", "block", "endblock"),
    *("macro", "endmacro", "call", "endcall", "set", "endset"),
    *("with", "endwith"),
    *("if", "elif", "else", "endif", "for", "endfor"),
    *("trans", "pluralize", "endtrans"),
}
NAMED = re.compile(r"[\"'](desktop/[\w/]+\.(?:html|txt))(?:#(\w+))?")


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def offences(text: str) -> list[str]:
    return sorted(kind for kind, pattern in FORBIDDEN.items() if pattern.search(text))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_needs_no_exception_from_the_policy(path):
    assert offences(path.read_text()) == []


@pytest.mark.parametrize(
    ("text", "offence"),
    [
        ('<p style="color: red">', "inline style"),
        ("<style>p {}</style>", "style element"),
        ('<form id="a"\n  hx-post="/desk/">', "posting form without its method"),
        ("<script>alert(1)</script>", "inline script"),
        ('<button onclick="go()">', "event handler"),
        ('<form hx-on:submit="go()">', "htmx handler"),
        ("<form hx-vals='js:{a: 1}'>", "evaluated value"),
        ("{{ body|safe }}", "unescaped value"),
        ("{%- autoescape false %}", "unescaped value"),
        ('<img src="//elsewhere.example/x.png">', "foreign address"),
    ],
)
def test_each_offence_is_seen(text, offence):
    assert offences(text) == [offence]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/static/a.js" defer></script>',
        '<p class="once on-duty" lang="en">',
    ],
)
def test_what_is_allowed_is_not_seen(text):
    assert offences(text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_is_short_enough_to_be_read(path):
    lines = path.read_text().splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LINE] == []
    assert len(lines) <= LINES


@pytest.mark.parametrize("path", DESKS, ids=name)
def test_template_of_the_desk_compiles_and_knows_no_logic_but_if_and_for(path):
    engines["desk"].get_template(name(path))
    assert set(TAG.findall(path.read_text())) - KNOWN_TAGS == set()


@pytest.mark.parametrize("path", [path for path in DESKS if path != ICON], ids=name)
def test_icons_are_drawn_by_their_macro(path):
    assert not re.search(r'class="icon\b', path.read_text())


@pytest.mark.parametrize("path", DESKS, ids=name)
def test_template_with_blocks_extends_another(path):
    """A block rendered alone knows what the head of its page imports; a page that extends nothing has no such head."""
    blocks = engines["desk"].get_template(name(path)).template.blocks
    assert not blocks or path.name == "base.html" or "{% extends " in path.read_text()


def test_every_template_that_is_named_is_there_with_its_block():
    sources = [*(ROOT / "apps").rglob("*.py"), *DESKS]
    named = {found for source in sources for found in NAMED.findall(source.read_text())}
    for template, block in named:
        engines["desk"].get_template(f"{template}#{block}" if block else template)
    assert {template for template, _block in named} == {name(path) for path in DESKS}


def test_no_markup_is_made_in_python():
    made = re.compile(r"mark_safe|format_html|SafeString|<svg|</\w+>")
    found = {path for path in (ROOT / "apps/desktop").rglob("*.py") if made.search(path.read_text())}
    assert found == set()
