"""Currencies: their codes and decimals (ISO 4217), and the signs and words people write for them. Pure functions."""

from functools import lru_cache
from typing import Any

from apps.foundation.text.characters import folded
from apps.foundation.text.unread import unread

# The last line is out of use, and in old exports.
_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    ANG ATS BEF BYR CUC CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MRO MTL NLG PTE ROL SIT SKK SLL STD TRL VEF
"""
CODES = frozenset(_CODES.split())
# Those whose smallest unit is not a hundredth.
WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF BEF ESP GRD ITL LUF PTE TRL"
THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS = {**dict.fromkeys(WHOLE.split(), 0), **dict.fromkeys(THOUSANDTHS.split(), 3), "CLF": 4}

# What each sign may mean; the first is meant where nothing else is known. "" stands for no way to know: a krona is
# as often Swedish as Norwegian or Danish.
DOLLARS = "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU BZD BBD BSD BMD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD BND"
SIGNS: dict[str, tuple[str, ...]] = {
    sign: tuple("" if code == "?" else code for code in codes.split())
    for sign, codes in {
        "€": "EUR", "euro": "EUR", "euros": "EUR", "eur.": "EUR",
        "$": DOLLARS, "us$": "USD", "u$s": "USD", "$us": "USD", "usd$": "USD",
        "dollar": DOLLARS, "dollars": DOLLARS, "us dollar": "USD", "us dollars": "USD",
        "pound": "GBP EGP", "pounds": "GBP EGP", "yen": "JPY",
        "€uro": "EUR",
        "ca$": "CAD", "c$": "CAD NIO", "can$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "s$": "SGD",
        "sg$": "SGD", "hk$": "HKD", "nt$": "TWD", "mx$": "MXN", "mex$": "MXN", "r$": "BRL", "ar$": "ARS", "cl$": "CLP",
        "col$": "COP", "j$": "JMD", "tt$": "TTD", "ec$": "XCD", "b/.": "PAB", "b/": "PAB", "s/": "PEN", "s/.": "PEN",
        "bs": "BOB VES", "bs.": "BOB VES", "q": "GTQ",
        "£": "GBP EGP GIP FKP SHP SYP LBP SSP", "e£": "EGP",
        "¥": "JPY CNY", "円": "JPY", "元": "CNY TWD", "cn¥": "CNY", "jp¥": "JPY", "rmb": "CNY", "圆": "CNY",
        "₹": "INR", "rs": "INR PKR LKR NPR MUR SCR", "₨": "INR PKR LKR NPR MUR SCR",
        "fr": "CHF XAF XOF XPF", "sfr": "CHF", "frs": "CHF", "fcfa": "XOF XAF", "cfa": "XOF XAF",
        "f": "XOF XAF XPF CHF",
        "kr": "? SEK NOK DKK ISK", "skr": "SEK", "nkr": "NOK", "dkr": "DKK", "ikr": "ISK",
        "zł": "PLN", "zl": "PLN", "kč": "CZK", "kc": "CZK", "ft": "HUF", "lei": "RON MDL", "leu": "RON MDL",
        "лв": "BGN", "lv": "BGN", "₽": "RUB", "руб": "RUB", "р": "RUB BYN", "₴": "UAH", "грн": "UAH", "₺": "TRY",
        "tl": "TRY", "₪": "ILS", "nis": "ILS", "₩": "KRW", "원": "KRW", "₫": "VND", "đ": "VND", "฿": "THB",
        "₱": "PHP", "₦": "NGN", "₵": "GHS", "gh₵": "GHS", "gh¢": "GHS", "₸": "KZT", "₼": "AZN", "₾": "GEL", "₲": "PYG",
        "₡": "CRC", "₭": "LAK", "৳": "BDT", "₮": "MNT", "r": "ZAR", "rm": "MYR", "rp": "IDR",
        "ksh": "KES", "kshs": "KES",
        "tsh": "TZS", "ush": "UGX", "kd": "KWD", "bd": "BHD", "dt": "TND", "dh": "MAD AED", "dhs": "AED MAD",
        "د.إ": "AED", "د.ك": "KWD", "د.ت": "TND", "ر.س": "SAR", "﷼": "SAR IRR OMR QAR YER", "sr": "SAR", "din": "RSD",
        "дин": "RSD", "franken": "CHF", "dm": "DEM",
    }.items()
}  # fmt: skip

SMALL = frozenset("fqr")  # R 12 are rand, 12 r is anything


def resolved(written: str, otherwise: str = "") -> str | None:
    """The code of a code, sign or word; None for what is none, empty where it may be several. `otherwise` is the
    currency that is usual where it stands: it decides between those that share a sign."""
    plain = written.strip(" :")
    if plain.upper() in CODES and len(plain) == 3 and plain != "GBp":  # which are pence
        return plain.upper()
    lower = plain.casefold()
    meant = SIGNS.get(lower) or SIGNS.get(lower.rstrip("."))
    if meant and plain in SMALL:
        return None
    if meant is not None:
        return otherwise if otherwise in meant else meant[0]
    code = plain[:3].upper()
    beside = SIGNS.get(lower[3:].strip()) if code in CODES else None
    return code if beside and (code in beside or beside[0] == "") else None


def currency(value: Any, otherwise: str = "") -> str:
    """An ISO 4217 code in capitals from a code or a sign, or nothing."""
    if not isinstance(value, str) or not value.strip():
        return ""
    code = _resolved(value[:20], otherwise)
    if code is None:
        unread("currency", value)
    return code or ""


@lru_cache(maxsize=4096)
def _resolved(written: str, otherwise: str) -> str | None:
    return resolved(folded(written), otherwise)


def decimals(code: str) -> int:
    return DECIMALS.get(code, 2)
