"""May we contact this customer? One question, one answer with its reasons: for the desk, the API, and whoever sends.

`may_contact` asks about one customer, `may_contact_all` about any number at once. An answer holds for the instant it is
given; whoever acts on it uses `deliveries.use_permission`, which asks under a lock. The reasons come in the order of
`Code`: what stops for good first, what passes by itself last.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.contact.facts import YIELDS, ContactFacts, Counted, Question, facts
from apps.contact.models import Consent, ContactPolicy, Purpose
from apps.customers.models import IdentifierType
from apps.foundation.cache import Cached

ADDRESSED_BY: Mapping[str, frozenset[str]] = {  # the identifiers a channel reaches somebody by
    Consent.Channel.EMAIL: frozenset({IdentifierType.EMAIL}),
    Consent.Channel.SMS: frozenset({IdentifierType.PHONE}),
    Consent.Channel.VOICE: frozenset({IdentifierType.PHONE}),
    Consent.Channel.APP: frozenset({IdentifierType.USER_ID, IdentifierType.DEVICE}),
    Consent.Channel.POST: frozenset(),
}
RINGS = frozenset(
    {Consent.Channel.SMS, Consent.Channel.VOICE, Consent.Channel.APP}
)  # a letter disturbs nobody at night


NONE_COUNTED = Counted(0)


class Code(StrEnum):
    """Why not; for programs, and stays."""

    UNKNOWN = "unknown_customer"
    SUPPRESSED = "suppressed"
    ADDRESS_SUPPRESSED = "address_suppressed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not_asked"
    TAG = "tag"
    COMPLAINT = "complaint"
    CAP = "cap"
    YIELDS = "yields"
    QUIET = "quiet_hours"
    HOURS = "preferred_hours"


class Reason(NamedTuple):
    """Why not, for programs and for people; `until` is when it will have passed, if that is known."""

    code: Code
    words: str
    until: datetime | None = None


class Answer(NamedTuple):
    """Whether, and if not why not. `left` is how many more contacts the strictest cap allows; None: there is no cap."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    left: int | None = None

    @property
    def lasting(self) -> tuple[Reason, ...]:
        """Those that do not pass by themselves."""
        return tuple(reason for reason in self.reasons if reason.until is None)


class NotPermitted(Exception):
    """The customer may not be contacted over `channel` (empty: any) for `purpose`; `answer` says why."""

    def __init__(self, answer: Answer, channel: str, purpose: str) -> None:
        super().__init__(" ".join(reason.words for reason in answer.reasons))
        self.answer, self.channel, self.purpose = answer, channel, purpose


def may_contact(customer: int, channel: str, purpose: str, at: datetime | None = None) -> Answer:
    """Whether the customer of this id may be contacted over a channel (`Consent.Channel`) for a purpose, now or at a
    time to come. Raises ValueError for a channel there is not."""
    return may_contact_all([customer], channel, purpose, at)[customer]


def may_contact_all(
    customers: Iterable[int], channel: str, purpose: str, at: datetime | None = None
) -> dict[int, Answer]:
    """`may_contact` for each of these customers."""
    return {pk: by_channel[channel] for pk, by_channel in answers(customers, [channel], purpose, at).items()}


def lasting_reasons(customer: int, channel: str, purpose: str) -> tuple[Reason, ...]:
    """Why nobody may contact them, as far as it does not pass by itself; empty where somebody may, over this channel
    or, if it is empty, over one of them all."""
    channels = [channel] if channel else list(Consent.Channel.values)
    return _lasting(answers([customer], channels, purpose)[customer], channel)


def lasting_reasons_all(asked: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str, str], tuple[Reason, ...]]:
    """`lasting_reasons` for any number of customers with a channel and a purpose each: as many statements as there are
    purposes."""
    found: dict[tuple[int, str, str], tuple[Reason, ...]] = {}
    by_purpose: dict[str, set[tuple[int, str]]] = {}
    for customer, channel, purpose in asked:
        by_purpose.setdefault(purpose, set()).add((customer, channel))
    for purpose, wanted in by_purpose.items():
        given = answers({customer for customer, _channel in wanted}, list(Consent.Channel.values), purpose)
        for customer, channel in wanted:
            found[customer, channel, purpose] = _lasting(given[customer], channel)
    return found


def _lasting(given: Mapping[str, Answer], channel: str) -> tuple[Reason, ...]:
    stopped = [answer.lasting for name, answer in given.items() if channel in ("", name)]
    return min(stopped, key=len, default=()) if all(stopped) else ()


def require_permission(customer: int, channel: str, purpose: str) -> None:
    """What stops contact for good stops this; what passes by itself (a quiet hour) does not. Raises `NotPermitted`."""
    if reasons := lasting_reasons(customer, channel, purpose):
        raise NotPermitted(Answer(False, reasons), channel, purpose)


def answers(
    customers: Iterable[int], channels: Sequence[str], purpose: str, at: datetime | None = None, *, but: int = 0
) -> dict[int, dict[str, Answer]]:
    """The answer for each customer and channel, in a statement for every 20,000 customers. `but` is the id of a
    delivery that asks for itself."""
    if not ADDRESSED_BY.keys() >= set(channels):
        raise ValueError("there is no such channel")
    wanted = list(dict.fromkeys(customers))
    policies = active_policies()
    caps = [policy for policy in policies if policy.cap is not None and policy.purpose in ("", *_served(purpose))]
    question = Question(channels, purpose, at or timezone.now(), caps, _ranks(policies), but)
    judges = [Judge(channel, question, policies) for channel in channels]
    unknown = Answer(False, (Reason(Code.UNKNOWN, _("There is no such customer.")),))
    given: dict[int, dict[str, Answer]] = {}
    with _without_collecting():
        for some, found in facts(wanted, question):
            for pk in some:
                known = found.get(pk)
                given[pk] = {j.channel: j.answer(known) for j in judges} if known else dict.fromkeys(channels, unknown)
    return given


def side_by_side(
    customer: int, channels: Sequence[str], purposes: Iterable[str], at: datetime | None = None
) -> dict[str, dict[str, Answer]]:
    """The answers for one customer by purpose and channel, of one instant: what may not even serve them is open to
    nothing else, unless something for service makes way for what matters more."""
    now = at or timezone.now()
    return {purpose: answers([customer], channels, purpose, now)[customer] for purpose in dict.fromkeys(purposes)}


def _served(purpose: str) -> tuple[str, ...]:
    """The purposes whose policies bear on it."""
    return (purpose, Purpose.SERVICE) if Purpose.opt_in(purpose) else (purpose,)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Nothing made meanwhile refers to itself: looking through all of it again and again took a third of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _load_active_policies() -> tuple[ContactPolicy, ...]:
    return tuple(ContactPolicy.objects.active().order_by("priority", "id"))


active_policies = Cached(_load_active_policies, name=ContactPolicy.cached_as, seconds=60)


def _ranks(policies: Sequence[ContactPolicy]) -> dict[str, int]:
    """The priority of each purpose that has a policy: that of its foremost one."""
    return {policy.purpose: policy.priority for policy in reversed(policies) if policy.purpose}


@dataclass(slots=True)
class Judge:
    """Gives the answers for one channel, and remembers what is the same for many customers: hours and words."""

    channel: str
    question: Question
    policies: Sequence[ContactPolicy]
    _caps: list[tuple[int, ContactPolicy]] = field(init=False)
    _uncounted: int | None = field(init=False)
    _service_caps: list[tuple[int, ContactPolicy]] = field(init=False)
    _quiet: list[tuple[time, time]] = field(init=False)
    _by_zone: dict[str | None, Reason | None] = field(init=False, default_factory=dict)
    _addresses: frozenset[str] = field(init=False)
    _by_status: dict[str | None, Reason] = field(init=False)
    _by_tag: dict[str, Reason] = field(init=False, default_factory=dict)
    _by_day: dict[date, Reason] = field(init=False, default_factory=dict)
    _here: tzinfo = field(init=False, default_factory=timezone.get_current_timezone)

    def __post_init__(self) -> None:
        purpose = self.question.purpose
        self._addresses, self._by_status = ADDRESSED_BY[self.channel], _consent_reasons(purpose)
        self._caps = [(n, cap) for n, cap in enumerate(self.question.caps) if cap.concerns(self.channel, purpose)]
        self._service_caps = [(n, cap) for n, cap in enumerate(self.question.caps) if self._of_service(cap)]
        self._uncounted = min([cap.cap or 0 for _n, cap in self._caps], default=None)
        self._quiet = [
            (policy.quiet_from, policy.quiet_to)
            for policy in self.policies
            if policy.quiet_from is not None
            and policy.quiet_to is not None
            and (policy.concerns(self.channel, purpose) or self._of_service(policy))
        ]

    def _of_service(self, policy: ContactPolicy) -> bool:
        """Whether a policy of service holds for what needs consent, too: nobody is offered anything over a channel over
        which not even their own affairs may be spoken of."""
        needs_consent = Purpose.opt_in(self.question.purpose)
        return needs_consent and policy.purpose == Purpose.SERVICE and policy.concerns(self.channel, Purpose.SERVICE)

    def answer(self, known: ContactFacts) -> Answer:
        """Nearly everybody has nothing that stops contact: what they do not have is not looked into."""
        reasons: list[Reason] = [*self._stops(known.stops)] if known.stops else []
        if reason := self._by_status.get(known.said.get(self.channel)):
            reasons.append(reason)
        elif known.refused and self.channel in known.refused:
            reasons.append(Reason(Code.DENIED, _("Opted out even of service over this channel.")))
        if known.tags or known.complaint:
            reasons += self._wrong_time(known)
        left = self._left(known.counted) if known.counted else self._uncounted
        if left == 0 or self._service_caps:
            reasons += self._used_up(known.counted or {})
        if known.first:
            words = _("Something that matters more is scheduled close by.")
            reasons.append(Reason(Code.YIELDS, words, max(known.first, self.question.at) + YIELDS))
        if self._quiet or known.hours:
            reasons += self._hours(known)
        return Answer(not reasons, tuple(reasons), left)

    def _wrong_time(self, known: ContactFacts) -> Iterable[Reason]:
        """For anything but service. What is the same for many is said once."""
        for tag in sorted(known.tags or ()):
            if tag not in self._by_tag:
                self._by_tag[tag] = Reason(Code.TAG, _tag_words(tag))
            yield self._by_tag[tag]
        if known.complaint:
            day = timezone.localtime(known.complaint, self._here).date()
            if day not in self._by_day:
                words = _("A complaint of %(date)s is open.") % {"date": date_format(day, "SHORT_DATE_FORMAT")}
                self._by_day[day] = Reason(Code.COMPLAINT, words)
            yield self._by_day[day]

    def _stops(self, stops: set[str]) -> Iterable[Reason]:
        if "person" in stops:
            yield Reason(Code.SUPPRESSED, _("This person is not to be contacted."))
        if not self._addresses.isdisjoint(stops):
            yield Reason(Code.ADDRESS_SUPPRESSED, _("The address or number is on the suppression list."))

    def _left(self, counted: Mapping[int, Counted]) -> int | None:
        left = [(cap.cap or 0) - counted.get(number, NONE_COUNTED).contacts for number, cap in self._caps]
        return max(min(left), 0) if left else None

    def _used_up(self, counted: Mapping[int, Counted]) -> Iterable[Reason]:
        for number, cap in [*self._caps, *self._service_caps]:
            contacts, first = counted.get(number, NONE_COUNTED)
            if contacts >= (cap.cap or 0):
                yield Reason(Code.CAP, _cap_words(cap), first + timedelta(days=cap.cap_days or 1) if first else None)

    def _hours(self, known: ContactFacts) -> Iterable[Reason]:
        if self._quiet and (quiet := self._quiet_where(known.timezone)):
            yield quiet
        if known.hours and self.channel in RINGS:
            opens, closes = known.hours
            if until := quiet_until(self.question.at, zone_of(known.timezone), closes, opens):
                yield Reason(Code.HOURS, _hours_words(_("They prefer other hours"), until, known.timezone), until)

    def _quiet_where(self, name: str | None) -> Reason | None:
        if name not in self._by_zone:
            zone = zone_of(name)
            ends = [quiet_until(self.question.at, zone, start, end) for start, end in self._quiet]
            until = max((end for end in ends if end), default=None)
            words = _hours_words(_("It is a quiet hour where they are"), until, name) if until else ""
            self._by_zone[name] = Reason(Code.QUIET, words, until) if until else None
        return self._by_zone[name]


def _consent_reasons(purpose: str) -> dict[str | None, Reason]:
    """What each status is a reason against; None: nobody has asked."""
    against: dict[str | None, Reason] = {
        Consent.Status.DENIED: Reason(Code.DENIED, _("Opted out of this.")),
        Consent.Status.WITHDRAWN: Reason(Code.WITHDRAWN, _("They agreed once and have withdrawn it.")),
    }
    if Purpose.opt_in(purpose):
        against[None] = Reason(Code.NOT_ASKED, _("They were never asked, and this needs their agreement."))
    return against


def quiet_until(at: datetime, zone: ZoneInfo, start: time, end: time) -> datetime | None:
    """When the quiet hours that `at` falls into are over, in UTC; None where it falls into none.

    `start` and `end` are local, over midnight where `start` is later. An end that the clock skips comes as long after.
    """
    local = at.astimezone(zone)
    clock = local.time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    over = datetime.combine(day, end, tzinfo=zone)
    if over.astimezone(UTC) <= at:  # the hour that comes twice
        over = over.replace(fold=1)
    return over.astimezone(UTC)


@lru_cache(maxsize=1024)
def zone_of(name: str | None) -> ZoneInfo:
    """A customer's time zone; the company's where it is not known or makes no sense."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def _tag_words(tag: str) -> str:
    words = {
        "health": _("Their story touches health: nothing is offered to them."),
        "dispute": _("They are in a dispute with us."),
        "minor": _("They are a minor."),
    }
    return words.get(tag, tag)


def _cap_words(policy: ContactPolicy) -> str:
    days = policy.cap_days or 1
    span = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return _("%(name)s: %(cap)s in %(span)s are used up.") % {"name": policy.name, "cap": policy.cap, "span": span}


def _hours_words(said: str, until: datetime, zone: str | None) -> str:
    over = date_format(until.astimezone(zone_of(zone)), "TIME_FORMAT")
    return _("%(said)s, until %(time)s their time.") % {"said": said, "time": over}
