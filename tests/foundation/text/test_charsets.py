"""Bytes become the text that a person would read, whatever charset they claim."""

from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.foundation.text.charsets import characters, codec_of

NEC = b"\x1b$B-!-j\x1b(B 3"  # circled one, (kabu): row 13, which JIS X 0208 leaves empty


@pytest.mark.parametrize(
    ("label", "raw", "read"),
    [
        ("iso-8859-1", "“Größe” – 5 €".encode("cp1252"), "“Größe” – 5 €"),
        ("ISO_8859-1", "l’été…".encode("cp1252"), "l’été…"),
        ("us-ascii", "Größe".encode("cp1252"), "Größe"),
        ("us-ascii", "Größe".encode(), "Größe"),
        ("iso-8859-1", "Zürich".encode(), "Zürich"),
        ("iso-8859-9", "İade ş…".encode("cp1254"), "İade ş…"),
        ("gb2312", "朱镕基，喆".encode("gb18030"), "朱镕基，喆"),
        ("gbk", "𠮷".encode("gb18030"), "𠮷"),
        ("ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        ("euc-kr", "펲시".encode("cp949"), "펲시"),
        ("iso-2022-jp", NEC, "①㈱ 3"),
        ("iso-2022-jp", b"\x1b$B-!\n\x1b(Bplain", "①\nplain"),
        ("ISO-2022-JP", b"\x1b(I1K\x1b(B", "ｱﾋ"),
        ("csISO2022JP", "注文".encode("iso2022_jp"), "注文"),
        ("shift_jis", "①髙島屋～".encode("cp932"), "①髙島屋～"),
        ("euc-jp", "①注文".encode("euc_jis_2004"), "①注文"),
        ("big5", "裏碁銹".encode("big5hkscs"), "裏碁銹"),
        ("tis-620", "ใบเสร็จ".encode("cp874"), "ใบเสร็จ"),
        ("cp-850", "Größe".encode("cp850"), "Größe"),
        ("IBM437", "Größe".encode("cp437"), "Größe"),
        ("utf-7", b"Gr+APYA3w-e", "Größe"),
        ("utf8mb4", "Größe".encode(), "Größe"),
        ("3Dutf-8", "Größe".encode(), "Größe"),
        ("utf-16", "Größe".encode("utf-16"), "Größe"),
        ("utf-16le", "\ufeffGröße".encode("utf-16-le"), "Größe"),
        ("'koi8-r'", "заказ".encode("koi8-r"), "заказ"),
        ("x-user-defined", "Größe".encode(), "Größe"),
    ],
)  # fmt: skip
def test_labels_mean_what_programs_write_under_them(label, raw, read):
    assert characters(raw, label) == read


@pytest.mark.parametrize("label", ["", "unknown-8bit", "nonsense", "idna", "rot13", '"; x="', "zlib", "utf-8"])
@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("utf-8", "Größe 😀"),
        ("cp1252", "Größe"),
        ("cp1252", "Où est ma commande passée en février ?"),
        ("cp1252", "perché più città sì"),
        ("cp1252", "På rød grøn båd"),
        ("cp1252", "it’s “done” – 5 €"),
        ("cp1250", "Zażółć gęślą jaźń"),
        ("cp1250", "Děkuji, přišlo špatné zboží"),
        ("cp1254", "Siparişim nerede? Teşekkürler"),
        ("cp1251", "отчет.pdf"),
        ("cp1251", "Дякую, де моє замовлення?"),
        ("koi8_r", "Где мой заказ"),
        ("cp866", "Здравствуйте, где мой заказ?"),
        ("cp1253", "τιμολόγιο"),
        ("cp1255", "איפה ההזמנה שלי?"),
        ("cp1256", "أين طلبي؟"),
        ("gb18030", "发票.pdf"),
        ("big5", "您好，我的訂單在哪裡？"),
        ("cp932", "見積書.pdf"),
        ("cp932", "注文した商品がまだ届いていません。"),
        ("euc_jp", "注文した商品がまだ届いていません。"),
        ("cp949", "주문한 상품이 아직 도착하지 않았습니다"),
    ],
)
def test_what_names_no_charset_or_a_wrong_one_is_detected(label, codec, text):
    assert characters(text.encode(codec), label) == text


def test_a_hint_is_taken_before_a_guess():
    raw = "Ваш чек".encode("mac_cyrillic")
    assert characters(raw, hints=("x-mac-cyrillic",)) == "Ваш чек"
    assert characters("Größe".encode(), hints=("utf-8", "koi8-r")) == "Größe"


@pytest.mark.parametrize("label", ["idna", "punycode", "rot13", "hex", "unicode_escape", "undefined", "", "x" * 5_000])
def test_codecs_that_do_more_than_read_characters_are_no_charsets(label):
    assert codec_of(label) == ""


@pytest.mark.parametrize("raw", [b"\xff" * 250_000, b"\xe9 " * 120_000, b"\x1b$B" * 80_000, b"\x1b" * 250_000,
                                 bytes(range(128, 256)) * 2_000, "ш".encode("koi8-r") * 200_000])  # fmt: skip
def test_whatever_the_bytes_they_are_read_soon(raw):
    began = monotonic()
    assert isinstance(characters(raw, "iso-2022-jp"), str)
    assert monotonic() - began < 5


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="iso2022_jp", exclude_characters="\x1b¬‖¢£〜−\\‾¥"), max_size=40))
def test_what_the_standard_writes_in_iso_2022_jp_is_read_again(text):
    assert characters(text.encode("iso2022_jp"), "iso-2022-jp") == text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "gb2312", "iso-2022-jp", "euc-kr", "utf-16", "utf-7"]))
def test_nothing_is_raised_whatever_the_bytes(raw, label):
    assert isinstance(characters(raw, label), str)
