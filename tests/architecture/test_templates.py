"""Templates keep to the content security policy before a browser has to say so."""

import re

import pytest

from config.embedded import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(
        r"<script\b(?![^>]*\b(?:src\s*=|type=\"(?:application/json|importmap)\"))", re.IGNORECASE
    ),
    "event handler": re.compile(r"\son(?!ce\b)[a-z]+\s*=", re.IGNORECASE),
    "htmx handler": re.compile(r"\shx-on[:-]", re.IGNORECASE),
    "evaluated value": re.compile(r"[\"'](?:js|javascript):", re.IGNORECASE),
    "unescaped value": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "foreign address": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


def offences(text: str) -> list[str]:
    return sorted(name for name, pattern in FORBIDDEN.items() if pattern.search(text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_needs_no_exception_from_the_policy(path):
    assert offences(path.read_text()) == []


@pytest.mark.parametrize(
    ("text", "offence"),
    [
        ('<p style="color: red">', "inline style"),
        ("<style>p {}</style>", "style element"),
        ("<script>alert(1)</script>", "inline script"),
        ('<button onclick="go()">', "event handler"),
        ('<form hx-on:submit="go()">', "htmx handler"),
        ("<form hx-vals='js:{a: 1}'>", "evaluated value"),
        ("{{ body|safe }}", "unescaped value"),
        ('<img src="//elsewhere.example/x.png">', "foreign address"),
    ],
)
def test_each_offence_is_seen(text, offence):
    assert offences(text) == [offence]


@pytest.mark.parametrize("text", ['<script src="/static/a.js" defer></script>', '<p class="once on-duty" lang="en">'])
def test_what_is_allowed_is_not_seen(text):
    assert offences(text) == []
