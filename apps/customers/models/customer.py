"""The person, and what each source calls them."""

import uuid
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers import nameless
from apps.customers.typos import one_edit_away
from apps.foundation.db.rows import rows


class Fold(models.Func):
    """Lower case without accents and apostrophes, the parts of double names apart, as the database function
    `klatsch_fold` does it (migration 0001)."""

    function = "klatsch_fold"
    output_field = models.TextField()


class PlaceKey(models.Func):
    """City and postcode folded, each word after a space, the postcode also without what parts it (migration 0001)."""

    function = "klatsch_place_key"
    output_field = models.TextField()


SURVIVORS = """
    WITH RECURSIVE above AS (
        SELECT id AS of, id, merged_into_id FROM customers_customer WHERE id = ANY(%s)
        UNION ALL
        SELECT above.of, c.id, c.merged_into_id FROM above JOIN customers_customer c ON c.id = above.merged_into_id
    )
    SELECT of, id FROM above WHERE merged_into_id IS NULL
"""
FAMILY = """
    WITH RECURSIVE above AS (
        SELECT id, merged_into_id FROM customers_customer WHERE id = ANY(%s) OR public_id = ANY(%s)
        UNION ALL
        SELECT c.id, c.merged_into_id FROM above JOIN customers_customer c ON c.id = above.merged_into_id
    ),
    family AS (
        SELECT id FROM above WHERE merged_into_id IS NULL
        UNION ALL
        SELECT c.id FROM family JOIN customers_customer c ON c.merged_into_id = family.id
    )
    SELECT id FROM family
"""


LIKE_ANY = "customers_customer.name_key LIKE ANY(ARRAY(SELECT klatsch_fold(p) FROM unnest(%s::text[]) AS p))"


def _placed(named: Sequence[str], placed: Sequence[str]) -> models.Q:
    """At most one word begins the whole name: each way is conditions that the trigram index answers together."""
    there = reduce(and_, (models.Q(place_key__contains=Fold(models.Value(f" {word}"))) for word in placed))
    inside = [models.Q(name_key__contains=Fold(models.Value(f" {word}"))) for word in named]
    ways = reduce(and_, inside, there)
    for place, word in enumerate(named):
        first = models.Q(name_key__startswith=Fold(models.Value(word)))
        ways |= reduce(and_, inside[:place] + inside[place + 1 :], first & there)
    return ways


def _called_or_placed(word: str) -> models.Q:
    here = Fold(models.Value(f" {word}"))
    called = models.Q(name_key__startswith=Fold(models.Value(word))) | models.Q(name_key__contains=here)
    return called | models.Q(place_key__contains=here)


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """Customers this person may open. Everyone who meets customers may; what they see of one differs by role."""
        return self.filter(merged_into=None) if user.is_active else self.none()

    def survivor_of(self, public_id: uuid.UUID) -> Self:
        """The customer of this public id or, when they were found to be somebody else, whoever they are now."""
        chain = self.model._default_manager.values_list("pk", "merged_into")
        found = chain.filter(public_id=public_id).first()
        while found and found[1]:
            found = chain.filter(pk=found[1]).first()
        return self.filter(pk=found[0]) if found else self.none()

    def survivors_of(self, ids: Iterable[int]) -> dict[int, "Customer"]:
        """Whoever these customers, given by their row's id, are now. Two queries."""
        living = dict(rows(SURVIVORS, list(ids)))
        people = self.in_bulk(set(living.values()))
        return {pk: people[now] for pk, now in living.items() if now in people}

    def family_of(self, public_id: uuid.UUID) -> Self:
        """The customer of this public id or whoever they are now, and everybody who was found to be them."""
        return self.filter(pk__in=RawSQL(FAMILY, [[], [public_id]]))  # noqa: S611 - a constant of ours

    def families_of(self, ids: Iterable[int]) -> Self:
        """As `family_of`, of several who are given by their row's id."""
        return self.filter(pk__in=RawSQL(FAMILY, [list(ids), []]))  # noqa: S611 - a constant of ours

    def to_compare(self) -> Self:
        """Customers who are new, or have changed since they were last compared with others."""
        return self.filter(compared_at=None, merged_into=None)

    def beginning(self, words: str) -> Self:
        """Customers whose whole name begins with these words as they stand."""
        return self.filter(name_key__startswith=Fold(models.Value(" ".join(words.split()))))

    def with_words(self, words: str) -> Self:
        """Customers whose name has each of these words, in any order."""
        found = self
        for word in words.split()[:5]:
            found = found.filter(
                models.Q(name_key=Fold(models.Value(word)))
                | models.Q(name_key__startswith=Fold(models.Value(f"{word} ")))
                | models.Q(name_key__contains=Fold(models.Value(f" {word} ")))
                | models.Q(name_key__endswith=Fold(models.Value(f" {word}")))
            )
        return found

    def named(self, words: str) -> Self:
        """Customers with a word of the name beginning with each word given, in any order."""
        found = self
        for word in words.split()[:5]:
            at_start = models.Q(name_key__startswith=Fold(models.Value(word)))
            inside = models.Q(name_key__contains=Fold(models.Value(f" {word}")))
            found = found.filter(at_start | inside)
        return found

    def placed(self, words: str) -> Self:
        """Customers with a word of the name beginning with each of some words, and a word of their city or postcode
        beginning with each of the others, which come before these or behind them."""
        given = words.split()[:4]
        ways = models.Q(pk__in=[])
        for cut in range(1, len(given)):
            ways |= _placed(given[:cut], given[cut:]) | _placed(given[cut:], given[:cut])
        return self.filter(ways)

    def misspelt(self, words: str) -> Self:
        """Customers one of whose names is one of these words but for a letter, and who are called or live by the
        others. Nobody where no word is long enough to be misspelt."""
        given = words.split()[:4]
        ways = models.Q(pk__in=[])
        for place, word in enumerate(given):
            if patterns := one_edit_away(word):
                others = (_called_or_placed(other) for other in given[:place] + given[place + 1 :])
                misspelt = RawSQL(LIKE_ANY, [patterns], models.BooleanField())  # noqa: S611 - a constant of ours
                ways |= reduce(and_, others, models.Q(misspelt))
        return self.filter(ways)


class Customer(models.Model):
    """A person. `merged_into` is set on one found to be somebody we already know; old links then lead there.

    `name`, `tier` and the rest are what holds of what the sources said (`traits.py`; `SourceProfile.traits` keeps who
    said what).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_key = models.GeneratedField(expression=Fold("name"), output_field=models.TextField(), db_persist=True)
    tier = models.CharField(_("tier"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    timezone = models.CharField(_("time zone"), max_length=40, blank=True)
    since = models.DateField(_("customer since"), null=True, blank=True)
    born = models.DateField(_("date of birth"), null=True, blank=True)
    street = models.CharField(_("street"), max_length=120, blank=True, db_default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, db_default="")
    region = models.CharField(_("region"), max_length=60, blank=True, db_default="")
    place_key = models.GeneratedField(
        expression=PlaceKey("city", "postcode"), output_field=models.TextField(), db_persist=True
    )
    created_at = models.DateTimeField(default=now, editable=False)
    compared_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When they were last compared with everybody else; empty: due.")
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed")

    known_by: "nameless.KnownBy | None" = None  # what is said instead of a name, once it was asked for

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            GinIndex(
                OpClass("name_key", "gin_trgm_ops"), OpClass("place_key", "gin_trgm_ops"), name="customer_name_words"
            ),
            models.Index(OpClass("name_key", "text_pattern_ops"), name="customer_name_prefix"),
            models.Index(fields=["born"], name="customer_born", condition=models.Q(born__isnull=False)),
            models.Index(fields=["postcode"], name="customer_postcode", condition=~models.Q(postcode="")),
            models.Index(
                fields=["-id"],
                name="customer_to_compare",
                condition=models.Q(compared_at=None, merged_into=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name or nameless.called(self)

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.public_id])

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        customer = super().from_db(*args, **kwargs)
        if not customer.__dict__.get("name", "deferred"):
            nameless.meet(customer)
        return customer


class SourceProfileQuerySet(models.QuerySet["SourceProfile"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)


class SourceProfile(models.Model):
    """What one source calls a person. It belongs to exactly one customer and is the only thing a merge moves.

    `source` is the slug of a channel's source, or `desk` for what people here enter; it never changes.
    """

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="profiles")
    traits = models.JSONField(default=dict)
    first_seen = models.DateTimeField(default=now)
    last_seen = models.DateTimeField(default=now)

    objects = SourceProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("source profile")
        verbose_name_plural = _("source profiles")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="profile_once_per_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.external_id}"
