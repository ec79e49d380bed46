"""One spelling for each value people are known by, so that equal means the same. Pure functions."""

import re
import unicodedata
import uuid
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.customers.models import IdentifierType, Normaliser

# Placeholders that systems send where they know nobody: joining on one would make strangers one person.
BLOCKED = frozenset(
    {
        "",
        "null",
        "(null)",
        "<null>",
        "none",
        "nil",
        "nan",
        "0",
        "-1",
        "undefined",
        "unknown",
        "anonymous",
        "guest",
        "n/a",
        "na",
        "test",
        "[object object]",
        "true",
        "false",
        "user",
        "customer",
        str(uuid.UUID(int=0)),
    }
)
BLOCKED_EMAILS = re.compile(
    r"^(test|guest|noreply|no-reply|none|null|undefined|anonymous|example|unknown)@|@(example|test)\.(invalid|test)$"
)
# What nearly all addresses look like, and Django's validator lets pass.
PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII
)
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
INVISIBLE = re.compile(r"[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def unaccented(text: str) -> str:
    """`Zoë Müller` is `Zoe Muller`; the case stays."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def normalise(kind: str, raw: object, region: str = "") -> str | None:
    """The value under which `raw` is kept, or None where it names nobody.

    `region` (ISO 3166 alpha-2) reads phone numbers without a country code.
    """
    value = INVISIBLE.sub("", str(raw)).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if _names_nobody(value):
        return None
    if kind == IdentifierType.PHONE:
        return phone(value, region)
    if kind == IdentifierType.EMAIL:
        return email(value)
    if kind == IdentifierType.LOYALTY:
        value = re.sub(r"[\s.-]", "", value).upper()[:64]
    elif kind == IdentifierType.SOCIAL:
        value = value.lstrip("@").lower()
    return None if _names_nobody(value) else value[:200]


def _names_nobody(value: str) -> bool:
    return value.lower() in BLOCKED or not value.strip("0-_ .")


def phone(value: str, region: str = "") -> str | None:
    """E.164, such as `+33612345678`; None where no number in the world looks like this."""
    if _is_plainly_e164(value):
        return value
    try:
        number = phonenumbers.parse(value, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not number.national_number or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(value: str) -> str | None:
    value = value.lower()
    if not PLAIN_EMAIL.fullmatch(value):
        try:
            validate_email(value)
        except ValidationError:
            return None
    return None if BLOCKED_EMAILS.search(value) or len(value) > 254 else value


def respell(value: str, normaliser: str) -> str:
    """A normalised value as the rule of its type wants it (`models.Normaliser`); empty where nothing is left that names
    anybody."""
    if normaliser == Normaliser.NO_LEADING_ZEROS:
        value = value.lstrip("0")
    elif normaliser == Normaliser.DIGITS:
        value = re.sub(r"\D", "", value)
    elif normaliser == Normaliser.LETTERS_AND_DIGITS:
        value = re.sub(r"[^0-9A-Za-z]", "", value).upper()
    elif normaliser == Normaliser.NO_PLUS:
        value = re.sub(r"\+[^@]*(?=@)", "", value)
    return "" if _names_nobody(value) or value.startswith("@") else value


def phone_candidates(typed: str, regions: list[str]) -> list[str]:
    """Every E.164 number the typed digits may mean in one of these regions, likeliest first."""
    numbers = [
        phone(typed, region) for region in (regions if not typed.startswith(("+", "00")) else regions[:1] or [""])
    ]
    return list(dict.fromkeys(number for number in numbers if number))


def pretty_phone(e164: str) -> str:
    """`+33 6 12 34 56 78`: as people read it out."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=512)
def _numbering(code: int) -> tuple[frozenset[int], re.Pattern[str]]:
    """How many digits may follow a country code, and with which they do not begin unless a part is to be dropped."""
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return frozenset(), E164
    dropped = metadata.national_prefix_for_parsing
    return frozenset(metadata.general_desc.possible_length), re.compile(f"0|(?:{dropped})" if dropped else "0")


def _is_plainly_e164(value: str) -> bool:
    """Whether `phonenumbers` would give the value back as it is: a look that is several times quicker than asking."""
    if not E164.fullmatch(value):
        return False
    for length in (1, 2, 3):
        code = int(value[1 : 1 + length])
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            lengths, dropped = _numbering(code)
            return len(value) - 1 - length in lengths and not dropped.match(value, 1 + length)
    return False
