"""What leaves the service side when a moment is handed to another department: a small typed copy, and nothing else.

The copy is made when a moment is offered and stays as it was; what its sender was shown before is made by the same
function. Whoever receives it reads only this.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.utils import timezone

from apps.accounts.models import Role, Team, User
from apps.channels.masking import mask, storable
from apps.customers.models import SourceProfile
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, Tag

LONGEST = 600  # characters of the customer's words that travel
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HANDLE = re.compile(r"(?<!\w)@\w{2,}")
NUMBER = re.compile(r"\+?\d(?:[\s()/.\-\u2013]{0,2}\d){6,}")  # telephones, accounts, orders
HIDDEN = "***"
SHORTEST = 2  # letters of a name that is looked for
# Parts of many names that are words of every day: without them a text is still nobody's.
EVERYDAY = "al bin das de del den der di dos dr du el frau herr la le les mme mr mrs ms of the van von y zu"
PARTICLES = frozenset(EVERYDAY.split())


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
        """What was kept in `Moment.travels`; fields it does not know are empty."""
        return None if kept is None else cls(**{name: str(kept.get(name, "")) for name in cls.__slots__})

    def kept(self) -> dict[str, str]:
        return asdict(self)


def copy_of(moment: Moment, name: str) -> Copy:
    """The copy of a moment (saved or not) of a customer of this name."""
    week = timezone.localtime(moment.happened_at).date().isocalendar()
    value = f"{moment.value:.2f} {moment.currency}".strip() if moment.value is not None else ""
    return Copy(
        kind=moment.kind,
        who=short_name(name),
        category=unspoken(moment.category, name),
        week=f"{week.year}-W{week.week:02}",
        suggestion=unspoken(moment.suggestion, name),
        due=moment.due_at.isoformat(),
        purpose=moment.purpose,
        channel=moment.channel,
        value=value,
        verbatim=unspoken(moment.reason, name)[:LONGEST] if moment.words_travel else "",
    )


def short_name(name: str) -> str:
    """`Anna Weber`: “Anna W.” Where an address or a number stands for the name, that stays here too."""
    first, *rest = unnumbered(name).split() or [""]
    return f"{first} {rest[-1][0]}." if rest else first


def unspoken(text: str, name: str = "") -> str:
    """The text without card numbers, addresses, handles, long numbers and the customer's surname."""
    first, *rest = name.split() or [""]
    surnames = {" ".join(rest), *names(" ".join(rest))} - {first, ""}
    return without(unnumbered(text), sorted(surnames, key=len, reverse=True))


def names(name: str) -> Iterator[str]:
    """The parts of a name as they might stand in a text: `Thandiwe Nkosi-Williams`: Thandiwe, Nkosi, Williams."""
    parts = (part for part in re.split(r"[\s,.\-\u2010-\u2015]+", name) if len(part) >= SHORTEST)
    yield from (part for part in parts if part.lower() not in PARTICLES)


def unnumbered(text: str) -> str:
    """The text without card numbers, addresses, handles and long numbers."""
    text = mask(storable(text))
    for pattern in (ADDRESS, HANDLE, NUMBER):
        text = pattern.sub(HIDDEN, text)
    return text


def without(text: str, phrases: Iterable[str]) -> str:
    """The text without these words, whatever their case, and as one says them of whose something is."""
    for phrase in phrases:
        ending = "(?:['\u2019]?s|n)?" if len(phrase) > 3 else ""
        text = re.sub(rf"(?<!\w){re.escape(phrase)}{ending}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return text


def leaves(team: Team | None, user: User | None) -> bool:
    """Whether a moment offered to them leaves the service side: to another department, or to a marketer."""
    if user and user.role == Role.MARKETER:
        return True
    desk = team or (user.team if user else None)
    return bool(desk and desk.kind == Team.Kind.DEPARTMENT)


def blocked_by(moment: Moment) -> list[str]:
    """What a moment or its customer touches that keeps it inside; `kind` where no moment of its kind leaves."""
    kind = kind_of(moment.kind)
    if not kind.travels:
        return ["kind"]
    touched = {*moment.tags, *tags_of([moment.profile.customer_id])[moment.profile.customer_id]}
    return [tag for tag in Tag.values if tag in touched and tag in kind.blocked_tags]


def tags_of(customers: Collection[int]) -> Mapping[int, set[str]]:
    """What sources say these customers touch, on any of their profiles. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    told = SourceProfile.objects.filter(customer__in=customers, traits__has_key="tags")
    for customer, tags in told.values_list("customer_id", "traits__tags"):
        words = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
        found[customer].update(str(word).strip().lower() for word in words)
    return found
