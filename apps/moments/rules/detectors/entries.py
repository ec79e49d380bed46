"""A rule as a statement over what was recorded between two times.

Every condition speaks of the time at which an entry was recorded, not of now: an order that came between is one that
was known by then, a promotion is scheduled if it was then. So the same statement tells what a rule finds today and what
it would have found last month.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from apps.contact.models import Delivery, Purpose
from apps.interactions.models import VISIT
from apps.interactions.story_search import CONFIG
from apps.moments.models import MomentRule
from apps.moments.rules.detectors.finds import Find

OWN_NOTES = "moment"  # what moments write into the story: a rule must not feed on itself

# What one entry is like. `{e}` is its name in the statement, so that earlier entries are measured alike.
NOT_THESE = "{e}.kind <> ALL(%(never)s)"
CHANNELS = "{e}.channel = ANY(%(channels)s)"
KINDS = "{e}.kind = ANY(%(kinds)s)"
DIRECTION = "{e}.direction = %(direction)s"
SENTIMENT = "{e}.sentiment = %(sentiment)s"
DISPOSITIONS = "{e}.disposition_id IN (SELECT id FROM interactions_disposition WHERE code = ANY(%(dispositions)s))"
WORDS = f"{{e}}.search @@ websearch_to_tsquery('{CONFIG}', %(words)s)"
AMOUNT = "{e}.amount >= %(least_amount)s"
CURRENCY = "{e}.currency = %(currency)s"
TOUCHPOINT = "starts_with(lower({e}.touchpoint), lower(%(touchpoint)s))"
SPOKEN = "{e}.verbatim <> ''"

# What else is so. `i` is the entry, `p` its profile, `c` the customer. OFFSET 0 keeps each to the few entries that are
# left: as joins they would read whole histories.
FIRST = """NOT EXISTS (
    SELECT FROM customers_sourceprofile ep JOIN interactions_interaction e ON e.profile_id = ep.id
    WHERE ep.customer_id = p.customer_id AND (e.occurred_at, e.id) < (i.occurred_at, i.id) AND {alike}
      AND e.withdrawn = ''
    OFFSET 0
)"""
TIERS = "lower(c.tier) = ANY(%(tiers)s)"
PROMOTION = """EXISTS (
    SELECT FROM customers_sourceprofile dp JOIN contact_delivery d ON d.profile_id = dp.id
    WHERE dp.customer_id = p.customer_id AND d.purpose <> ALL(%(not_promotion)s) AND d.outcome = ANY(%(reaches)s)
      AND d.recorded_at < i.recorded_at AND d.at > i.recorded_at AND d.at < i.recorded_at + %(promotion)s
    OFFSET 0
)"""
PRECEDED = """EXISTS (
    SELECT FROM customers_sourceprofile bp JOIN interactions_interaction b ON b.profile_id = bp.id
    WHERE bp.customer_id = p.customer_id AND b.kind = ANY(%(preceded_by)s) AND b.id <> i.id AND b.withdrawn = ''
      AND b.occurred_at BETWEEN i.occurred_at - %(preceded)s AND i.occurred_at AND {unless}
    OFFSET 0
)"""
UNLESS = """NOT EXISTS (
    SELECT FROM customers_sourceprofile up JOIN interactions_interaction u ON u.profile_id = up.id
    WHERE up.customer_id = p.customer_id AND u.kind = ANY(%(unless_kinds)s) AND u.withdrawn = ''
      AND u.occurred_at >= b.occurred_at AND u.recorded_at <= i.recorded_at
    OFFSET 0
)"""

STATEMENT = """
    SELECT p.customer_id, i.recorded_at, i.id
    FROM interactions_interaction i
    JOIN customers_sourceprofile p ON p.id = i.profile_id
    JOIN customers_customer c ON c.id = p.customer_id
    WHERE i.recorded_at >= %(since)s AND i.recorded_at < %(until)s
      AND (i.recorded_at, i.id) > (%(since)s, %(after)s::bigint)
      AND i.occurred_at > i.recorded_at - %(fresh)s AND i.withdrawn = ''
      AND {conditions}
    ORDER BY i.recorded_at, i.id LIMIT %(limit)s
"""


def entries(rule: MomentRule, since: datetime, until: datetime, *, after: int = 0, limit: int) -> list[Find]:
    """What the rule sees in the interactions recorded in [since, until), oldest first, at most `limit`. With `after`,
    the id of an interaction recorded at `since`, it goes on behind that one."""
    params = {**_params(rule), "since": since, "until": until, "after": after, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(conditions=" AND ".join(_conditions(rule))), params)
        return [Find(customer, at, entry) for customer, at, entry in cursor.fetchall()]


def _conditions(rule: MomentRule) -> Iterator[str]:
    yield from (condition.format(e="i") for condition in _entry_like(rule))
    if rule.tiers:
        yield TIERS
    if rule.promotion_days:
        yield PROMOTION
    if rule.preceded_by:
        yield PRECEDED.format(unless=UNLESS if rule.unless_kinds else "true")
    if rule.first:
        yield FIRST.format(alike=" AND ".join(condition.format(e="e") for condition in _entry_like(rule)))


def _entry_like(rule: MomentRule) -> Iterator[str]:
    """What is said of the entry itself; what is empty fits all."""
    yield NOT_THESE
    asked: tuple[tuple[object, str], ...] = (
        (rule.channels, CHANNELS),
        (rule.kinds, KINDS),
        (rule.direction, DIRECTION),
        (rule.sentiment, SENTIMENT),
        (rule.dispositions, DISPOSITIONS),
        (rule.words.strip(), WORDS),
        (rule.least_amount, AMOUNT),
        (rule.currency, CURRENCY),
        (rule.touchpoint, TOUCHPOINT),
        (rule.spoken, SPOKEN),
    )
    yield from (condition for wanted, condition in asked if wanted)


def _params(rule: MomentRule) -> dict[str, Any]:
    return {
        "never": [OWN_NOTES, *([] if VISIT in rule.kinds else [VISIT])],
        "channels": list(rule.channels),
        "kinds": list(rule.kinds),
        "direction": rule.direction,
        "sentiment": rule.sentiment,
        "dispositions": list(rule.dispositions),
        "words": rule.words.replace("\0", ""),
        "least_amount": rule.least_amount,
        "currency": rule.currency,
        "touchpoint": rule.touchpoint,
        "tiers": [tier.lower() for tier in rule.tiers],
        "not_promotion": [str(Purpose.SERVICE), str(Purpose.SURVEY)],
        "reaches": [str(outcome) for outcome in Delivery.REACHES],
        "promotion": timedelta(days=rule.promotion_days or 0),
        "preceded_by": list(rule.preceded_by),
        "preceded": timedelta(hours=rule.preceded_hours),
        "unless_kinds": list(rule.unless_kinds),
        "fresh": timedelta(hours=rule.fresh_hours),
    }
