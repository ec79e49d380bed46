"""Bank accounts as people are known by them, and whose account a statement is of."""

import hashlib
import re

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.files.drop import FilePlaceForm
from apps.channels.toolkit.people import handles
from apps.customers.drafts import Handle
from apps.customers.models import IdentifierType
from apps.foundation.masking import is_iban

COMPANY, CUSTOMER = "company", "customer"
NO_NUMBER = {"NOTPROVIDED", "NOTPROV", "NOTAVAILABLE", "NONREF", "NONE", "NULL", "UNKNOWN", "N/A", "NA"}
NO_REFERENCE = NO_NUMBER | {"NONREF", "NOREF", "NOREFERENCE", "KREF+", "UNDEFINED", "(NULL)"}
HIDDEN = re.compile(r"[*#]{2}|X{4}")  # digits crossed out: many accounts end alike


class StatementForm(FilePlaceForm):
    """Where statements lie, and who is who on them."""

    whose = forms.ChoiceField(
        label=_("Whose accounts are these?"),
        choices=[
            (COMPANY, _("Our own: the customer is whoever paid us or was paid by us")),
            (CUSTOMER, _("Our customers', because we are their bank: the customer is who holds the account")),
        ],
        help_text=_("It decides who an entry of a statement is about. It cannot be told from the file."),
    )
    incoming_only = forms.BooleanField(
        label=_("Only what was paid to us"),
        required=False,
        help_text=_("Of our own accounts: leave out what we paid. Suppliers and staff are paid from them, too."),
    )


def whose(source: SourceFacts, usual: str) -> str:
    said = source.settings.get("whose")
    return said if said in {COMPANY, CUSTOMER} else usual


def number_of(value: str) -> str:
    """An account number in one spelling: capitals, no spaces."""
    return "".join(value.split()).upper()


def known_number(value: str) -> str:
    """The number where it is that of an account: banks put zeros or crosses where they know or tell none. Everybody
    whose account they do not tell would be one person."""
    number = number_of(value)
    digits = re.sub(r"[^0-9A-Z]", "", re.sub(r"^[A-Z]{2}\d\d", "", number))
    placeholder = number in NO_NUMBER or HIDDEN.search(number) or len(digits.strip("0")) == 0
    return "" if placeholder or (len(digits) > 3 and len(set(digits)) == 1) else number


def reference_of(value: str) -> str:
    """What a payment is called, where that is a name: banks put words or zeros where there is none."""
    reference = " ".join(value.split())
    return "" if reference.upper() in NO_REFERENCE or not reference.strip("0-.*/ ") else reference


def account(value: str, issuer: str) -> tuple[Handle, ...]:
    """The handle of an account. An IBAN means the same everywhere, any other number only at its `issuer`."""
    number = known_number(value)
    return handles(IdentifierType.ACCOUNT, [number], scope="" if is_iban(number) else issuer[:40])


def alias(*parts: str) -> str:
    """Stands for an account within keys, which outlive the person they are about."""
    return hashlib.blake2b("/".join(map(number_of, parts)).encode(), digest_size=6).hexdigest()


def shown(value: str) -> str:
    """As much of an account number as a person needs to know it again."""
    number = number_of(value)
    return f"{number[:4]} … {number[-4:]}" if len(number) > 12 else number
