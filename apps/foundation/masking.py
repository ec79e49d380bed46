"""What must never be stored: payment card numbers, and characters PostgreSQL refuses. Pure functions.

A card number is 13 to 19 digits, however they are written (any script, full width, grouped, with invisible characters
between them, percent-encoded), that begin like an issuer's (ISO/IEC 7812), have a length that issuer uses and pass the
Luhn check. All but the last four digits become asterisks. Digits are only taken together in whole groups: a longer
unbroken number is an id, not a card number with something glued to it.

One random 16-digit number in about 35 looks exactly like a card number and is masked too (docs/connectors/segment.md,
measured by its test). Hence ids are left alone (`foundation.ids`): UUIDs and digests wherever they stand, what a
connector declares to be an id, and what stands in a field whose name says so. A masked id is worse than none: it is the
same for several people, and what it was cannot be found out again. A field that speaks of a card is never an id.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from itertools import accumulate
from typing import Any
from urllib.parse import unquote

import orjson

from apps.foundation.ids import ID_SHAPES, is_id, names_card

# Keys, without case and punctuation, whose values are numbers of other things, however they are grouped.
EXEMPT = frozenset(
    {
        "orderid", "ordernumber", "order", "transactionid", "messageid", "cartid", "checkoutid", "paymentid",
        "shipmentid", "trackingnumber", "invoiceid", "invoicenumber", "productid", "sku", "variantid", "gtin", "ean",
        "upc", "barcode", "promotionid", "couponid", "campaignid", "loyaltynumber", "loyaltyid", "loyaltycard",
        "timestamp", "originaltimestamp", "sentat", "receivedat", "createdat", "updatedat",
        "scopedid",
    }
)  # fmt: skip
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")  # ISO 13616
PHONES = frozenset(
    {
        "phone", "phonenumber", "mobile", "mobilephone", "telephone", "fax", "msisdn", "whatsapp", "waid", "from", "to",
        "caller", "callerid", "calleridnumber", "callee", "called", "src", "dst", "ani", "dnis", "destination",
        "destinationnumber",
    }
)  # fmt: skip
NOTHING: Set[str] = frozenset()
LONGEST_PHONE = 14  # digits; fifteen exist on paper only (E.164)

SEPARATORS = r"\s\-\u2010-\u2015\u2212._/\\|,*+~\u00b7\u2022"  # dashes, dots, slashes, bullets
# Thirteen and more characters that may be digits and what people put between them. Anything beyond ASCII counts, so
# that invisible characters and foreign digits are looked at closely.
SUSPECT = re.compile(rf"[\d\u0080-\U0010ffff][\d\u0080-\U0010ffff{SEPARATORS}]{{12,}}")
# The same of ASCII: without what stands between digits, each of which is a zero then.
BETWEEN = bytes(code for code in range(128) if re.match(f"[{SEPARATORS}]", chr(code)))
ZEROES, THIRTEEN = bytes.maketrans(b"123456789", b"000000000"), b"0" * 13
CONTROL = re.compile(r"\\u0000")
RUN = re.compile(rf"(?<![0-9])[0-9](?:[{SEPARATORS}]{{0,3}}[0-9]){{12,}}")
GROUP = re.compile(r"[0-9]+")
# How the numbers of an issuer begin, and the lengths they have; a place in a number fits at most one.
ISSUERS: tuple[tuple[str, range], ...] = (
    (r"4", range(13, 20, 3)),  # Visa
    (r"5[1-5]|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)", range(16, 17)),  # Mastercard
    (r"3[47]", range(15, 16)),  # American Express
    (r"6011|64[4-9]|65|62|35(?:2[89]|[3-8])", range(16, 20)),  # Discover, UnionPay, JCB
    (r"3(?:0[0-59]|6|[89])", range(14, 20)),  # Diners Club
    (r"5018|5020|5038|5893|6304|6759|676[1-3]", range(13, 20)),  # Maestro
    (r"220[0-4]", range(16, 20)),  # Mir
    (r"508[125]|60[68]|81|82", range(16, 17)),  # RuPay
)
ISSUER = re.compile("|".join(f"({begins})" for begins, _lengths in ISSUERS))
LENGTHS = [sorted(lengths, reverse=True) for _begins, lengths in ISSUERS]
DOUBLED = str.maketrans("0123456789", "0246813579")  # twice a digit, its own digits added (ISO/IEC 7812-1 annex B)
ENCODED = 2  # how often a text is percent-decoded to look for a number
INVISIBLE = frozenset({"Cf", "Mn", "Me"})  # Unicode categories: format characters and combining marks
SURROGATE = re.compile(r"[\ud800-\udfff]")


def is_suspect(text: str) -> bool:
    """Whether a JSON text needs `clean`: a quick look that lets nearly everything pass."""
    for _time in range(ENCODED):
        if "%" not in text:
            break
        text = unquote(text)
    if "\\" in text:
        if CONTROL.search(text):
            return True
        text = text.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")
    if text.isascii():
        return THIRTEEN in text.encode().translate(None, BETWEEN).translate(ZEROES)
    return any(not run[0].isascii() or sum(map(str.isdigit, run[0])) >= 13 for run in SUSPECT.finditer(text))


def clean(value: Any, key: str = "", ids: Set[str] = NOTHING) -> Any:
    """The same JSON value without card numbers, NUL and lone surrogates, keys included. `ids` are the names of fields
    that are declared to be ids."""
    if isinstance(value, str):
        return mask(storable(value), key, ids)
    if isinstance(value, dict):
        return {mask(storable(name)): clean(inner, name, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner, key, ids) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e12:
        masked = mask(str(value), key, ids)
        return masked if "*" in masked else value
    return value


def storable(text: str) -> str:
    """Without NUL, and with U+FFFD for half a surrogate pair: PostgreSQL takes neither."""
    return SURROGATE.sub("\ufffd", text.replace("\x00", ""))


def mask(text: str, key: str = "", ids: Set[str] = NOTHING) -> str:
    """The text with every card number in it masked. `key` is the name of the field it stands in."""
    given = text
    if len(text) < 13 or _is_exempt(text, key, ids):
        return text
    shortest = LONGEST_PHONE + 1 if _letters(key) in PHONES else 13
    for _time in range(ENCODED + 1):
        plain = _plain(text)
        masked = _mask_around_ids(plain, shortest)
        if masked != plain:
            return masked
        decoded = unquote(plain) if "%" in plain else plain
        if decoded == plain:
            break
        text = decoded
    return given


def _is_exempt(text: str, key: str, ids: Set[str]) -> bool:
    """Whether it is a number of something else by the field it stands in."""
    if key in ids and not names_card(key):
        return True
    name = _letters(key)
    return name in EXEMPT or (name == "iban" and is_iban(text)) or is_id(key, text)


def _letters(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())


def _mask_around_ids(text: str, shortest: int) -> str:
    """Mask the text between UUIDs and digests, whose digits are none of a card's."""
    masked, start = [], 0
    for shape in ID_SHAPES.finditer(text):
        masked += [_mask_runs(text, start, shape.start(), shortest), shape[0]]
        start = shape.end()
    return "".join([*masked, _mask_runs(text, start, len(text), shortest)])


def _mask_runs(text: str, start: int, end: int, shortest: int) -> str:
    part = text[start:end]
    return RUN.sub(lambda run: _mask_run(run[0], shortest, part[run.start() - 1 : run.start()] == "+"), part)


def _plain(text: str) -> str:
    """Compatibility forms resolved (NFKC), invisible characters dropped, digits of every script as 0-9."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in composed
        if unicodedata.category(char) not in INVISIBLE
    )


def _mask_run(run: str, shortest: int, international: bool) -> str:
    """Mask the card numbers among the groups of digits of one run, longest first, in one pass. `international`: a
    plus stands before it."""
    groups = [group.span() for group in GROUP.finditer(run)]
    digits = _Digits("".join(run[start:end] for start, end in groups))
    places = list(accumulate((end - start for start, end in groups), initial=0))  # of each group among the digits
    ends = {place: index for index, place in enumerate(places)}
    masked, start, first = [], 0, 0
    while first < len(groups):
        least = max(shortest, 15) if first == 0 and international else shortest
        end = next((end for end in digits.cards_at(places[first]) if end in ends and end - places[first] >= least), 0)
        if end:
            masked += [run[start : groups[first][0]], "*" * (end - places[first] - 4), digits.text[end - 4 : end]]
            start = groups[ends[end] - 1][1]
            first = ends[end]
        else:
            first += 1
    return "".join(masked) + run[start:]


class _Digits:
    """Digits in which the check of any part costs the same, however long they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        single, double = [*map(int, text)], [*map(int, text.translate(DOUBLED))]
        even, odd = single[:], single
        even[::2] = double[::2]
        odd[1::2] = double[1::2]
        self.sums = [*accumulate(even, initial=0)], [*accumulate(odd, initial=0)]  # every other digit doubled

    def cards_at(self, start: int) -> Iterator[int]:
        """Where a card number that begins here may end, the longest first."""
        issuer = ISSUER.match(self.text, start)
        if issuer is None:
            return
        for length in LENGTHS[(issuer.lastindex or 1) - 1]:
            end = start + length
            sums = self.sums[end % 2]
            if end < len(sums) and (sums[end] - sums[start]) % 10 == 0:
                yield end


def is_iban(text: str) -> bool:
    """An account number of ISO 13616, in capitals and without spaces, whose check digits fit."""
    if not IBAN.fullmatch(text):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def storable_json(value: Any, ids: Set[str] = NOTHING) -> bytes:
    """Canonical JSON (sorted keys, UTF-8), safe to store. Raises TypeError for a value that nests too deep."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(clean(value, ids=ids), option=orjson.OPT_SORT_KEYS) if is_suspect(text.decode()) else text
