"""One spelling for each value people are known by, so that equal means the same. Pure functions."""

import re
import unicodedata
from functools import lru_cache

import idna
import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.customers.models import IdentifierType, Normaliser
from apps.customers.placeholders import is_nobodys, names_nobody

# What nearly all addresses look like, and Django's validator lets pass.
PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII
)
# What stands before the @ (RFC 5322 dot-atom, in any script; or quoted).
LOCAL_PART = re.compile(r"(?=.{1,64}$)(?:[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|\"[^\"\\\r\n]+\")")
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
DIALLED_ABROAD = re.compile(r"[1-9][0-9]{10,14}")
MADE_UP = re.compile(r"\+(?P<code>[1-9][0-9]{0,2}?)([0-9])\2{6,}")
RENUMBERED = (
    (re.compile(r"\+52(?:1|01|044|045)([0-9]{10})"), r"+52\1"),
    (re.compile(r"\+549([0-9]{10})"), r"+54\1"),
    (re.compile(r"\+55([1-9][0-9])([6-9][0-9]{7})"), r"+55\g<1>9\2"),
    (re.compile(r"\+229([0-9]{8})"), r"+22901\1"),
)
EMAIL, PHONE = IdentifierType.EMAIL.value, IdentifierType.PHONE.value
LOYALTY, SOCIAL = IdentifierType.LOYALTY.value, IdentifierType.SOCIAL.value
INVISIBLE = re.compile(r"[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def unaccented(text: str) -> str:
    """`Zoë Müller` is `Zoe Muller`; the case stays."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def normalise(kind: str, raw: object, region: str = "") -> str | None:
    """The value under which `raw` is kept, or None where it names nobody.

    `region` (ISO 3166 alpha-2) reads phone numbers without a country code.
    """
    if not isinstance(raw, str | int) or isinstance(raw, bool):
        return None
    given = value = _visible(str(raw))
    if names_nobody(value):
        return None
    if kind == PHONE:
        return phone(value, region)
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    if kind == EMAIL:
        return email(value)
    if kind == LOYALTY:
        value = re.sub(r"[\s.-]", "", value).upper()[:64]
    elif kind == SOCIAL:
        value = value.lstrip("@").lower()
    return None if value != given and names_nobody(value) else value[:200]


def _visible(text: str) -> str:
    plain = text.isascii() and text.isprintable()  # nearly always
    return (text if plain else INVISIBLE.sub("", text)).strip()


def phone(value: str, region: str = "") -> str | None:
    """E.164, such as `+33612345678`; None where no number in the world looks like this.

    A number without a plus is read as its region writes it. Only where that makes none, and it may begin with a
    country's code (WhatsApp and exports leave out the plus), it is read as if it did.
    """
    if _is_plainly_e164(value):
        return _as_kept(value)
    here = _read(value, region)
    if here and phonenumbers.is_valid_number(here):
        return _as_kept(_e164(here))
    digits = re.sub(r"[\s()./\-\u2010-\u2015]", "", value)
    if DIALLED_ABROAD.fullmatch(digits):
        abroad = _read(f"+{digits}", "")
        if abroad and phonenumbers.is_valid_number(abroad):
            return _as_kept(_e164(abroad))
    whole = (
        here and phonenumbers.is_possible_number(here) and E164.fullmatch(_e164(here))
    )  # four digits are an extension
    return _as_kept(_e164(here)) if here and whole else None


def _read(value: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(value, region or None)
    except phonenumbers.NumberParseException:
        return None
    respelt = _same_everywhere(_e164(number))
    if respelt != _e164(number):
        number = phonenumbers.parse(respelt)
    return number if number.national_number else None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _as_kept(e164: str) -> str | None:
    """None for what people type to be left alone: one digit over and over behind the country's code."""
    alike = MADE_UP.fullmatch(e164)
    if alike and int(alike["code"]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return None
    return _same_everywhere(e164)


def _same_everywhere(e164: str) -> str:
    """One number for what networks and people of a country write differently: mobile numbers of Mexico with the 1 they
    had until 2019, of Argentina with the 9 that only callers from abroad dial (without it no other number is meant),
    of Brazil without the ninth digit they have had since 2016, of Benin without the 01 they have had since 2024."""
    for pattern, kept in RENUMBERED:
        if e164.startswith(kept[:3]) and (found := pattern.fullmatch(e164)):
            return found.expand(kept)
    return e164


def email(value: str) -> str | None:
    """An address in lower case, its domain as it is looked up (`bücher.example` is `xn--bcher-kva.example`), its local
    part in any script (RFC 6531)."""
    value = value.lower().lstrip("'`=*")  # what spreadsheets and lists put before it
    if not PLAIN_EMAIL.fullmatch(value):
        local, _at, domain = value.rpartition("@")
        domain = _ascii_domain(domain)
        if not domain or not LOCAL_PART.fullmatch(local):
            return None
        value = f"{local}@{domain}"
    return None if len(value) > 254 or is_nobodys(value) else value


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    """As the name service has it (IDNA 2008, mapped by UTS 46); empty where there can be no such domain."""
    try:
        found = idna.encode(domain, uts46=True).decode() if not domain.isascii() else domain
        validate_email(f"a@{found}")
    except (idna.IDNAError, UnicodeError, ValidationError):
        return ""
    return found


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
    return "" if names_nobody(value) or value.startswith("@") else value


def phone_candidates(typed: str, regions: list[str]) -> list[str]:
    """Every E.164 number the typed digits may mean in one of these regions, likeliest first."""
    numbers = [
        phone(typed, region) for region in (regions if not typed.startswith(("+", "00")) else regions[:1] or [""])
    ]
    return list(dict.fromkeys(number for number in numbers if number))


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
