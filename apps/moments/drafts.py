"""A moment to be: what somebody, or a rule, has seen. Pure values."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class MomentDraft:
    """What was seen of one customer. Fields are those of `Moment`; `origins` are the ids of the interactions it grew
    from. `key` makes sending it twice harmless."""

    kind: str
    key: str
    reason: str = ""
    suggestion: str = ""
    due_at: datetime | None = None
    happened_at: datetime | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    value: Decimal | None = None
    currency: str = ""
    channel: str = ""
    disclose_words: bool = False
    origins: tuple[int, ...] = ()
    rule: str = ""
