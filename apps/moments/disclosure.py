"""What leaves the service side when a moment is handed to another department: a small typed copy, and nothing else.

The copy is made when a moment is offered and stays as it was; what its sender was shown before is made by the same
function. Whoever receives it reads only this.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.utils import timezone

from apps.accounts.models import Role, Team, User
from apps.customers.models import SourceProfile
from apps.foundation.redaction import short_name, without_surname
from apps.foundation.text.numbers import exact
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, Tag

LONGEST = 600  # characters of the customer's words that are disclosed


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy. `who` is a first name with an initial, `week` the ISO week in which it happened, `due` an ISO time."""

    kind: str
    who: str
    category: str
    week: str
    suggestion: str
    due: str
    purpose: str
    channel: str
    value: str
    verbatim: str

    @classmethod
    def read(cls, kept: dict[str, Any] | None) -> Self | None:
        """What was kept in `Moment.disclosed`; fields it does not know are empty."""
        return None if kept is None else cls(**{name: str(kept.get(name, "")) for name in cls.__slots__})

    def kept(self) -> dict[str, str]:
        return asdict(self)


def copy_of(moment: Moment, name: str) -> Copy:
    """The copy of a moment (saved or not) of a customer of this name."""
    week = timezone.localtime(moment.happened_at).date().isocalendar()
    value = f"{exact(moment.value, moment.currency)} {moment.currency}".strip() if moment.value is not None else ""
    return Copy(
        kind=moment.kind,
        who=short_name(name),
        category=without_surname(moment.category, name),
        week=f"{week.year}-W{week.week:02}",
        suggestion=without_surname(moment.suggestion, name),
        due=moment.due_at.isoformat(),
        purpose=moment.purpose,
        channel=moment.channel,
        value=value,
        verbatim=without_surname(moment.reason, name)[:LONGEST] if moment.disclose_words else "",
    )


def leaves(team: Team | None, user: User | None) -> bool:
    """Whether a moment offered to them leaves the service side: to another department, or to a marketer."""
    if user and user.role == Role.MARKETER:
        return True
    desk = team or (user.team if user else None)
    return bool(desk and desk.kind == Team.Kind.DEPARTMENT)


def blocked_by(moment: Moment) -> list[str]:
    """What a moment or its customer touches that keeps it inside; `kind` where no moment of its kind leaves."""
    kind = kind_of(moment.kind)
    if not kind.may_leave:
        return ["kind"]
    touched = {*moment.tags, *tags_of([moment.profile.customer_id])[moment.profile.customer_id]}
    return [tag for tag in Tag.values if tag in touched and tag in kind.blocked_tags]


def tags_of(customers: Collection[int]) -> Mapping[int, set[str]]:
    """What sources say these customers touch, on any of their profiles. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    tagged = SourceProfile.objects.filter(customer__in=customers, traits__has_key="tags")
    for customer, tags in tagged.values_list("customer_id", "traits__tags"):
        words = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
        found[customer].update(str(word).strip().lower() for word in words)
    return found
