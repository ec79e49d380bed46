"""Paragraphs that a program broke over several lines and marked so (RFC 3676) are whole again."""

from email.message import Message
from time import perf_counter

import pytest

from apps.channels.connectors.imap import structure
from apps.channels.toolkit.mail import paragraphs
from apps.channels.toolkit.mail.quotations import new_words
from tests.channels.connectors.mails import draft, payload, raw

START = ("From: anna@customer.example", "To: help@shop.example", "Subject: Kettle", "MIME-Version: 1.0")
FLOWED = "text/plain; charset=utf-8; format=flowed"


def part(kind=FLOWED):
    made = Message()
    made["Content-Type"] = kind
    return made


def joined(*lines, kind=FLOWED):
    return paragraphs.joined("\n".join(lines), part(kind)).split("\n")


def read(*lines, kind=FLOWED):
    return payload(raw(*START, f"Content-Type: {kind}", "", *lines))["text"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["The kettle leaks since ", "Monday."], ["The kettle leaks since Monday."]),
        (["One ", "two ", "three ", "four."], ["One two three four."]),
        (["Fixed.", "Another."], ["Fixed.", "Another."]),
        (["A paragraph that ", "ends.", "", "Next ", "one."], ["A paragraph that ends.", "", "Next one."]),
        ([" >not quoted"], [">not quoted"]),
        ([" From here on it ", "leaks."], ["From here on it leaks."]),
        (["  indented"], [" indented"]),
        (["> quoted ", "> goes on", "mine"], ["> quoted goes on", "mine"]),
        ([">> deep ", ">> down", "> above"], [">> deep down", "> above"]),
        (["> broken off ", "mine"], ["> broken off ", "mine"]),
        (["mine goes ", "> theirs"], ["mine goes ", "> theirs"]),
        ([">quoted ", ">and more"], ["> quoted and more"]),
        (["Bye ", "-- ", "Anna"], ["Bye ", "-- ", "Anna"]),
        (["-- ", "Anna ", "Ashcroft"], ["-- ", "Anna Ashcroft"]),
        (["> -- ", "> Shop ", "> Ltd"], ["> -- ", "> Shop Ltd"]),
        (["> text ", "> -- ", "> Shop"], ["> text ", "> -- ", "> Shop"]),
        (["The end "], ["The end "]),
        ([" ", "x"], ["", "x"]),
        ([""], [""]),
        (["a \r", "b\r"], ["a b"]),
    ],
)  # fmt: skip
def test_lines_that_flow_are_joined(written, meant):
    assert joined(*written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["ケトルが水漏れし ", "ています。"], ["ケトルが水漏れしています。"]),
        (["Super ", "market"], ["Supermarket"]),
        (["two  ", "words"], ["two words"]),
        (["> 引用 ", "> です"], ["> 引用です"]),
        (["Bye ", "-- ", "A"], ["Bye", "-- ", "A"]),
    ],
)
def test_the_space_that_marks_a_line_may_be_none_of_the_text(written, meant):
    assert joined(*written, kind=f"{FLOWED}; DelSp=Yes") == meant


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "text/plain; format=fixed", "text/html; format=flowed", 'text/plain; format="flowed', "nonsense"],
)
def test_other_text_stays_as_it_is(kind):
    lines = ("One ", "two")
    expected = "One\ntwo" if "html" not in kind else "One two"
    assert read(*lines, kind=kind).replace("One two", expected) == expected


@pytest.mark.parametrize(
    "kind", ["text/plain; Format=Flowed", 'TEXT/PLAIN; charset="utf-8"; FORMAT="flowed"; delsp=no']
)
def test_the_parameter_is_found_in_any_spelling(kind):
    assert read("One ", "two", kind=kind) == "One two"


def test_a_mail_is_read_with_its_paragraphs_whole_and_without_what_it_answers():
    made = draft(
        raw(
            *START,
            f"Content-Type: {FLOWED}",
            "",
            "The kettle you sent me on Monday leaks since it was first ",
            "used, so please send another one.",
            "",
            "On 2 March 2026 at 11:00, Shop <help@shop.example> wrote:",
            "> We hope that you enjoy your new kettle and that it serves you well for many ",
            "> years.",
            "",
            "-- ",
            "Anna",
        )
    )
    assert made.touch.verbatim.startswith(
        "The kettle you sent me on Monday leaks since it was first used, so please send another one."
    )
    assert "enjoy" not in made.touch.verbatim


def test_an_answer_below_a_flowed_line_keeps_the_line_it_answers():
    text = "\n".join(joined("> When may we ", "> come?", "On Monday ", "please.", "> And ", "> where?", "At home."))
    assert new_words(text) == "> When may we come?\nOn Monday please.\n> And where?\nAt home."


def test_encoded_lines_flow_too():
    head = (*START, f"Content-Type: {FLOWED}", "Content-Transfer-Encoding: quoted-printable")
    assert payload(raw(*head, "", "Gr=C3=BC=C3=9Fe =20", "an alle"))["text"] == "Grüße  an alle"


def test_of_a_mail_too_large_to_load_the_text_flows_as_well():
    found = structure.MailPart(
        "1", "text/plain", "7bit", 20, {"charset": "utf-8", "format": "flowed", "delsp": "yes", "name": "x"}
    )
    made = structure.rebuilt("\r\n".join(START).encode(), [(found, b"Super \r\nmarket")])
    assert payload(made, cut=True)["text"] == "Supermarket"


@pytest.mark.parametrize(
    "body",
    ["x \n" * 130_000, "> \n" * 90_000, ">" * 260_000, "> x \n>> x \n" * 26_000, "-- \n" * 65_000, " " * 260_000, "\n" * 260_000],
    ids=["one paragraph", "empty quotes", "marks", "depths", "signatures", "spaces", "nothing"],
)  # fmt: skip
def test_whatever_flows_is_joined_soon(body):
    started = perf_counter()
    paragraphs.joined(body, part())
    assert perf_counter() - started < 1
