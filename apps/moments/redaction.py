"""What is taken out of customers' words for people who must not learn whose they are (`foundation.redaction` does it),
and whose words stay with those who talk to customers."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone

from apps.customers.models import Customer, Evidence, IdentifierType, SourceProfile
from apps.customers.normalisation import unaccented
from apps.foundation.redaction import name_parts
from apps.moments.disclosure import tags_of
from apps.moments.models import Moment, Tag

# Traits that may name somebody or where they live, whatever the source calls them.
TELLING = re.compile(r"name|street|address|post_?code|zip|mail|phone|mobile|handle|birth|born", re.IGNORECASE)
WRITTEN = (
    IdentifierType.PHONE, IdentifierType.EMAIL, IdentifierType.LOYALTY, IdentifierType.ACCOUNT,
    IdentifierType.USER_ID, IdentifierType.SOCIAL,
)  # fmt: skip


INSIDE = frozenset({Tag.HEALTH, Tag.MINOR})  # what nobody outside hears of, not even without a name
OF_AGE = 18  # years


def stays_inside(customers: Collection[int]) -> set[int]:
    """Which of these customers' words are left out for whoever does not talk to customers: a source, a moment or their
    date of birth says that health or a minor is touched. Three queries."""
    tagged = {customer for customer, tags in tags_of(customers).items() if tags & INSIDE}
    today = timezone.localdate()
    since = today.replace(year=today.year - OF_AGE, day=min(today.day, 28))
    young = Customer.objects.filter(pk__in=customers, born__gt=since).values_list("pk", flat=True)
    marked = Moment.objects.filter(profile__customer__in=customers, tags__overlap=sorted(INSIDE))
    return {*tagged, *young, *marked.values_list("profile__customer_id", flat=True)}


def known_as(customers: Collection[int]) -> Mapping[int, list[str]]:
    """What each of these customers is known by, as it might stand in a text: names and their parts, streets, postcodes,
    e-mail addresses, handles, numbers. The longest first, so that no part of one is left. Three queries."""
    found: dict[int, set[str]] = defaultdict(set)
    shown = Customer.objects.filter(pk__in=customers).values_list("pk", "name", "street", "postcode")
    for customer, name, *where in shown:
        found[customer].update(name_parts(name))
        found[customer].update(phrase for text in where for phrase in _places(text))
    for customer, traits in SourceProfile.objects.filter(customer__in=customers).values_list("customer_id", "traits"):
        found[customer].update(_trait_phrases(traits))
    held = Evidence.objects.filter(profile__customer__in=customers, identifier__type__in=WRITTEN)
    for customer, value in held.values_list("profile__customer_id", "identifier__value"):
        found[customer].update(text for text in (value, value.partition("@")[0]) if len(text) > 3)
    return {customer: sorted(_spellings(phrases), key=len, reverse=True) for customer, phrases in found.items()}


def _trait_phrases(traits: Any, key: str = "") -> Iterator[str]:
    """What a source's traits may tell of who somebody is, at any depth."""
    if isinstance(traits, dict):
        for name, value in traits.items():
            yield from _trait_phrases(value, name if TELLING.search(name) else key)
    elif isinstance(traits, str) and key:
        yield from name_parts(traits) if "name" in key.lower() else _places(traits)


def _places(text: str) -> Iterator[str]:
    """The whole, and a street without its number."""
    whole = " ".join(text.split())
    bare = re.sub(r"\b\d+\s?[a-z]?\b|,", " ", whole, flags=re.IGNORECASE)
    yield from {phrase for phrase in (whole, " ".join(bare.split())) if len(phrase) > 3}


def _spellings(phrases: Iterable[str]) -> set[str]:
    """As they are written, and without their accents."""
    return {spelling for phrase in phrases for spelling in (phrase, unaccented(phrase)) if spelling}
