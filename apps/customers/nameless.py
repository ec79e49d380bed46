"""What people are called whose name nobody knows, so that they can be told apart and spoken of: “Customer from
+49 30 …”, “Visitor from Shop, 3 May”. Whatever shows a customer says `str(customer)`.

Those that were read together are asked for together: the first whose name is said has the others named as well, in one
statement.
"""

from collections import deque
from datetime import datetime
from threading import local
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.foundation.db.rows import rows
from apps.foundation.text.phones import pretty_phone

if TYPE_CHECKING:
    from apps.customers.models import Customer

MOST = 200  # that are asked for together
KINDS = ["phone", "email", "loyalty", "social", "account", "user_id"]  # the first that is known says who it is
KNOWN = """
    SELECT c.id, held.type, held.value, met.source, met.first_seen
    FROM unnest(%s::bigint[]) AS c(id)
    LEFT JOIN LATERAL (
        SELECT i.type, i.value FROM customers_sourceprofile p
        JOIN customers_evidence e ON e.profile_id = p.id AND e.active
        JOIN customers_identifier i ON i.id = e.identifier_id AND i.type = ANY(%s) AND i.status <> 'blocked'
        WHERE p.customer_id = c.id
        ORDER BY array_position(%s::text[], i.type::text), e.verified DESC, e.last_seen DESC, i.id LIMIT 1
    ) held ON true
    LEFT JOIN LATERAL (
        SELECT source, first_seen FROM customers_sourceprofile WHERE customer_id = c.id ORDER BY first_seen, id LIMIT 1
    ) met ON true
"""


class KnownBy(NamedTuple):
    """What is known instead of a name: type and value of an identifier, the source that told of them first, when."""

    kind: str | None = None
    value: str | None = None
    source: str | None = None
    first_seen: datetime | None = None


class _Met(local):
    """Customers without a name that were read in this thread and whose name was not said yet, as far as they live."""

    def __init__(self) -> None:
        self.customers: deque[ref[Customer]] = deque(maxlen=MOST)


_met = _Met()


def meet(customer: "Customer") -> None:
    """Somebody without a name was read."""
    _met.customers.append(ref(customer))


def called(customer: "Customer") -> str:
    """What to call this one, whose name nobody knows."""
    if customer.known_by is None and customer.pk:
        _ask(customer)
    return words(customer.known_by or KnownBy())


def words(known: KnownBy) -> str:
    if known.kind == "phone" and known.value:
        return gettext("Customer from %(where)s") % {"where": pretty_phone(known.value)}
    if known.kind == "email":
        return gettext("Customer from %(where)s") % {"where": known.value}
    if known.kind == "loyalty":
        return gettext("Customer with card %(number)s") % {"number": known.value}
    if known.kind:
        return gettext("Customer %(id)s") % {"id": known.value}
    if known.source and known.first_seen:
        met = {"source": _spoken(known.source), "day": _day(known.first_seen)}
        return gettext("Visitor from %(source)s, %(day)s") % met
    return gettext("Unnamed customer")


def _ask(customer: "Customer") -> None:
    alive = [found for one in _met.customers if (found := one()) is not None and found.known_by is None]
    _met.customers.clear()
    people = [customer, *alive]
    known = {pk: KnownBy(*found) for pk, *found in rows(KNOWN, list({one.pk for one in people}), KINDS, KINDS)}
    for one in people:
        one.known_by = known.get(one.pk, KnownBy())


def _spoken(source: str) -> str:
    """`web-shop` is the Web shop."""
    plain = source.replace("-", " ").replace("_", " ")
    return plain[:1].upper() + plain[1:]


def _day(at: datetime) -> str:
    local_day = timezone.localtime(at)
    this_year = local_day.year == timezone.localdate().year
    return date_format(local_day, "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT")
