"""What the API says and hears of moments; docs/api.md shows examples."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime, ConfigDict, StringConstraints, model_validator

from apps.contact.models import Consent
from apps.moments.models import Handoff, Outcome, State, Step, Tag

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
ORIGINS = 20


class WhoOut(Schema):
    """A person, with their team, or a team's queue (`person` is empty then)."""

    person: str
    team: str


class MomentOut(Schema):
    """A moment as the token's person may see it: for a marketer what was disclosed, in which `happened_at` and `tags`
    are empty, `who` is a short name, and `customer` is null until the moment is theirs. `week` is the ISO week it
    happened in."""

    id: UUID
    version: int = Field(description="Grows with every step. Send it along with what you do, to act on what you saw.")
    state: State
    outcome: str = Field(description="What came of it; empty while it lives.")
    kind: str
    customer: UUID | None
    who: str
    words: str = Field(description="The customer's own.")
    suggestion: str
    category: str
    value: str = Field(description="An amount with its currency, such as `120.00 EUR`.")
    week: str
    happened_at: datetime | None
    tags: list[str]
    purpose: str
    channel: str
    due: datetime
    answer_by: datetime | None
    snoozed_until: datetime | None
    owner: WhoOut
    offered_to: WhoOut | None
    handoff: str
    line: str
    created_at: datetime
    changed_at: datetime


class MomentList(Schema):
    """`older` is the `before` of the next page, null at the end."""

    moments: list[MomentOut]
    older: str | None


class StepOut(Schema):
    """One step of a moment. `version` is the moment's after it; `by` is empty where time or a rule acted."""

    act: Step.Act
    at: datetime
    by: str
    to: str
    note: str
    version: int


class MomentStory(MomentOut):
    """A moment with its latest steps, the newest first."""

    steps: list[StepOut]


class MomentIn(Schema):
    """What was seen of a customer. Say at least what they said or what should be done."""

    model_config = ConfigDict(extra="forbid")

    customer: UUID
    kind: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = Field(
        "", description="In the customer's own words."
    )
    suggestion: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    tags: list[Tag] = Field(default_factory=list, max_length=len(Tag.values))
    value: Decimal | None = Field(None, ge=0, max_digits=13, decimal_places=3)
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    due: AwareDatetime | None = None
    happened_at: AwareDatetime | None = None
    channel: Consent.Channel | None = None
    words_travel: bool = Field(False, description="The words may leave the service side, without names and numbers.")
    interactions: list[int] = Field(
        default_factory=list, max_length=ORIGINS, description="Ids of the entries of the story that it grew from."
    )

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if not self.words and not self.suggestion:
            raise ValueError("words or suggestion is needed")
        if self.value is not None and not self.currency:
            raise ValueError("value needs a currency")
        return self

    def digest(self) -> str:
        """Tells a repetition from another request under the same key."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=8).hexdigest()


class SeenIn(Schema):
    """`version` is the moment's as you saw it: if it has changed since, nothing is done (409). Left out, it is not
    looked at."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None


class ReasonIn(SeenIn):
    reason: Reason


class OfferIn(SeenIn):
    """Name one of the two: a team by its name, or a person by their user name."""

    team: Annotated[str, StringConstraints(max_length=80)] = ""
    person: Annotated[str, StringConstraints(max_length=150)] = ""
    handoff: Handoff = Handoff.TRANSFER
    note: Line = ""

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if bool(self.team) == bool(self.person):
            raise ValueError("team or person is needed")
        return self


class SnoozeIn(SeenIn):
    until: AwareDatetime


class FinishIn(SeenIn):
    """`line` goes to whoever sent it. With `channel` the customer was contacted over it, which needs permission."""

    outcome: Outcome
    line: Line = ""
    channel: Consent.Channel | None = None
