"""Cells in which people put more than one address or number, and words around them."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from apps.foundation.text.addresses import MOST, around_slashes, mailboxes, numbers


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("a@x.org; b@x.org", ["a@x.org", "b@x.org"]),
        ("a@x.org ::: b@x.org", ["a@x.org", "b@x.org"]),
        ("a@x.org,b@y.org|c@z.org\nd@z.org", ["a@x.org", "b@y.org", "c@z.org", "d@z.org"]),
        ("a@x.org/b@x.org", ["a@x.org", "b@x.org"]),
        ("Gwendolyn Ashcroft <g.ashcroft@x.org>", ["g.ashcroft@x.org"]),
        ('"Ashcroft, Gwendolyn" <g@x.org>, Tom <t@x.org>', ["g@x.org", "t@x.org"]),
        ("<g@x.org>", ["g@x.org"]),
        ("mailto:a@x.org", ["a@x.org"]),
        ("MAILTO:a%40x.org?subject=Hello%20there&cc=b@x.org", ["a@x.org"]),
        ("[a@x.org](mailto:a@x.org)", ["a@x.org"]),
        ("E-Mail: a@x.org.", ["a@x.org"]),
        ("(a@x.org),", ["a@x.org"]),
        ("'a@x.org'", ["a@x.org"]),
        ('"anna b"@x.org', ['"anna b"@x.org']),
        ("josé@bücher.example;", ["josé@bücher.example"]),
        ("o'neil@x.org", ["o'neil@x.org"]),
        ("a@x.org A@x.org a@x.org", ["a@x.org", "A@x.org"]),
        ("a@x@y.org", ["a@x@y.org"]),  # nobody can say which part is meant
        ("call 020 7946 0018", []),
        ("anna at x.org", []),
    ],
)
def test_every_address_of_a_cell_is_found(cell, found):
    assert mailboxes(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("020 7946 0018", ["020 7946 0018"]),
        ("020 7946 0018; 07700 900123", ["020 7946 0018", "07700 900123"]),
        ("Tel.: 020 7946 0018, Mobile: +44 7700 900123", ["020 7946 0018", "+44 7700 900123"]),
        ("020 7946 0018 / 07700 900123", ["020 7946 0018", "07700 900123"]),
        ("+44 20 7946 0018 +44 7700 900123", ["+44 20 7946 0018", "+44 7700 900123"]),
        ("030 123456 oder 0171 1234567", ["030 123456", "0171 1234567"]),
        ("0171/1234567", ["0171/1234567"]),
        ("(020) 7946 0018", ["(020) 7946 0018"]),
        ("none", []),
    ],
)
def test_every_number_of_a_cell_is_found(cell, found):
    assert numbers(cell) == found


def test_a_slash_parts_only_what_is_long_enough_on_either_side():
    assert around_slashes("07700900123/07700900456") == ["07700900123", "07700900456"]
    assert around_slashes("0171/1234567") == []


NAME = some.from_regex(re.compile(r"[a-z]{1,12}", re.ASCII), fullmatch=True)
NAMES = some.lists(some.tuples(NAME, NAME), min_size=1, max_size=8, unique=True)


@settings(max_examples=200, deadline=None)
@given(NAMES, some.sampled_from([";", ", ", " | ", " "]))
def test_whatever_is_joined_is_taken_apart_again(names, between):
    addresses = [f"{name}@{domain}.example" for name, domain in names]
    assert mailboxes(between.join(addresses)) == addresses
    assert mailboxes(between.join(f"{name.title()} <{name}@{domain}.example>" for name, domain in names)) == addresses


@pytest.mark.parametrize("hostile", [text * 10**6 for text in ("a", "a@", "mailto:", '"', "(", "1 / ", '"a"@')])
def test_hostile_cells_take_no_time(hostile):
    began = time.perf_counter()
    assert len(mailboxes(hostile)) <= MOST
    assert len(numbers(hostile)) <= MOST
    assert time.perf_counter() - began < 0.5
