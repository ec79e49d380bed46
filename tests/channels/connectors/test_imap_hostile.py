"""Mails as broken and hostile senders write them: something sensible comes out, soon, and nothing is raised."""

import base64
from time import monotonic

import pytest

from apps.channels.connectors.imap import structure
from apps.channels.connectors.imap.normalise import normalise
from apps.channels.contract import StoredEvent, Unintelligible
from apps.channels.ingest.envelope import prepare
from apps.channels.toolkit.mail.markup import text_from_html
from apps.channels.toolkit.mail.message import LARGEST, MailCopy, event_of
from apps.channels.toolkit.mail.quotations import new_words
from tests.channels.connectors.mails import FACTS, RECEIVED, draft, mail, payload, raw

FROM = "From: anna@customer.example"
SOON = 10.0  # seconds a mail may take; an everyday one takes a few thousandths
KILO = 1024


def letter(*lines: str | bytes) -> bytes:
    """A mail from a customer with more headers, and whatever follows an empty line."""
    return raw(FROM, "To: help@shop.example", *lines)


# charsets and encoded words
@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?ISO-8859-1?Q?Gr=FC=DFe?= =?ISO-8859-1?Q?_aus_K=F6ln?=", "Grüße aus Köln"),
        ("=?utf-8?B?w4TDtg==?= and more", "Äö and more"),
        ("=?utf-8?Q?split_=F0=9F?= =?utf-8?Q?=98=80?=", "split 😀"),
        ("=?nonsense?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?punycode?Q?abc?=", "abc"),
        ("=?utf-8?B?%%%?=", "=?utf-8?B?%%%?="),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("=?utf-8?q?a=00b=0A?= c", "ab c"),
    ],
)
def test_subjects_are_read_whatever_their_encoding(header, read):
    line = b"Subject: " + (header if isinstance(header, bytes) else header.encode())
    assert draft(letter(line, "", "Hello")).touch.title == read


@pytest.mark.parametrize(
    ("charset", "body", "read"),
    [
        ("utf-8", "Größe".encode("latin-1"), "Größe"),
        ("us-ascii", "Größe".encode(), "Größe"),
        ("unknown-8bit", "Größe".encode(), "Größe"),
        ("cp-850", "Größe".encode(), "Größe"),
        ("idna", b"plain", "plain"),
        ("rot13", b"plain", "plain"),
        ('"; x="', b"plain", "plain"),
        ("utf-16", "Größe".encode("utf-16"), "Größe"),
    ],
)
def test_bodies_are_read_whatever_charset_they_claim(charset, body, read):
    made = letter("Subject: x", f"Content-Type: text/plain; charset={charset}", "", body)
    assert draft(made).touch.verbatim == read


def test_broken_base64_still_is_a_mail():
    made = draft(letter("Subject: x", "Content-Transfer-Encoding: base64", "", "SGVsbG8gd29ybG!!!="))
    assert made.touch.title == "x"


# what is missing
def test_without_an_id_a_mail_is_known_by_its_headers():
    first, again = (event_of(MailCopy(raw=letter("Subject: x", "", "Hello"))) for _time in range(2))
    other = event_of(MailCopy(raw=letter("Subject: y", "", "Hello")))
    assert first.key == again.key
    assert first.key != other.key
    assert first.key.startswith("mail:")


def test_two_copies_of_a_mail_are_one_wherever_they_lie():
    inbox = event_of(MailCopy(raw=raw("Received: from a by b", "Authentication-Results: x; none", mail().as_string())))
    sent = event_of(MailCopy(raw=mail().as_bytes(), folder="Sent", sent=True))
    assert inbox.key == sent.key
    assert prepare(inbox).digest == prepare(sent).digest


def test_another_text_under_a_known_id_is_another_mail():
    one, other = (event_of(MailCopy(raw=mail(text).as_bytes())) for text in ("yes", "no"))
    assert (one.key == other.key, prepare(one).digest == prepare(other).digest) == (True, False)


def test_without_subject_and_text_there_is_still_a_title():
    touch = draft(raw(FROM, "", "")).touch
    assert (touch.title, touch.verbatim, touch.thread) == ("E-mail without a subject", "", "")


@pytest.mark.parametrize("nothing", [b"", b"\r\n", b"\x00" * 100, b"not a mail at all", b"From", b": :\r\n\r\nx"])
def test_what_is_hardly_a_mail_is_nobodys(nothing):
    with pytest.raises(Unintelligible):
        draft(nothing)


def test_nul_and_half_characters_never_reach_the_database():
    made = letter(b"Subject: a\x00b\xed\xa0\x80", "", b"c\x00d\xed\xa0\x80")
    event = event_of(MailCopy(raw=made))
    text = prepare(event).payload.decode()
    assert "\\u0000" not in text
    assert "\\ud800" not in text.lower()
    assert "d" in draft(made).touch.verbatim


def test_an_endless_message_id_is_a_key_all_the_same():
    keys = {prepare(event_of(MailCopy(raw=letter(f"Message-ID: <{'x' * 900}{end}@a>", "", "")))).key for end in "12"}
    assert len(keys) == 2
    assert all(len(key) <= 200 for key in keys)


def test_card_numbers_in_a_mail_are_masked_in_its_envelope():
    event = event_of(MailCopy(raw=mail("My card is 4111 1111 1111 1111, please.").as_bytes()))
    assert b"************1111" in prepare(event).payload
    assert b"4111 1111" not in prepare(event).payload


def test_the_envelope_of_any_mail_is_bounded():
    made = letter(
        "To: " + ", ".join(f"p{number}@customer.example" for number in range(3_000)),
        "References: " + " ".join(f"<{number}@customer.example>" for number in range(3_000)),
        "Subject: " + "x" * 100_000, "", "y" * LARGEST,
    )  # fmt: skip
    assert len(prepare(event_of(MailCopy(raw=made))).payload) < 150 * KILO


# shapes
def nested(depth: int, kind: str = "multipart/mixed") -> bytes:
    return raw(FROM, *(f'Content-Type: {kind}; boundary="b{n}"\r\n\r\n--b{n}' for n in range(depth)), "", "deep down")


@pytest.mark.parametrize(
    "made",
    [
        nested(3_000),
        raw(FROM, "Content-Type: message/rfc822\r\n\r\n" * 5_000, "x"),
        letter("Content-Type: multipart/mixed", "", "no boundary at all"),
        letter('Content-Type: multipart/mixed; boundary=""', "", "--\r\n\r\nx"),
        letter('Content-Type: multipart/mixed; boundary="b"', "", "--b\r\n\r\nx" * 20_000),
        letter("Content-Type: text/plain; " + '";' * 100_000, "", "x"),
        letter("Content-Type: text/plain; " + "a*0=" * 40_000, "", "x"),
        letter("Content-Disposition: inline; filename*=%%%''" + "%" * 5_000, "", "x"),
        letter("Subject: " + "=?utf-8?Q?" * 20_000, "", "x"),
        letter("Subject: " + "=?utf-8?B?w4Q=?= " * 10_000, "", "x"),
        letter("Cc: " + "(" * 200_000, "", "x"),
        letter("Cc: " + '"' * 200_000 + "<a@b.example>", "", "x"),
        letter("Cc: " + "a@b," * 50_000, "", "x"),
        letter("Date: " + "1 " * 100_000, "", "x"),
        letter("Message-ID: " + "<" * 100_000, "", "x"),
        letter("Authentication-Results: " + "(" * 100_000, "", "x"),
        letter("Authentication-Results: mx.shop.example; " + "dkim=pass " * 10_000, "", "x"),
        letter("X-Failed-Recipients: " + "a@b.example, " * 10_000, "", "x"),
        letter("List-Id: " + "<." * 100_000, "", "x"),
        b"A: b\r\n" * 40_000 + letter("", "x"),
        letter("", b"x" * LARGEST),
        letter("", b"\r\n" * (LARGEST // 2)),
        letter("", b"> " * (LARGEST // 2)),
        letter("Content-Transfer-Encoding: quoted-printable", "", b"=" * LARGEST),
        letter("Content-Transfer-Encoding: x-uuencode", "", b"begin 644 x\n" + b"\xff" * KILO),
    ],
    ids=[
        "nested parts", "nested mails", "no boundary", "empty boundary", "twenty thousand parts", "quotes",
        "continuations", "file name", "encoded words begun", "encoded words", "comments", "quotes in addresses",
        "addresses", "date", "id", "results", "verdicts", "recipients", "list", "forty thousand headers", "one line",
        "empty lines", "quotations", "quoted-printable", "uuencode",
    ],
)  # fmt: skip
def test_whatever_a_mail_is_made_of_it_is_read_soon(made):
    began = monotonic()
    try:
        draft(made[:LARGEST])
    except Unintelligible:
        assert b"\r\nCc: " in made or b"X-Failed" in made or b"List-Id" in made or made.startswith(b"A: b")
    assert monotonic() - began < SOON


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000, "<blockquote>" * 20_000, "<!--" * 60_000, "<a " + "x " * 100_000, "<" * 250_000,
        "&" * 250_000, "<p>" * 80_000, "<table><tr><td>" * 15_000, "<b></b>" * 30_000, "<style>" * 30_000,
        "<svg><math>" * 20_000, "<![CDATA[" * 20_000, "<p" * 100_000, "<div></div " * 20_000,
    ],
    ids=lambda html: html[:12],
)  # fmt: skip
def test_whatever_html_is_made_of_it_becomes_text_soon(html):
    began = monotonic()
    text = text_from_html(html)
    assert monotonic() - began < SOON
    assert len(text) <= 2 * len(html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<div hx-get='/admin/' hx-trigger=load>x</div>", "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<style>@import 'https://evil.example/x.css'</style>", "<p style='background:url(//evil.example)'>x</p>",
    ],
    ids=["script", "image", "svg", "link", "frame", "attribute", "math", "style", "background"],
)  # fmt: skip
def test_nothing_of_the_markup_is_left(html):
    text = text_from_html(f"<p>before</p><p>{html}</p>")
    assert text.startswith("before")
    assert [word for word in ("alert", "evil", "hx-", "javascript", "<") if word in text] == []


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 100_000, "On " * 30_000, ("On " + "a " * 90 + "\n") * 400, "From: \n \n" * 10_000, ">" * 100_000,
        "> " * 50_000, ("> " * 90 + "\n") * 400, "\n\n_" * 30_000, "-" * 100_000, ("-" * 190 + "\n") * 400,
        ("Disclaimer: " * 16 + "\n") * 400, ("Sent from my " + "a " * 80 + "!\n") * 400, "\x0b\x0c\x1c\u2028" * 20_000,
        "On\n" * 400, "On a\n" * 400, "From: a\nTo: b\n" * 200, ("Confidential: a\n" + "mail " * 39 + "\n") * 200,
        "\ue0000\ue001" * 1_000, "--\n" * 400, "Am x schrieb\n" * 400, "Le x a écrit\n" * 400, " \u200b\xa0\t" * 5_000,
        ("* From: " * 24 + "\n") * 400, "(),.;" * 20_000, "\n>\n" * 10_000, "El x escribió\n" * 400,
    ],
    ids=lambda text: ascii(text[:10]),
)  # fmt: skip
def test_whatever_a_text_is_made_of_its_new_words_are_found_soon(text):
    began = monotonic()
    new = new_words(text)
    assert monotonic() - began < SOON
    assert len(new) <= len(text)


# large mails, of which only parts are fetched
STRUCTURE = (
    [
        ([
            (b"TEXT", b"HTML", (b"CHARSET", b"utf-8"), None, None, b"BASE64", 4000, 50, None, None, None, None),
            (b"TEXT", b"PLAIN", (b"CHARSET", b"iso-8859-1"), None, None, b"QUOTED-PRINTABLE", 90, 2, None, None),
        ], b"ALTERNATIVE"),
        (b"APPLICATION", b"PDF", (b"NAME", b"a.pdf"), None, None, b"BASE64", 40_000_000, None,
         (b"ATTACHMENT", (b"FILENAME", b"=?utf-8?q?M=C3=A4rz.pdf?=")), None, None),
        (b"TEXT", b"PLAIN", None, None, None, b"7BIT", 10, 1, None, (b"ATTACHMENT", (b"FILENAME", b"notes.txt"))),
    ],
    b"MIXED", (b"BOUNDARY", b"b"), None, None, None,
)  # fmt: skip


def test_the_parts_of_a_large_mail_are_known_by_its_structure():
    parts = structure.parts(STRUCTURE)
    assert [(part.section, part.kind) for part in parts] == [
        ("1.1", "text/html"), ("1.2", "text/plain"), ("2", "application/pdf"), ("3", "text/plain"),
    ]  # fmt: skip
    assert [part.section for part in structure.text_parts(parts)] == ["1.2"]
    assert [(one["name"], one["size"]) for one in structure.attached(parts)] == [
        ("März.pdf", 30_000_000),
        ("notes.txt", 10),
    ]


@pytest.mark.parametrize("odd", [None, (), [], (b"TEXT",), ([],), ((None,),), (1, 2, 3, 4, 5, 6, 7, 8, 9), "x"])
def test_a_structure_nobody_understands_has_no_parts(odd):
    assert structure.text_parts(structure.parts(odd)) == []


def test_headers_and_one_part_make_a_mail():
    part = structure.parts(STRUCTURE)[1]
    head = raw(FROM, "Content-Type: multipart/mixed;", ' boundary="b"', "Subject: Large")
    made = payload(structure.rebuilt(head, [(part, b"Gr=FC=DFe")]), cut=True, size=60_000_000)
    assert (made["subject"], made["text"], made["cut"]) == ("Large", "Grüße", True)


def test_of_a_large_mail_all_inline_text_is_read():
    plain, photo = (
        (b"TEXT", b"PLAIN", None, None, None, b"7BIT", 9, 1),
        (b"IMAGE", b"PNG", None, None, None, b"BASE64", 4_000_000),
    )
    page = (b"TEXT", b"HTML", None, None, None, b"7BIT", 9, 1)
    parts = structure.parts(([plain, photo, ([plain, page], b"ALTERNATIVE"), page], b"MIXED"))
    texts = structure.text_parts(parts)
    assert [part.section for part in texts] == ["1", "3.1", "4"]
    made = payload(
        structure.rebuilt(raw(FROM, "Content-Type: multipart/mixed"), [(part, b"It leaks.") for part in texts])
    )
    assert made["text"] == "It leaks.\n\nIt leaks."  # the page says what the plain text before it says
    named = (b"TEXT", b"PLAIN", (b"NAME", b"body.txt"), None, None, b"7BIT", 9, 1)
    assert len(structure.text_parts(structure.parts(([named, photo], b"MIXED")))) == 1


def test_a_large_mail_says_that_it_was_cut():
    whole = letter("Subject: x", "", base64.b64encode(b"x" * LARGEST))
    assert draft(whole[:LARGEST], cut=True).touch.body == "A large e-mail: only its text was fetched."


ODD = (None, 3, -1.5, "", "x" * 10_000, [], {}, [None, 1, "x", []], {"name": 1, "address": {}}, [{"address": 5}])
FIELDS = sorted(payload(mail()).keys() - {"from", "list", "report"})  # without these, nobody may be left


@pytest.mark.parametrize("field", FIELDS)
def test_an_envelope_with_any_field_of_another_kind_is_still_somebodys(field):
    whole = payload(mail(authentication_results="mx.shop.example; dmarc=pass header.from=customer.example"))
    for odd in ODD:
        made = normalise(StoredEvent("key", RECEIVED, {**whole, field: odd}), FACTS)
        assert made.touch is not None
        assert len(made.touch.title) <= 200
        assert len(made.touch.thread) <= 120
        assert made.claim.key.external_id == "email:anna@customer.example"
