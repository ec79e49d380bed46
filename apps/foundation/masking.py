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
from collections.abc import Set
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
CONTROL = re.compile(r"\\u0000")
RUN = re.compile(rf"(?<![0-9])[0-9](?:[{SEPARATORS}]{{0,3}}[0-9]){{12,}}")
GROUP = re.compile(r"[0-9]+")
ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d|62\d\d|35(?:2[89]|[3-8]\d))\d{12,15}"  # Discover, UnionPay, JCB
    r"|3(?:0[0-59]|6\d|[89]\d)\d{11,16}"  # Diners Club
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"  # Maestro
    r"|220[0-4]\d{12,15}"  # Mir
    r"|(?:508[125]|60[68]\d|81\d\d|82\d\d)\d{12}"  # RuPay
)
INVISIBLE = frozenset({"Cf", "Mn", "Me"})  # Unicode categories: format characters and combining marks
SURROGATE = re.compile(r"[\ud800-\udfff]")


def is_suspect(text: str) -> bool:
    """Whether a JSON text needs `clean`: a quick look that lets nearly everything pass."""
    if "%" in text:
        text = unquote(text)
    if "\\" in text:
        if CONTROL.search(text):
            return True
        text = text.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")
    return any(sum(map(str.isdigit, run[0])) >= 13 or not run[0].isascii() for run in SUSPECT.finditer(text))


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
    if len(text) < 13 or _is_exempt(text, key, ids):
        return text
    shortest = LONGEST_PHONE + 1 if _letters(key) in PHONES else 13
    plain = _plain(text)
    masked = _mask_around_ids(plain, shortest)
    if masked != plain:
        return masked
    return mask(unquote(text), key) if "%" in text and unquote(text) != text and _hides(unquote(text), key) else text


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
    return RUN.sub(lambda run: _mask_run(run[0], shortest, part[: run.start()]), part)


def _hides(text: str, key: str) -> bool:
    return mask(text, key) != text


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


def _mask_run(run: str, shortest: int, before: str) -> str:
    """Mask the card numbers among the groups of digits of one run, longest first."""
    groups = list(GROUP.finditer(run))
    masked, start = [], 0
    first = 0
    while first < len(groups):
        last = _card_end(groups, first, max(shortest, 15 if first == 0 and before.endswith("+") else 0))
        if last is not None:
            digits = "".join(group[0] for group in groups[first : last + 1])
            masked += [run[start : groups[first].start()], "*" * (len(digits) - 4), digits[-4:]]
            start = groups[last].end()
            first = last
        first += 1
    return "".join(masked) + run[start:]


def _card_end(groups: list[re.Match[str]], first: int, shortest: int) -> int | None:
    """The index of the group with which a card number that begins at `first` ends."""
    found, digits = None, ""
    for index in range(first, len(groups)):
        digits += groups[index][0]
        if len(digits) > 19:
            break
        if len(digits) >= shortest and ISSUERS.fullmatch(digits) and luhn(digits):
            found = index
    return found


def is_iban(text: str) -> bool:
    """An account number of ISO 13616, in capitals and without spaces, whose check digits fit."""
    if not IBAN.fullmatch(text):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def storable_json(value: Any, ids: Set[str] = NOTHING) -> bytes:
    """Canonical JSON (sorted keys, UTF-8), safe to store. Raises TypeError for a value that nests too deep."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(clean(value, ids=ids), option=orjson.OPT_SORT_KEYS) if is_suspect(text.decode()) else text
