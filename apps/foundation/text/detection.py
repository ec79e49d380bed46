"""Which charset bytes are in that do not say so, or say it wrongly. Pure functions.

Detectors made for web pages need a page: of a subject or the name of a file they make Arabic. So the letters decide
first: in a wrong charset Russian has capitals in the middle of words and no vowels, Polish has signs within words, and
Chinese has characters nobody uses. Only where that finds nothing, charset-normalizer is asked.
"""

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

LOOKED_AT = 4_000  # bytes of lines that have any beyond ASCII
ENOUGH = 40  # bytes beyond ASCII that charset-normalizer can make something of
BELIEVED = 0.4
WESTERN = "cp1252"
HIGH = re.compile(rb"[\x80-\xff]")
SEQUENCES = re.compile("[^\x00-\x7f\ufffd]")
ESCAPES = re.compile(rb"\x1b\$[@B(]")


@dataclass(frozen=True, slots=True)
class Script:
    """Letters that make up most of what is written in it (`frequent`), and those that are usual (`regular`). Letters of
    a `latin` script stand between ASCII's, those of a `wide` one anywhere, all others never. `lead` is given to what
    most bytes without a label are in."""

    codecs: tuple[str, ...]
    frequent: frozenset[str]
    regular: re.Pattern[str]
    latin: bool = False
    wide: bool = False
    lead: float = 0.0


WEST = frozenset("éèêëäöüßñçáíóúàâôãõåæøïîûÉÈÄÖÜÑÇÁÅØ€")
MARKS = r"À-ÖØ-öø-ÿĀ-žŒœ’“”„‘–—…«»¿¡§°€£ºª®©™·•\xa0"
SCRIPTS = (
    Script((WESTERN,), WEST, re.compile(f"[{MARKS}]"), latin=True, lead=0.25),
    Script(("cp1250", "iso8859_2"), frozenset("áéíýčšžřěůúťďňółąężźśćńőűöüäČŠŽŘŁŻŚĄ"),
           re.compile(f"[{MARKS}]"), latin=True),
    Script(("cp1254",), frozenset("şğıçöüİŞÇÖÜ"), re.compile(f"[{MARKS}]"), latin=True),
    Script(("cp850", "mac_roman"), WEST, re.compile(f"[{MARKS}]"), latin=True, lead=-0.2),
    Script(("cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"), frozenset("оеаинтсрвлкмдпуыяьзОЕАИНТСРВЛКМДПУЗ"),
           re.compile(r"[А-яЁёІіЇїЄєҐґЎў№«»—–“”„…’]")),
    Script(("cp1253",), frozenset("αοιετσνηυρπκμλςόίάέήύώΑΟΙΕΤΣΝΗΥΡΠΚΜΛ"), re.compile(r"[Ά-ώ]")),
    Script(("cp1255",), frozenset("יוהלאמרתבשנםדחק"), re.compile(r"[א-ת]")),
    Script(("cp1256",), frozenset("اليمنوترهبدعةسفكحق"), re.compile(r"[ء-ي،؟]")),
    Script(("cp874",), frozenset("านรอกเงมยลวดทสตะปบคหแจพชขใไโ่้ัีิ็"), re.compile(r"[ก-๛]"), lead=-0.35),
    Script(("cp932", "euc_jis_2004"),
           frozenset("いたしのてまでにをはがとすかるなおくれこんありもスンルトー、。ラリク日本書注文品様"
                     "東京大阪市区町村県名前氏電話番号住所数量価格会社顧客日付商品備考年月京都"),
           re.compile(r"[ぁ-ヶ一-龥々]"), wide=True),
    Script(("cp949",),
           frozenset("이다는에의를을가고하지로기사한도아나시니습요문주인어해서은수영증세안녕그리대일"
                     "울부산시구동로길이름성전화번호주소량가격회사고객날짜상품비년월"),
           re.compile(r"[가-힣]"), wide=True),
    Script(("gb18030",),
           frozenset("的一是不了在人有我他这为之大来以个中上们到说国和地也子时要出就您好请单发票货谢问订退款，。？"
                     "北京上海城市省区路号名字姓电话地址邮箱数量价格公司客户日期产品类型备注年月"),
           re.compile(r"[一-龥，。？！：；、（）]"), wide=True),
    Script(("big5",),
           frozenset("的一是不了在人有我他這為之大來以個中上們到說國和地也子時要出就您好請單發票貨謝問訂退款，。？"
                     "北京台灣城市省區路號名字姓電話地址郵箱數量價格公司客戶日期產品類型備註年月"),
           re.compile(r"[一-龥，。？！：；、（）]"), wide=True),
)  # fmt: skip


def detected(raw: bytes, *, whole: bool = True) -> str:
    """Python's name of the codec; Windows' Western one where nothing speaks for another. Where it is not the `whole`,
    the last character may be cut off."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if ESCAPES.search(raw):
        return "iso2022_jp_ext"
    if _reads(raw, "utf-8", cut=not whole) is not None or _is_mostly_utf_8(raw):
        return "utf-8"
    seen = _telling(raw)
    scores = {codec: _score(seen, script, codec) for script in SCRIPTS for codec in script.codecs}
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] >= BELIEVED or len(HIGH.findall(seen)) < ENOUGH:
        return best if scores[best] > 0 else WESTERN
    return _asked(seen)


def _is_mostly_utf_8(raw: bytes) -> bool:
    """Broken in places, or put together from several systems. No other charset makes such sequences often."""
    read = raw[: LOOKED_AT * 20].decode("utf-8", "replace")
    bad = read.count("\ufffd")
    return bad <= len(SEQUENCES.findall(read))


def _telling(raw: bytes) -> bytes:
    """The lines that hold anything beyond ASCII, up to about `LOOKED_AT` bytes of them."""
    lines: list[bytes] = []
    size = 0
    for line in raw.splitlines():
        if not line.isascii():
            lines.append(line[:LOOKED_AT])
            size += len(line)
        if size > LOOKED_AT:
            break
    return b"\n".join(lines)


def _score(seen: bytes, script: Script, codec: str) -> float:
    """About 1 for letters that are all frequent in the script, and less for anything else, down to below 0."""
    read = _reads(seen, codec, cut=len(seen) >= LOOKED_AT)
    if read is None:
        return -1.0
    total, count = 0.0, 0
    for before, char, after in zip(" " + read, read, read[1:] + " ", strict=False):
        if char > "\x7f":
            total += _worth(before, char, after, script)
            count += 1
    return total / count + script.lead if count else -1.0


def _worth(before: str, char: str, after: str, script: Script) -> float:
    if script.latin and not char.isalpha() and before.isalpha() and after.isalpha() and char != "’":
        return -1.0  # a sign in the middle of a word
    if script.latin and before > "\x7f" and before.isalpha():
        return 0.2
    beside = _is_ascii_letter(before) + _is_ascii_letter(after)
    if not script.latin and beside > (1 if script.wide else 0):
        return -0.6  # no word is written in two scripts
    if not script.wide and char.isupper() and before.islower():
        return -0.5
    if char in script.frequent:
        return 1.0 if script.wide or script.latin or not char.isupper() else 0.7
    return 0.4 if script.regular.match(char) else -0.6


def _is_ascii_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _reads(raw: bytes, codec: str, *, cut: bool) -> str | None:
    """None where the bytes are not of this charset; with `cut`, up to three at the end may be part of a character."""
    for less in range(4 if cut else 1):
        try:
            return raw[: len(raw) - less].decode(codec)
        except UnicodeDecodeError as error:
            if error.end < len(raw) - less:
                return None
    return None


def _asked(seen: bytes) -> str:
    best = charset_normalizer.from_bytes(seen).best()
    return best.encoding if best else WESTERN
