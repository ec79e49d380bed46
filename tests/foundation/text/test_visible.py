"""What is seen of a text, and that it turns nothing around it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from apps.foundation.text.visible import END, ISOLATE, is_visible, isolated, straight


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b", "\u3164\u3164", "\u2800", "\ufe0f", "\u00ad\u2060", "\u202e\u202c", "\u0301", "\uffa0 \u115f"],
)
def test_what_nobody_sees_is_nothing(text):
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "\u200b.", "李", "\u202eA", "ن", "🙂", "O\u0301"])
def test_what_shows_anything_is_something(text):
    assert is_visible(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mug \u202egnp.exe", "Mug gnp.exe"),
        ("\u2067Mug", "Mug"),
        ("\u200fMug\u061c", "Mug"),
        ("\u202d\u202e\u202bMug", "Mug"),
        (
            "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627",
            "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627",
        ),  # a joiner means something in Persian
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_nothing_turns_what_follows(text, shown):
    assert straight(text) == shown


def test_words_that_run_the_other_way_are_set_apart_and_others_are_not():
    assert isolated("\u05e1\u05e4\u05dc \u202e5") == f"{ISOLATE}\u05e1\u05e4\u05dc 5{END}"
    assert isolated("Mug") == "Mug"
    assert isolated("Tasse für Zoë") == "Tasse für Zoë"


@settings(max_examples=200, deadline=None)
@given(some.text())
def test_whatever_is_isolated_leaves_the_line_as_it_was(text):
    inside = isolated(text).removeprefix(ISOLATE).removesuffix(END)
    assert {unicodedata.bidirectional(char) for char in inside}.isdisjoint(
        {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    )
