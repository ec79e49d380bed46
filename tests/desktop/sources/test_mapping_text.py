"""One field of a mapping changes, and nothing else of its text."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.desktop.sources.mapping_text import with_field

WRITTEN = """\
# Orders as the shop exports them.
id: Order No.   # what no two rows share
when: Created at
who:
  user_id: Customer No.  # theirs
  email: E-mail
  unsure:
    phone: Phone
title: "Order {Order No.}"
body: |
  {Quantity} of {Item}
  Coupon {Coupon}
amount: Total (EUR)
"""


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("id", "Number", "id: Number   # what no two rows share\n"),
        ("when", "Paid at", "when: Paid at\n"),
        ("who.email", "Work mail", "  email: Work mail\n"),
        ("who.phone", "Mobile", "  phone: Mobile\n"),
        ("currency", "EUR", "currency: EUR\n"),
        ("traits.city", "Town", "traits:\n  city: Town\n"),
        ("reference", "yes", "reference: 'yes'\n"),
        ("reference", "Number: #", "reference: 'Number: #'\n"),
        ("body", "Note", "body: Note\n"),
    ],
)
def test_a_field_takes_its_value_and_the_rest_stays(path, value, line):
    changed = with_field(WRITTEN, path, value)
    assert line in changed
    said = yaml.safe_load(changed)
    parent, _dot, name = path.rpartition(".")
    assert (said[parent] if parent else said)[name] == value
    assert [words for words in ("# Orders as the shop", "# what no two rows", "# theirs") if words not in changed] == []


@pytest.mark.parametrize("path", ["id", "when", "who.user_id", "who.unsure", "body", "amount", "who.phone", "who"])
def test_a_field_is_taken_away_with_its_lines_only(path):
    changed = with_field(WRITTEN, path, "")
    expected = yaml.safe_load(WRITTEN)
    parent, _dot, name = path.rpartition(".")
    (expected[parent] if parent else expected).pop(name, None)
    assert yaml.safe_load(changed) == expected


@pytest.mark.parametrize(
    ("text", "path", "value", "said"),
    [
        ("", "id", "No.", {"id": "No."}),
        ("", "who.email", "Mail", {"who": {"email": "Mail"}}),
        ("{id: a, who: {email: b}}", "who.phone", "c", {"id": "a", "who": {"email": "b", "phone": "c"}}),
        ("{id: a, who: {email: b}}", "who.email", "", {"id": "a"}),
        ("{id: a, when: b}", "when", "", {"id": "a"}),
        ("{id: a, when: b}", "id", "", {"when": "b"}),
        ("who: {}", "who.email", "b", {"who": {"email": "b"}}),
        ("who:\nid: a", "who.email", "b", {"id": "a", "who": {"email": "b"}}),
        ("id:\nwhen: b", "id", "a", {"id": "a", "when": "b"}),
        ("who:\n  email: b\nid: a", "who.email", "", {"id": "a"}),
        ("id: a", "when", "b", {"id": "a", "when": "b"}),
        ("# nothing yet", "id", "a", {"id": "a"}),
    ],
)
def test_whatever_way_it_is_written(text, path, value, said):
    assert yaml.safe_load(with_field(text, path, value)) == said


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20)


@given(NAMES, st.sampled_from(["id", "who.email", "traits.city", "amount"]))
def test_any_name_of_a_column_is_read_back(name, path):
    said = yaml.safe_load(with_field(WRITTEN, path, name))
    parent, _dot, key = path.rpartition(".")
    assert (said[parent] if parent else said)[key] == name
