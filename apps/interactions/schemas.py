"""What the API says and hears of interactions; docs/api.md shows examples."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict, StringConstraints, model_validator

from apps.customers.models import IdentifierType
from apps.foundation.text.numbers import exact
from apps.interactions.models import Channel, Direction, Sentiment

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class FoundOut(Schema):
    """A customer who may be meant. `by` is the type of identifier, `reference` or `name`; `exact` tells a whole value
    from the beginning or end of one."""

    id: UUID
    name: str
    tier: str
    city: str
    by: str
    value: str
    exact: bool
    phone: str
    email: str
    last_at: datetime | None
    last_channel: str


class FoundList(Schema):
    customers: list[FoundOut]


class EntryOut(Schema):
    """One touch. `occurred_at` is when it happened, `recorded_at` when it was learned of. A visit (`kind` `visit`)
    has its newest pages and their number in `payload`."""

    id: int
    occurred_at: datetime
    recorded_at: datetime
    ended_at: datetime | None
    channel: Channel
    kind: str
    direction: Direction
    title: str
    body: str
    verbatim: str
    read_back: str
    sentiment: str
    amount: Decimal | None
    currency: str
    touchpoint: str
    staff_name: str
    disposition: str | None
    reference: str
    thread: str
    source: str
    payload: dict[str, Any]

    @staticmethod
    def resolve_amount(obj: Any) -> Decimal | None:
        """With the decimals of its currency."""
        return exact(obj.amount, obj.currency) if obj.amount is not None else None

    @staticmethod
    def resolve_disposition(obj: Any) -> str | None:
        """Of an interaction, or of what this schema has made of one already."""
        code: str | None = getattr(obj.disposition, "code", obj.disposition)
        return code


class TimelineOut(Schema):
    """`older` is the `before` of the next page, null at the start of the history. `hidden` counts the entries in this
    stretch of time which the token's person may not read (100 stands for 100 or more)."""

    customer: UUID
    entries: list[EntryOut]
    older: str | None
    hidden: int


class IdentifierIn(Schema):
    """`verified` says that the customer has proved it is theirs (signed in, answered a code): only then may it show
    that two customers are one. A number that merely called is not."""

    model_config = ConfigDict(extra="forbid")

    type: IdentifierType
    value: Key
    verified: bool = False


class PromiseIn(Schema):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    due_at: AwareDatetime


class InteractionIn(Schema):
    """What happened, and to whom: a `customer` we gave the id of, or `identifiers` that name one (who is made if
    nobody has them). Times carry their UTC offset."""

    model_config = ConfigDict(extra="forbid")

    customer: UUID | None = None
    identifiers: list[IdentifierIn] = Field([], max_length=10)
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        "", description="Of the customer, where they are named by identifiers."
    )
    idempotency_key: Key | None = Field(None, description="Instead of the header `Idempotency-Key`.")
    channel: Channel
    kind: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = Field(
        "", description="Finer than the channel, such as `complaint`; the channel if empty."
    )
    direction: Direction = Direction.INBOUND
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    body: str = Field("", max_length=100_000)
    verbatim: str = Field("", max_length=10_000, description="The customer's own words.")
    read_back: str = Field("", max_length=5_000, description="What was said back, to show that it was heard.")
    sentiment: Sentiment | None = None
    occurred_at: AwareDatetime | None = Field(None, description="Now, if left out.")
    ended_at: AwareDatetime | None = None
    amount: Decimal | None = Field(None, max_digits=15, decimal_places=3)
    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = ""
    touchpoint: Short = ""
    staff_name: Short = ""
    disposition: str | None = Field(None, description="A wrap-up code.")
    reference: Short = ""
    thread: Short = ""
    promise: PromiseIn | None = Field(None, description="Only with `customer`; the token's person owns it.")

    @model_validator(mode="after")
    def names_somebody(self) -> Self:
        if (self.customer is None) == (not self.identifiers):
            raise ValueError("either customer or identifiers")
        if self.promise and self.customer is None:
            raise ValueError("a promise needs customer")
        return self

    def digest(self) -> str:
        """Tells another request under the same key from the same one again."""
        return hashlib.sha256(self.model_dump_json(exclude={"idempotency_key"}).encode()).hexdigest()


class LoggedOut(Schema):
    customer: UUID
    interaction: EntryOut
