"""Verbatims as cards: the words without whose they are, and what came of them.

Everybody reads the same cleaned words (`moments.redaction`). Those who talk to customers may go on to the story, which
is audited there; marketers may not, and do not see verbatims that touch what is nobody else's business at all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, Count, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.desktop.customer.entries import ICONS, SENTIMENT_ICONS
from apps.desktop.shell.dates import clock, day_heading
from apps.foundation.redaction import redacted
from apps.insights.feedback.words import words_of
from apps.insights.models import Feedback, FeedbackReply, FeedbackTheme, PropensityScore, ReadReceipt
from apps.insights.themes.actions import is_outside
from apps.interactions.models import Channel, Interaction, Sentiment
from apps.moments.redaction import known_as, stays_inside

LONGEST = 1200  # characters of a verbatim that are shown
LOUD = 7  # from here on a verbatim is called loud
READERS, LINES = 3, 12  # that are shown of one verbatim: readers by name, the latest lines
MANY = 20  # orders; beyond them the number itself would tell who it is


class Chip(NamedTuple):
    """A theme of a verbatim; `person`: somebody put it there."""

    theme: int
    name: str
    colour: str
    icon: str
    person: bool


class ReplyLine(NamedTuple):
    """A line between a listener and whoever logged it."""

    author: str
    words: str
    when: str
    mine: bool


@dataclass(slots=True)
class VerbatimCard:
    pk: int
    words: str
    cut: bool
    channel: str
    icon: str
    channel_label: str
    place: str
    product: str
    when: str
    stamp: str
    staff: str
    who: str
    sentiment: str
    sentiment_icon: str
    sentiment_label: str
    loudness: int
    loud: bool
    url: str
    may_reply: bool
    may_read: bool
    mine: bool
    chips: list[Chip] = field(default_factory=list)
    readers: str = ""
    read: bool = False
    replies: list[ReplyLine] = field(default_factory=list)


class VerbatimCards(NamedTuple):
    """`inside`: how many verbatims are left out because they stay with service."""

    cards: list[VerbatimCard]
    inside: int


def cards(user: User, ids: Sequence[int]) -> VerbatimCards:
    """The cards of these verbatims in this order: as many queries for thirty as for one."""
    found = Feedback.objects.with_words().in_bulk(ids)
    rows = [found[pk] for pk in ids if pk in found]
    inside = kept_inside(user, rows)
    shown = [row for row in rows if row.pk not in inside]
    beside = _Beside(user, shown)
    return VerbatimCards([_card(user, row, beside) for row in shown], len(rows) - len(shown))


def kept_inside(user: User, rows: Collection[Feedback]) -> set[int]:
    """Verbatims that this reader does not see at all: they touch what is nobody else's business."""
    if not is_outside(user):
        return set()
    inside = stays_inside({row.profile.customer_id for row in rows})
    return {row.pk for row in rows if row.profile.customer_id in inside}


class _Beside:
    """What is read for all cards at once: seven queries."""

    def __init__(self, user: User, rows: Sequence[Feedback]) -> None:
        ids, customers = [row.pk for row in rows], {row.profile.customer_id for row in rows}
        self.secrets = known_as(customers)
        self.orders = orders_of(customers)
        self.chips = _chips(ids)
        self.readers = _readers(user, ids)
        self.replies = _replies(ids)


def orders_of(customers: Collection[int]) -> Mapping[int, int]:
    """How many orders each has placed, as the propensities were last computed."""
    rows = PropensityScore.objects.filter(customer__in=customers, kind=PropensityScore.Kind.BUY)
    return dict(rows.values_list("customer_id", "orders"))


def _chips(ids: Sequence[int]) -> Mapping[int, list[Chip]]:
    rows = FeedbackTheme.objects.standing().filter(feedback__in=ids, theme__active=True).order_by("theme__name")
    found: dict[int, list[Chip]] = defaultdict(list)
    names = ("feedback_id", "theme_id", "theme__name", "theme__colour", "theme__icon", "by")
    for feedback, theme, name, colour, icon, by in rows.values_list(*names):
        found[feedback].append(Chip(theme, name, colour, icon, by == FeedbackTheme.By.PERSON))
    return found


class Readers(NamedTuple):
    """Who has read it, this reader first; and how many they are."""

    first: list[User]
    number: int


def _readers(user: User, ids: Sequence[int]) -> Mapping[int, Readers]:
    found: dict[int, Readers] = {}
    mine = Case(When(reader=user, then=0), default=1)
    rows: Any = ReadReceipt.objects.filter(feedback__in=ids).annotate(
        place=Window(RowNumber(), partition_by="feedback_id", order_by=[mine, "at", "id"]),
        number=Window(Count("*"), partition_by="feedback_id"),
    )
    for receipt in rows.filter(place__lte=READERS + 1).select_related("reader").order_by("feedback_id", "place"):
        found.setdefault(receipt.feedback_id, Readers([], receipt.number)).first.append(receipt.reader)
    return found


def _replies(ids: Sequence[int]) -> Mapping[int, list[FeedbackReply]]:
    found: dict[int, list[FeedbackReply]] = defaultdict(list)
    place = Window(RowNumber(), partition_by="feedback_id", order_by=["-at", "-id"])
    rows = FeedbackReply.objects.filter(feedback__in=ids).annotate(place=place).filter(place__lte=LINES)
    for reply in rows.select_related("author").order_by("at", "id"):
        found[reply.feedback_id].append(reply)
    return found


def _card(user: User, row: Feedback, beside: _Beside) -> VerbatimCard:
    customer, secrets = row.profile.customer, beside.secrets.get(row.profile.customer_id, [])
    words = cleaned(row.interaction, secrets)
    readers = beside.readers.get(row.pk, Readers([], 0))
    read = bool(readers.first) and readers.first[0].pk == user.pk
    local = timezone.localtime(row.said_at)
    return VerbatimCard(
        pk=row.pk,
        words=words[:LONGEST],
        cut=len(words) > LONGEST,
        channel=row.channel,
        icon=ICONS[Channel(row.channel)],
        channel_label=str(Channel(row.channel).label),
        place=redacted(row.place, secrets),
        product=row.product,
        when=f"{day_heading(local.date())}, {clock(local.hour, local.minute, None)}",
        stamp=row.said_at.isoformat(),
        staff=first_name(row.staff) if row.staff else "",
        who=described(customer, beside.orders.get(customer.pk, 0)),
        sentiment=row.sentiment,
        sentiment_icon=SENTIMENT_ICONS[Sentiment(row.sentiment)] if row.sentiment else "",
        sentiment_label=str(Sentiment(row.sentiment).label) if row.sentiment else "",
        loudness=row.loudness,
        loud=row.loudness >= LOUD,
        url="" if is_outside(user) else customer.get_absolute_url(),
        may_read=row.staff_id != user.pk and not read,
        mine=row.staff_id == user.pk,
        may_reply=_may_reply(user, row, beside.replies.get(row.pk, ())),
        chips=beside.chips.get(row.pk, []),
        readers=_who_read(user, readers),
        read=read,
        replies=[reply_line(user, reply, secrets) for reply in beside.replies.get(row.pk, ())],
    )  # fmt: skip


def _may_reply(user: User, row: Feedback, replies: Sequence[FeedbackReply]) -> bool:
    """To whoever logged it or, for them, to whoever wrote."""
    if row.staff_id == user.pk:
        return any(reply.to_id == user.pk for reply in replies)
    return row.staff_id is not None


def cleaned(interaction: Interaction, secrets: Iterable[str]) -> str:
    """The customer's words without whose they are."""
    return redacted(words_of(interaction).strip(), secrets)


def reply_line(user: User, reply: FeedbackReply, secrets: Iterable[str]) -> ReplyLine:
    """People who talk to customers may name them in a reply: those who may not know do not read it."""
    words = redacted(reply.words, secrets) if is_outside(user) else reply.words
    local = timezone.localtime(reply.at)
    when = f"{day_heading(local.date())}, {clock(local.hour, local.minute, None)}"
    return ReplyLine(first_name(reply.author), words, when, reply.author_id == user.pk)


def first_name(person: User) -> str:
    return person.first_name or person.username


def described(customer: Customer, orders: int) -> str:
    """“A customer since 2021, 3 orders”: what may be known of whoever it was."""
    year = (customer.since or customer.created_at).year
    known = gettext("A customer since %(year)s") % {"year": year}
    if not orders:
        return known
    if orders > MANY:
        return f"{known}, {gettext('more than %(count)d orders') % {'count': MANY}}"
    return f"{known}, {ngettext('%(count)d order', '%(count)d orders', orders) % {'count': orders}}"


def _who_read(user: User, readers: Readers) -> str:
    names = [gettext("you") if reader.pk == user.pk else first_name(reader) for reader in readers.first]
    if not names:
        return ""
    if readers.number > READERS:
        shown = ", ".join(names[:READERS])
        return gettext("Read by %(names)s and %(more)d more") % {"names": shown, "more": readers.number - READERS}
    return gettext("Read by %(names)s") % {"names": ", ".join(names)}
