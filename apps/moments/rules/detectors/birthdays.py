"""Whose birthday comes near: the rules that need nothing to happen."""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from apps.moments.models import MomentRule
from apps.moments.rules.detectors.finds import Find

BORN = """
    SELECT c.id, to_char(c.born, 'MMDD') FROM customers_customer c
    WHERE c.born IS NOT NULL AND c.merged_into_id IS NULL AND to_char(c.born, 'MMDD') = ANY(%(days)s)
      AND (%(tiers)s = '{}'::text[] OR lower(c.tier) = ANY(%(tiers)s)) AND c.id > %(after)s
    ORDER BY c.id LIMIT %(limit)s
"""
LEAP_DAY = "0229"


def birthdays(rule: MomentRule, days: Sequence[date], at: datetime, *, after: int = 0, limit: int) -> list[Find]:
    """Customers, by id and from behind `after`, whose birthday is one of these days (at most a year apart). Who was
    born on a leap day has it on the last of February in other years."""
    on = {f"{day:%m%d}": day for day in days}
    for day in days:
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            on[LEAP_DAY] = day
    tiers = [tier.lower() for tier in rule.tiers]
    with connection.cursor() as cursor:
        cursor.execute(BORN, {"days": list(on), "tiers": tiers, "after": after, "limit": limit})
        return [Find(customer, at, day=on[born]) for customer, born in cursor.fetchall()]
