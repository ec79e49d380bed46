"""All that stands in a mail as text is its text, in its order; all else is named."""

from email.message import EmailMessage

import pytest

from tests.channels.connectors.mails import draft, mail, raw

START = ("From: anna@customer.example", "To: help@shop.example", "Subject: Kettle", "MIME-Version: 1.0")
PNG = ("Content-Type: image/png", "Content-Transfer-Encoding: base64")


def parts(*inner: tuple[str | bytes, ...], kind: str = "mixed", boundary: str = "b") -> bytes:
    """A mail of parts, each of them lines."""
    lines: list[str | bytes] = [*START, f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for part in inner:
        lines += [f"--{boundary}", *part]
    return raw(*lines, f"--{boundary}--", "")


PLAIN = "Content-Type: text/plain; charset=utf-8"
HTML = "Content-Type: text/html; charset=utf-8"
PHOTO = (*PNG, 'Content-Disposition: inline; filename="leak.png"', "", "iVBORw0KGgo=")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (parts((PLAIN, "", "It leaks here:"), PHOTO, (PLAIN, "", "Send a new one.")), "It leaks here:\n\nSend a new one."),
        (parts((HTML, "", "<p>It leaks.</p>"), (PLAIN, "", "Scanned by a gateway.")), "It leaks.\n\nScanned by a gateway."),
        (parts((HTML, "", "<p>One</p>"), PHOTO, (HTML, "", "<p>Two</p>"), PHOTO, (HTML, "", "Three")), "One\n\nTwo\n\nThree"),
        (parts((PLAIN, "", "It leaks."), (HTML, "", "<p>It <b>leaks</b>.</p>")), "It leaks."),
        (parts((PLAIN, "", "It leaks."), (HTML, "", "<p>Company footer</p>")), "It leaks.\n\nCompany footer"),
        (parts((PLAIN, "", "Plain"), (HTML, "", "<p>HTML</p>"), kind="alternative"), "Plain"),
        (parts((HTML, "", "<p>HTML</p>"), (PLAIN, "", "Plain"), kind="alternative"), "Plain"),
        (parts((PLAIN, "", " "), (HTML, "", "<p>HTML</p>"), kind="alternative"), "HTML"),
        (
            parts((PLAIN, "", "Please use an HTML client."), (HTML, "", f"<p>{'It leaks. ' * 9}</p>"), kind="alternative"),
            ("It leaks. " * 9).strip(),
        ),
        (parts((PLAIN + '; name="body.txt"', "", "It leaks.")), "It leaks."),
        (raw(*START, 'Content-Type: text/plain; name="mail.txt"', "", "It leaks."), "It leaks."),
        (raw(*START, "Content-Type: text/html; name=x.htm", "", "<p>It leaks.</p>"), "It leaks."),
        (parts((PLAIN, "", "It leaks."), (PLAIN, 'Content-Disposition: inline; filename="log.txt"', "", "x" * 9)), "It leaks."),
        (parts((PLAIN, "", "It leaks."), ("Content-Type: application/pgp-signature", "", "x"), kind="signed"), "It leaks."),
        (raw(*START, "Content-Type: multipart/mixed", "", "It leaks."), "It leaks."),
        (raw(*START, 'Content-Type: multipart/mixed; boundary="a"', "", "It leaks."), "It leaks."),
        (raw(*START, "Content-Type: multipart/alternative", "", "--x", PLAIN, "", "It leaks.", "--x--"), "It leaks."),
        (raw(*START, 'Content-Type: multipart/mixed; boundary="a"', "", "--b", HTML, "", "<p>It leaks", "--b--"), "It leaks"),
        (raw(*START, "Content-Type: nonsense", "", "It leaks."), "It leaks."),
        (raw(*START, "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "It leaks.", "--b--"), "It leaks."),
    ],
    ids=[
        "Apple", "gateway", "several HTML", "the same twice", "a page below", "alternative", "turned round", "empty plain", "stub",
        "named", "named alone", "named page", "a file beside", "signed", "no boundary", "another boundary", "no boundary, parts",
        "another boundary, parts", "no type", "no type within",
    ],
)  # fmt: skip
def test_all_inline_text_is_read_in_its_order(made, words):
    assert draft(made).touch.verbatim == words


def test_parts_of_which_one_is_a_choice_are_read_in_their_order():
    message = mail("Before")
    message.add_alternative("<p>Before</p>", subtype="html")
    message.make_mixed()
    message.add_attachment(b"png", maintype="image", subtype="png", filename="leak.png", disposition="inline")
    after = EmailMessage()
    after.set_content("After")
    message.attach(after)
    touch = draft(message).touch
    assert touch.verbatim == "Before\n\nAfter"
    assert touch.body.startswith("Attached: leak.png")


def test_a_mail_that_is_only_a_photo_names_the_photo():
    made = draft(parts(PHOTO)).touch
    assert (made.verbatim, made.body) == ("", "Attached: leak.png")
    alone = draft(raw(*START, *PHOTO)).touch
    assert alone.body == "Attached: leak.png"
    page = draft(
        parts((HTML, "", '<img src="cid:1">'), (*PNG, "Content-ID: <1>", "", "iVBORw0K"), kind="related")
    ).touch
    assert page.body == "Attached: image/png"


def test_the_pictures_of_a_page_are_not_attached():
    made = draft(parts((HTML, "", '<p>Hi</p><img src="cid:1">'), (*PNG, "Content-ID: <1>", "", "iVBO"), kind="related"))
    assert (made.touch.verbatim, made.touch.body) == ("Hi", "")


@pytest.mark.parametrize(
    ("charset", "name"),
    [("utf-8", "Größe März.pdf"), ("cp1252", "Größe.pdf"), ("cp1251", "отчет за март.pdf"), ("koi8-r", "заказ.pdf"),
     ("gb18030", "发票.pdf"), ("cp932", "領収書.pdf"), ("cp949", "영수증.pdf"), ("big5", "發票.pdf")],
)  # fmt: skip
@pytest.mark.parametrize("place", ["disposition", "type"])
def test_names_of_files_in_raw_bytes_are_readable(charset, name, place):
    quoted = b'"' + name.encode(charset) + b'"'
    kind = b"Content-Type: application/pdf" + (b"; name=" + quoted if place == "type" else b"")
    shown = b"Content-Disposition: attachment" + (b"; filename=" + quoted if place == "disposition" else b"")
    text = (f"Content-Type: text/plain; charset={charset}", "", name.encode(charset))
    touch = draft(parts(text, (kind, shown, "", "%PDF"))).touch
    assert touch.body == f"Attached: {name}"


def test_names_of_files_are_readable_where_the_boundary_is_not_the_one_announced():
    whole = parts(
        (PLAIN, "", "Größe"),
        (b'Content-Type: application/pdf; name="' + "отчет".encode("cp1251") + b'.pdf"', "", "%PDF"),
    )
    touch = draft(whole.replace(b'boundary="b"', b'boundary="c"')).touch
    assert (touch.verbatim, touch.body) == ("Größe", "Attached: отчет.pdf")


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ("filename*=utf-8''M%C3%A4rz.pdf", "März.pdf"),
        ("filename*=gb2312''%86%B4.pdf", "喆.pdf"),
        ("filename*=iso-8859-1''5%80.pdf", "5€.pdf"),
        ("filename*0*=utf-8''M%C3; filename*1*=%A4rz.pdf", "März.pdf"),
        ('filename="=?utf-8?Q?M=C3=A4rz.pdf?="', "März.pdf"),
        ('filename="=?gb2312?B?t6LGsS5wZGY=?="', "发票.pdf"),
        ("filename=a b.pdf", "a b.pdf"),
        ("filename*=nonsense''x.pdf", "x.pdf"),
    ],
)  # fmt: skip
def test_names_of_files_are_read_however_they_are_encoded(parameter, name):
    touch = draft(parts((PLAIN, "", "x"), ("Content-Type: application/pdf", f"Content-Disposition: attachment; {parameter}",
                                           "", "%PDF"))).touch  # fmt: skip
    assert touch.body == f"Attached: {name}"


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“5 €” – l’été"),
        ("gb2312", "gb18030", "朱镕基：订单在哪里？"),
        ("ks_c_5601-1987", "cp949", "똠방각하 주문"),
        ("shift_jis", "cp932", "①注文髙"),
        ("x-unknown", "koi8-r", "Где мой заказ?"),
        ("utf-8", "cp1251", "Где мой заказ?"),
    ],
)
def test_texts_and_subjects_are_read_in_the_charset_they_are_in(charset, codec, text):
    encoded = text.encode(codec)
    made = raw(*START[:2], b"Subject: " + encoded, f"Content-Type: text/plain; charset={charset}", "", encoded)
    touch = draft(made).touch
    assert (touch.title, touch.verbatim) == (text, text)


def test_a_page_says_itself_what_charset_it_is_in():
    page = "<html><head><meta http-equiv=Content-Type content='text/html; charset=koi8-r'></head><p>Да".encode("koi8-r")
    assert draft(raw(*START, "Content-Type: text/html", "", page)).touch.verbatim == "Да"
