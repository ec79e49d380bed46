"""Whoever a person would see in a header is read from it, on every Python."""

from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.channels.toolkit.mail.addresses import mailboxes
from apps.channels.toolkit.mail.head import mended, without_start


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("anna@x.example", [("", "anna@x.example")]),
        ("anna@x.example <anna@x.example>", [("anna@x.example", "anna@x.example")]),
        ("Anna (home, sick) <anna@x.example>", [("Anna", "anna@x.example")]),
        ("Anna (away (till May, 3), sick) <anna@x.example>", [("Anna", "anna@x.example")]),
        ("Anna <anna@x.example>;", [("Anna", "anna@x.example")]),
        ("Anna <anna@x.example>; Ben <ben@x.example>", [("Anna", "anna@x.example"), ("Ben", "ben@x.example")]),
        ("A Person a.person@example.org", [("A Person", "a.person@example.org")]),
        ("a.person@example.org A Person", [("A Person", "a.person@example.org")]),
        ("anna@x.example (Anna Doe)", [("Anna Doe", "anna@x.example")]),
        ("Doe, Anna <anna@x.example>", [("Doe, Anna", "anna@x.example")]),
        ('"Doe, Anna" <anna@x.example>, ben@x.example', [("Doe, Anna", "anna@x.example"), ("", "ben@x.example")]),
        ("jürgen@müller.example", [("", "jürgen@müller.example")]),
        ('"a b"@example.org', [("", '"a b"@example.org')]),
        ('Anna <"a b"@example.org>', [("Anna", '"a b"@example.org')]),
        ("'Mia' via Help <help@shop.example>", [("'Mia' via Help", "help@shop.example")]),
        ('"Anna <anna@x.example>', [("Anna", "anna@x.example")]),
        ("Anna <anna@x.example", [("Anna", "anna@x.example")]),
        ("Anna [anna@x.example]", [("Anna", "anna@x.example")]),
        ("Anna <mailto:anna@x.example>", [("Anna", "anna@x.example")]),
        ("<@relay.example:anna@x.example>", [("", "anna@x.example")]),
        ("Anna <<anna@x.example>>", [("Anna", "anna@x.example")]),
        ("Anna < anna@x.example >", [("Anna", "anna@x.example")]),
        ("'anna@x.example'", [("", "anna@x.example")]),
        ("Anna @ Home <anna@x.example>", [("Anna @ Home", "anna@x.example")]),
        ("team: anna@x.example, ben@x.example;", [("", "anna@x.example"), ("", "ben@x.example")]),
        ("anna@x.example,, ,ben@x.example", [("", "anna@x.example"), ("", "ben@x.example")]),
        ('"O\\"Neil, Pat" <pat@x.example>', [("ONeil, Pat", "pat@x.example")]),
        ("Anna@X.Example", [("", "anna@x.example")]),
        ("undisclosed-recipients:;", []),
        ("Anna <>", []),
        ("Anna", []),
        ("", []),
    ],
)
def test_people_are_read_as_a_person_would(header, read):
    assert mailboxes(header) == read


@pytest.mark.parametrize(
    "text", ['"', "(", "<", "a@", "(a", ")", '"\\', "()", "a@b,", "[", "<a@b", '"a"@b ', "@", ":", "a:"]
)
def test_whatever_a_header_holds_it_is_read_soon(text):
    began = monotonic()
    assert len(mailboxes(text * 16_000)) <= 50
    assert monotonic() - began < 2


NAMES = st.text(st.characters(categories=["L"]), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=3).map(" ".join),
    st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,8}x@[a-z]{2,9}\.example", fullmatch=True),
)
def test_a_name_and_an_address_are_read_again(name, address):
    for header in (
        f"{name} <{address}>",
        f'"{name}" <{address}>',
        f"<{address}> ({name})",
        f'"{name}, {name}" <{address}>',
    ):
        ((called, found),) = mailboxes(header)
        assert (called.split(", ")[0], found) == (name, address)


@pytest.mark.parametrize(
    ("head", "left"),
    [
        (b"From: a@x\r\nTo: b", b"From: a@x\r\nTo: b"),
        (b"X Scan Result: clean\r\nFrom: a@x", b"X-Scan-Result: clean\r\nFrom: a@x"),
        (b"From : a@x\nTo\t: b", b"From: a@x\nTo: b"),
        (b">From a@x Mon Mar  2 11:00:00 2026\nFrom: a@x", b"From: a@x"),
        (b"From a@x Mon Mar  2 11:00:00 2026\nFrom: a@x", b"From: a@x"),
        (b"Subject: long\nand on\n and on\nFrom: a@x", b"Subject: long\n and on\n and on\nFrom: a@x"),
        (b"some gateway was here\n more of it\nFrom: a@x", b"From: a@x"),
        (b"From: a@x\nDear shop: help", b"From: a@x\nDear shop: help"),
        (b"From: a@x\nDear shop,\nhelp", b"From: a@x\nDear shop,\nhelp"),
    ],
)
def test_headers_below_a_broken_line_are_found(head, left):
    assert mended(head) == left


@pytest.mark.parametrize("start", [b"", b"\r\n", b"\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_what_stands_before_the_first_header_is_left_out(start):
    assert without_start(start + b"From: a@x\r\n\r\nHello") == b"From: a@x\r\n\r\nHello"
