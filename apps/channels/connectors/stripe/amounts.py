"""Amounts as Stripe counts them (docs.stripe.com/currencies, "Minor units in API amounts" and "Special cases").

Its rule is not quite ISO 4217: the ariary counts as whole; Icelandic and Ugandan money is whole too, but still sent in
hundredths; Hungarian and Taiwanese is in hundredths but for payouts; no others than these five have thousandths.
"""

from decimal import Decimal
from typing import Any

from apps.foundation.text.numbers import minor

WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
THOUSANDTHS = "BHD JOD KWD OMR TND"
UNITS = {**dict.fromkeys(WHOLE.split(), 0), **dict.fromkeys(THOUSANDTHS.split(), 3)}


def charged(value: Any, code: str) -> Decimal | None:
    """An `amount` of the API: 500000 UGX are 5,000 shillings."""
    return minor(value, code, UNITS)
