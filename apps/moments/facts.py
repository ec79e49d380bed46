"""What bears on whether customers may be contacted, read for any number of them in one statement.

Nothing is remembered: an answer is as old as its statement. What counts as a contact, and as what:

- a `Delivery` that was sent or is scheduled;
- an outbound interaction: of the channel `campaign` as marketing (over the channel its kind names, else e-mail), of
  `survey` as a survey, of `email`, `sms`, `voice` and `app` as service. What bounced or failed does not count.

Entries that share a thread or key on one day are one contact: it was sent, delivered, and told by two systems.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import orjson
from django.db import connection

from apps.customers.models import Purpose
from apps.moments.models import LIVE, ContactPolicy, Delivery
from apps.moments.prepared import execute

BATCH = 20_000  # customers a statement
FEW = 100  # for so many the statement is planned once a connection: planning it takes longer than answering
TYPES = {
    **dict.fromkeys(("channels", "tags", "live", "bad", "good", "not_reached", "reaches"), "text[]"),
    **dict.fromkeys(("purpose", "channel", "ranks"), "text"),
    **dict.fromkeys(("at", "complaints_since", "looked_back"), "timestamptz"),
    **dict.fromkeys(("of_age", "yields", "days"), "interval"),
    **dict.fromkeys(("unranked", "rank", "cap"), "int"),
    "but": "bigint",
    "ids": "bigint[]",
}
COMPLAINT_LASTS = timedelta(days=14)  # a complaint nobody has answered for
COMPLAINTS = ["complaint"]  # wrap-up codes by which a conversation is a complaint
RELIEFS = ["praise", "resolved"]  # and by which a later one shows that all is well again
BLOCKING_TAGS = ["health", "dispute", "minor"]
OF_AGE = "18 years"
YIELDS = timedelta(days=1)  # what matters less keeps away from what matters more
UNRANKED = 100  # the priority of a purpose without a policy
NOT_REACHED = ["email_bounced", "push_bounced", "message_failed"]

# One row a fact: (customer, kind, words). As a union each part is planned by itself: that is quicker than joining them
# would be, for one customer as for all.
PROFILES = """
    profile AS MATERIALIZED (
        SELECT p.customer_id AS asked, p.id, p.traits->'tags' AS tags
        FROM customers_sourceprofile p WHERE p.customer_id = ANY(%(ids)s::bigint[])
    )
"""
RECENT = """
    recent AS MATERIALIZED (
        SELECT profile.asked, i.id, i.channel, i.kind, i.direction, i.thread, i.sentiment, i.occurred_at AS at,
               i.disposition_id
        FROM profile JOIN interactions_interaction i ON i.profile_id = profile.id
        WHERE i.occurred_at > %(looked_back)s
          AND (i.direction = 'outbound' OR i.sentiment <> '' OR i.disposition_id IS NOT NULL)
    )
"""
PEOPLE = """
    SELECT c.id, 'zone', c.timezone FROM customers_customer c
    WHERE c.id = ANY(%(ids)s::bigint[]) AND c.merged_into_id IS NULL
"""
STOPS = """
    SELECT profile.asked, 'stop', 'person' FROM customers_suppression s JOIN profile ON profile.id = s.profile_id
    WHERE s.lifted_at IS NULL
    UNION ALL
    SELECT profile.asked, 'stop', s.type FROM profile
    JOIN customers_evidence e ON e.profile_id = profile.id AND e.active
    JOIN customers_identifier i ON i.id = e.identifier_id
    JOIN customers_suppression s ON s.type = i.type AND s.value = i.value
    WHERE s.lifted_at IS NULL AND s.profile_id IS NULL
"""
CONSENTS = """
    SELECT asked, 'said', channel || ' ' || status FROM (
        SELECT DISTINCT ON (profile.asked, c.channel) profile.asked, c.channel, c.status
        FROM profile JOIN customers_consent c ON c.profile_id = profile.id
        WHERE c.purpose = %(purpose)s AND c.channel = ANY(%(channels)s)
        ORDER BY profile.asked, c.channel, c.at DESC, c.status = 'granted', c.status
    ) said
"""
HOURS = """
    SELECT asked, 'hours', hours FROM (
        SELECT DISTINCT ON (profile.asked) profile.asked, p.hours_from || ' ' || p.hours_to AS hours
        FROM customers_preference p JOIN profile ON profile.id = p.profile_id
        ORDER BY profile.asked, p.at DESC, p.id DESC
    ) hours WHERE hours IS NOT NULL
"""
TAGS = """
    SELECT asked, 'tag', lower(trim(tag)) FROM profile CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(tags) WHEN 'array' THEN tags
        WHEN 'string' THEN to_jsonb(string_to_array(tags #>> '{}', ',')) ELSE '[]' END) AS tag
    WHERE tags IS NOT NULL AND lower(trim(tag)) = ANY(%(tags)s)
    UNION ALL
    SELECT c.id, 'tag', 'minor' FROM customers_customer c
    WHERE c.id = ANY(%(ids)s::bigint[]) AND c.born > %(at)s - %(of_age)s::interval
    UNION ALL
    SELECT profile.asked, CASE tag WHEN 'complaint' THEN 'complaint' ELSE 'tag' END,
           CASE tag WHEN 'complaint' THEN m.happened_at::text ELSE tag END
    FROM profile JOIN moments_moment m ON m.profile_id = profile.id CROSS JOIN LATERAL unnest(m.tags) AS tag
    WHERE m.state = ANY(%(live)s)
"""
COMPLAINTS_FELT = """
    SELECT asked, 'complaint', bad::text FROM (
        SELECT asked,
               max(at) FILTER (WHERE sentiment = 'negative' AND direction = 'inbound' OR code = ANY(%(bad)s)) AS bad,
               max(at) FILTER (WHERE sentiment = 'positive' OR code = ANY(%(good)s)) AS good
        FROM recent LEFT JOIN (SELECT id AS disposition_id, code FROM interactions_disposition) d USING (disposition_id)
        WHERE at > %(complaints_since)s GROUP BY asked
    ) felt
    WHERE bad > COALESCE(good, '-infinity') AND NOT EXISTS (
        SELECT FROM profile JOIN interactions_followup f ON f.profile_id = profile.id
        WHERE profile.asked = felt.asked AND f.state = 'kept' AND f.closed_at > felt.bad
    )
"""
SENT = """
    SELECT asked, 'sent', concat_ws('|' {columns}) FROM (SELECT asked, at, ahead, rank {which} FROM (
        SELECT DISTINCT ON (asked, key, at::date) asked, channel, purpose, at, ahead,
               COALESCE((%(ranks)s::jsonb ->> purpose)::int, %(unranked)s) AS rank
        FROM (
            SELECT asked, COALESCE(NULLIF(thread, ''), id::text) AS key, at, false AS ahead, 2 AS trust,
                   CASE WHEN channel IN ('campaign', 'survey') THEN
                       CASE split_part(kind, '_', 1) WHEN 'push' THEN 'app' WHEN 'sms' THEN 'sms'
                       WHEN 'call' THEN 'voice' WHEN 'letter' THEN 'post' ELSE 'email' END
                   ELSE channel END AS channel,
                   CASE channel WHEN 'campaign' THEN 'marketing' WHEN 'survey' THEN 'survey' ELSE 'service' END
                   AS purpose
            FROM recent WHERE direction = 'outbound' AND kind <> ALL(%(not_reached)s)
              AND channel IN ('campaign', 'survey', 'email', 'sms', 'voice', 'app')
            UNION ALL
            SELECT profile.asked, d.key, d.at, d.outcome = 'scheduled', 1, d.channel, d.purpose
            FROM profile JOIN moments_delivery d ON d.profile_id = profile.id
            WHERE d.at > %(looked_back)s AND d.outcome = ANY(%(reaches)s) AND d.id <> %(but)s
        ) told ORDER BY asked, key, at::date, trust, at
    ) sent) weighed GROUP BY asked
"""
# When the first of what matters more is due, where that is close; then for each policy how many contacts it counts, and
# when the first of them was that is one too many. What is only scheduled and matters less does not stand in the way.
FIRST = """, COALESCE((min(at) FILTER (
    WHERE ahead AND rank < %(rank)s AND at BETWEEN %(at)s - %(yields)s AND %(at)s + %(yields)s))::text, '')"""
CAP = """, count(*) FILTER (WHERE w{number}), CASE WHEN count(*) FILTER (WHERE w{number}) < %(cap{number})s THEN '' ELSE
    COALESCE((array_agg(at ORDER BY at) FILTER (WHERE w{number}))[
        (count(*) FILTER (WHERE w{number}))::int - %(cap{number})s + 1]::text, '') END"""
WHICH = """, at > %(at)s - %(days{number})s AND at < %(at)s + %(days{number})s
    AND (%(channel{number})s = '' OR channel = %(channel{number})s)
    AND (%(purpose{number})s = '' OR purpose = %(purpose{number})s) AND NOT (ahead AND rank > %(rank)s) AS w{number}"""

SURVIVORS = """
    WITH RECURSIVE chain AS (
        SELECT c.id AS asked, c.id, c.merged_into_id FROM customers_customer c WHERE c.id = ANY(%s::bigint[])
        UNION ALL
        SELECT chain.asked, c.id, c.merged_into_id FROM chain JOIN customers_customer c ON c.id = chain.merged_into_id
    )
    SELECT asked, id FROM chain WHERE merged_into_id IS NULL
"""


@dataclass(slots=True)
class Facts:
    """What bears on contacting one customer. `stops` are `person` and identifier types; `said` is the status that
    holds by channel; `counted` is, for each policy with a cap, how many contacts it counts and, where it is used up,
    when that one was whose falling out of its days leaves room for another (still as text; empty: none were)."""

    timezone: str | None = None
    stops: set[str] | None = None
    said: dict[str, str] = field(default_factory=dict)
    hours: tuple[time, time] | None = None
    tags: set[str] | None = None
    complaint: datetime | None = None
    first: datetime | None = None
    counted: Sequence[str] = ()

    def learn(self, kind: str, words: str) -> None:
        """Take in one row."""
        if kind == "said":
            channel, _space, status = words.partition(" ")
            self.said[channel] = status
        elif kind == "zone":
            self.timezone = words
        elif kind == "sent":
            first, *self.counted = words.split("|")
            self.first = moment(first)
        elif kind == "stop":
            self.stops = (self.stops or set()) | {words}
        elif kind == "hours":
            start, _space, end = words.partition(" ")
            self.hours = time.fromisoformat(start), time.fromisoformat(end)
        elif kind == "tag":
            self.tags = (self.tags or set()) | {words}
        elif kind == "complaint":
            self.complaint = max(filter(None, (self.complaint, moment(words))))


def moment(text: str) -> datetime | None:
    """A time as the database writes it."""
    return datetime.fromisoformat(text) if text else None


class Question(NamedTuple):
    """What is asked about customers: which channels, for what, when, under which policies (only those with a cap
    count here); `ranks` are the purposes' priorities; `but` is the delivery that asks, which does not count."""

    channels: Sequence[str]
    purpose: str
    at: datetime
    caps: Sequence[ContactPolicy]
    ranks: Mapping[str, int]
    but: int = 0


def facts(customers: Sequence[int], question: Question) -> Iterator[tuple[Sequence[int], dict[int, Facts]]]:
    """The customers, some thousand at a time, with the facts of each there is; of one found to be somebody else, those
    of whoever they are now."""
    for asked, found in _read(customers, question):
        if absorbed := [pk for pk in asked if pk not in found]:
            with connection.cursor() as cursor:
                cursor.execute(SURVIVORS, [absorbed])
                survivors: dict[int, int] = dict(cursor.fetchall())
            known: dict[int, Facts] = {}
            for _asked, more in _read(list({*survivors.values()} - found.keys()), question):
                known |= more
            found |= {pk: found.get(living) or known[living] for pk, living in survivors.items()}
        yield asked, found


def _read(customers: Sequence[int], question: Question) -> Iterator[tuple[Sequence[int], dict[int, Facts]]]:
    for asked, rows in _rows(customers, _statement(question), _params(question)):
        found: dict[int, Facts] = {}
        for pk, kind, words in rows:
            one = found.get(pk)
            if one is None:
                one = found[pk] = Facts()
            one.learn(kind, words)
        yield asked, {pk: one for pk, one in found.items() if one.timezone is not None}  # others were merged


def _rows(
    customers: Sequence[int], statement: str, params: dict[str, Any]
) -> Iterator[tuple[Sequence[int], list[tuple[int, str, str]]]]:
    with connection.cursor() as cursor:
        for start in range(0, len(customers), BATCH):
            asked = customers[start : start + BATCH]
            if len(asked) <= FEW:
                execute(cursor, statement, {**params, "ids": list(asked)}, _type_of)
            else:
                cursor.execute(statement, {**params, "ids": list(asked)})
            yield asked, cursor.fetchall()


def _type_of(parameter: str) -> str:
    """The type of a parameter of the statement; those of policies are numbered."""
    return TYPES[parameter.rstrip("0123456789")]


def _statement(question: Question) -> str:
    numbers = range(len(question.caps))
    columns = FIRST + "".join(CAP.format(number=number) for number in numbers)
    sent = SENT.format(columns=columns, which="".join(WHICH.format(number=number) for number in numbers))
    parts = [STOPS, CONSENTS, HOURS, sent, *((TAGS, COMPLAINTS_FELT) if Purpose.opt_in(question.purpose) else ())]
    return f"WITH {PROFILES}, {RECENT} {PEOPLE} UNION ALL {' UNION ALL '.join(parts)}"


def _params(question: Question) -> dict[str, Any]:
    longest = max([policy.cap_days or 1 for policy in question.caps], default=1)
    params: dict[str, Any] = {
        "channels": list(question.channels),
        "purpose": question.purpose,
        "at": question.at,
        "complaints_since": question.at - COMPLAINT_LASTS,
        "looked_back": question.at - max(COMPLAINT_LASTS, timedelta(days=longest)),
        "tags": BLOCKING_TAGS,
        "of_age": OF_AGE,
        "live": list(LIVE),
        "bad": COMPLAINTS,
        "good": RELIEFS,
        "not_reached": NOT_REACHED,
        "reaches": list(Delivery.REACHES),
        "yields": YIELDS,
        "ranks": orjson.dumps(dict(question.ranks)).decode(),
        "unranked": UNRANKED,
        "rank": question.ranks.get(question.purpose, UNRANKED),
        "but": question.but,
    }
    for number, policy in enumerate(question.caps):
        params |= {
            f"cap{number}": policy.cap,
            f"days{number}": timedelta(days=policy.cap_days or 1),
            f"channel{number}": policy.channel,
            f"purpose{number}": policy.purpose,
        }
    return params
