"""What a promise may be about: the orders of its customer, whose delivery or refund then proposes that it is done."""

import re
from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.interactions.models import Channel, Interaction

LATELY = timedelta(days=60)
ENTRIES, ORDERS = 40, 5  # entries that are looked through, orders that are offered
NUMBER = re.compile(r"#?\b(?=[\w/-]*\d)[A-Za-z0-9][\w/-]{2,78}\w")
NUMBERS = 8  # in one text


def orders_of(customer: Customer, reader: User) -> list[str]:
    """The numbers of the customer's latest orders that this reader may know of, the latest first. One query."""
    told = Interaction.objects.visible_to(reader).filter(
        profile__customer=customer, channel=Channel.ORDER, occurred_at__gt=timezone.now() - LATELY
    )
    numbers = told.exclude(reference="").newest_first().values_list("reference", flat=True)[:ENTRIES]
    return list(dict.fromkeys(numbers))[:ORDERS]


def order_in(text: str, customer: Customer) -> str:
    """The number of the customer's order that a text names, or nothing. One query; none where no number is in it."""
    named = {number for found in NUMBER.findall(text)[:NUMBERS] for number in _spellings(found)}
    if not named:
        return ""
    told = Interaction.objects.filter(reference__in=named, profile__customer=customer, channel=Channel.ORDER)
    return told.newest_first().values_list("reference", flat=True).first() or ""


def _spellings(number: str) -> set[str]:
    plain = number.removeprefix("#")
    return {spelt for each in (plain, plain.upper()) for spelt in (each, f"#{each}")}
