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
from psycopg.types.numeric import Int4, Int8

from apps.contact.models import ContactPolicy, Delivery, Purpose
from apps.contact.statement import FACTS, SURVIVORS
from apps.foundation.db.server_cursor import prepared_cursor

BATCH = 20_000  # customers a statement
FEW = 100  # for so many the statement is planned once a connection: planning it takes longer than answering
COMPLAINT_LASTS = timedelta(days=14)  # a complaint nobody has answered for
COMPLAINTS = ["complaint"]  # wrap-up codes by which a conversation is a complaint
RELIEFS = ["praise", "resolved"]  # and by which a later one shows that all is well again
BLOCKING_TAGS = ["health", "dispute", "minor"]
OF_AGE = 18  # years
YIELDS = timedelta(days=1)  # what matters less keeps away from what matters more
UNRANKED = 100  # the priority of a purpose without a policy
NOT_REACHED = ["email_bounced", "push_bounced", "message_failed"]


class Counted(NamedTuple):
    """How many contacts count under one policy, and, where it is used up, when that one was whose falling out of its
    days leaves room for another."""

    contacts: int
    room_from: datetime | None = None


@dataclass(slots=True)
class ContactFacts:
    """What bears on contacting one customer. `stops` are `person` and identifier types; `said` is the status that
    holds by channel, `refused` are the channels over which not even service is wanted; `first` is when the first of
    what matters more is due; `counted` is by the place of a policy in `Question.caps`, and lacks those under which
    nothing counts."""

    timezone: str | None = None
    stops: set[str] | None = None
    said: dict[str, str] = field(default_factory=dict)
    refused: set[str] | None = None
    hours: tuple[time, time] | None = None
    tags: set[str] | None = None
    complaint: datetime | None = None
    first: datetime | None = None
    counted: dict[int, Counted] | None = None

    def add(self, kind: str, word: str, number: int, contacts: int, at: Any, opens: time, closes: time) -> None:
        """Take in a row of the statement that few have; what its kind of fact does not have is None."""
        if kind == "counted":
            self.counted = self.counted or {}
            self.counted[number] = Counted(contacts, at)
        elif kind == "stop":
            self.stops = (self.stops or set()) | {word}
        elif kind == "refused":
            self.refused = (self.refused or set()) | {word}
        elif kind == "tag":
            self.tags = (self.tags or set()) | {word}
        elif kind == "complaint":
            self.complaint = max(filter(None, (self.complaint, at)))
        elif kind == "first":
            self.first = at
        elif kind == "hours":
            self.hours = opens, closes


class Question(NamedTuple):
    """What is asked about customers: which channels, for what, when, under which policies (only those with a cap
    count here); `ranks` are the purposes' priorities; `but` is the delivery that asks, which does not count."""

    channels: Sequence[str]
    purpose: str
    at: datetime
    caps: Sequence[ContactPolicy]
    ranks: Mapping[str, int]
    but: int = 0


def facts(customers: Sequence[int], question: Question) -> Iterator[tuple[Sequence[int], dict[int, ContactFacts]]]:
    """The customers, some thousand at a time, with the facts of each there is; of one found to be somebody else, those
    of whoever they are now."""
    for asked, found in _read(customers, question):
        if absorbed := [pk for pk in asked if pk not in found]:
            with connection.cursor() as cursor:
                cursor.execute(SURVIVORS, [absorbed])
                survivors: dict[int, int] = dict(cursor.fetchall())
            known: dict[int, ContactFacts] = {}
            for _asked, more in _read(list({*survivors.values()} - found.keys()), question):
                known |= more
            found |= {pk: found.get(living) or known[living] for pk, living in survivors.items()}
        yield asked, found


def _read(customers: Sequence[int], question: Question) -> Iterator[tuple[Sequence[int], dict[int, ContactFacts]]]:
    params = _params(question)
    for start in range(0, len(customers), BATCH):
        asked = customers[start : start + BATCH]
        found: dict[int, ContactFacts] = {}
        for pk, kind, word, channel, number, contacts, at, opens, closes in _rows(asked, params):
            about = found.get(pk)
            if about is None:
                about = found[pk] = ContactFacts()
            if kind == "zone":  # nearly all rows are one of these two
                about.timezone = word
            elif kind == "said":
                about.said[channel] = word
            else:
                about.add(kind, word, number, contacts, at, opens, closes)
        yield asked, {pk: about for pk, about in found.items() if about.timezone is not None}  # others were merged


def _rows(customers: Sequence[int], params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    planned = len(customers) <= FEW
    with prepared_cursor() if planned else connection.cursor() as cursor:
        cursor.execute(FACTS, {**params, "customers": [*map(Int8, customers)] if planned else list(customers)})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _params(question: Question) -> dict[str, Any]:
    """Numbers of one width whatever they are: what is planned is known by its text and the types of its parameters."""
    longest = max([policy.cap_days or 1 for policy in question.caps], default=1)
    caps = [
        {"number": number, "cap": cap.cap, "days": cap.cap_days or 1, "channel": cap.channel, "purpose": cap.purpose}
        for number, cap in enumerate(question.caps)
    ]
    return {
        "channels": list(question.channels),
        "purpose": question.purpose,
        "opt_in": Purpose.opt_in(question.purpose),
        "at": question.at,
        "complaints_since": question.at - COMPLAINT_LASTS,
        "looked_back": question.at - max(COMPLAINT_LASTS, timedelta(days=longest)),
        "tags": BLOCKING_TAGS,
        "of_age": Int4(OF_AGE),
        "bad": COMPLAINTS,
        "good": RELIEFS,
        "not_reached": NOT_REACHED,
        "reaches": [str(outcome) for outcome in Delivery.REACHES],
        "yields": YIELDS,
        "ranks": orjson.dumps(dict(question.ranks)).decode(),
        "unranked": Int4(UNRANKED),
        "rank": Int4(question.ranks.get(question.purpose, UNRANKED)),
        "caps": orjson.dumps(caps).decode(),
        "but": Int8(question.but),
    }
