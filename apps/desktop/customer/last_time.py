"""What a conversation begins with, read within ten seconds: the last contact, what is open about orders and complaints,
what was promised, what colleagues pinned. So that nobody has to say anything twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Case, F, Func, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from apps.accounts.models import Role, User
from apps.customers.models import Customer, SourceProfile
from apps.desktop.customer.entries import DIRECTIONS, ICONS, KIND_ICONS, SENTIMENT_ICONS
from apps.desktop.customer.profile import ago
from apps.desktop.customer.rows import CustomerRows
from apps.desktop.customer.trade import READ, TradeLine, trade_lines
from apps.desktop.moments.panels import PanelLine, panel
from apps.desktop.promises.line import PromiseLine, promise_line
from apps.interactions.models import Channel, Direction, FollowUp, Interaction, InteractionQuerySet, Pin, Sentiment
from apps.interactions.nature import Nature

REMEMBERED = timedelta(days=730)  # what was said longer ago is history, not a conversation to go on with
SETTLED_LATELY = timedelta(days=60)
WAITS = timedelta(days=30)  # so long somebody who wrote may still wait for an answer
UNHAPPY = timedelta(days=60)
CONTACTS = 8  # looked at for what is unanswered
PROMISES = 3
WORDS = 320
COMPLAINT = "complaint"  # a kind of moment
WRITTEN = frozenset({Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.SOCIAL, Channel.WEB, Channel.APP})


@dataclass(frozen=True, slots=True)
class ContactLine:
    """An entry in a line, with the customer's words or ours where it holds any; `mood` is how they sounded."""

    pk: int
    icon: str
    where: str
    title: str
    when: str
    stamp: str
    words: str
    read_back: str
    mood: str
    mood_icon: str
    mood_label: str


@dataclass(frozen=True, slots=True)
class PinLine:
    pk: int
    title: str
    text: str
    day: datetime


@dataclass(frozen=True, slots=True)
class LastTime:
    """Each part may be missing. `said` is what the customer said last, where the last contact holds no words of theirs;
    `waiting` says what nobody has answered; `unhappy` is an earlier contact that ended
    badly, with none since that did not."""

    contact: ContactLine | None
    said: ContactLine | None
    waiting: str
    unhappy: ContactLine | None
    complaints: list[PanelLine]
    trades: list[TradeLine]
    promises: list[PromiseLine]
    pins: list[PinLine]


def last_time(reader: User, rows: CustomerRows) -> LastTime | None:
    """None where there is nothing to say."""
    latest, own = next(iter(rows.contacts), None), next(iter(rows.own_words), None)
    unanswered, unhappy = _unanswered(rows.contacts), _unhappy(rows.contacts)
    shown = LastTime(
        contact=_line(latest) if latest else None,
        said=_line(own) if own and not (latest and (latest.verbatim or latest.pk == own.pk)) else None,
        waiting=_waiting(unanswered),
        unhappy=_line(unhappy) if unhappy and unhappy is not latest else None,
        complaints=panel(reader, [moment for moment in rows.moments if moment.kind == COMPLAINT]),
        trades=trade_lines(rows.trades),
        promises=[promise_line(promise) for promise in rows.promised],
        pins=[_pin(pin) for pin in rows.pins],
    )
    any_of_it = (shown.contact, shown.said, shown.complaints, shown.trades, shown.promises, shown.pins)
    return shown if any(any_of_it) else None


def with_words_of(customer: Customer, reader: User, since: datetime, until: datetime) -> QuerySet[Interaction]:
    """The newest entry with the customer's words between these times. The newest of each profile first: the timeline's
    index answers that, however long their histories. Marketers are not in the conversation."""
    if reader.role == Role.MARKETER:
        return Interaction.objects.none()
    said = Interaction.objects.visible_to(reader).with_own_words().filter(occurred_at__gt=since, occurred_at__lte=until)
    newest = said.filter(profile=OuterRef("pk")).newest_first().values("pk")[:1]
    ids = SourceProfile.objects.filter(customer=customer).values_list(Subquery(newest))
    return Interaction.objects.filter(pk__in=ids).newest_first().defer("search")[:1]


def contacts(customer: Customer, reader: User, since: datetime, until: datetime) -> QuerySet[Interaction]:
    """The newest contacts between these times, whatever their channel (`Nature` says what a contact is)."""
    if reader.role == Role.MARKETER:
        return Interaction.objects.none()
    rows = Interaction.objects.visible_to(reader).of_nature(Nature.CONTACT)
    return newest_of(customer, rows.filter(occurred_at__gt=since, occurred_at__lte=until), CONTACTS)


def trades(customer: Customer, reader: User, since: datetime) -> QuerySet[Interaction]:
    """What was told last of orders, returns and refunds."""
    rows = Interaction.objects.visible_to(reader).of_nature(Nature.TRADE)
    return newest_of(customer, rows.filter(occurred_at__gt=since), READ)


def newest_of(customer: Customer, rows: InteractionQuerySet, most: int) -> QuerySet[Interaction]:
    """The newest of these rows: the newest of each profile first, since an index answers that."""
    of_each = ArraySubquery(rows.filter(profile=OuterRef("pk")).newest_first().values("pk")[:most])
    ids = Func(of_each, function="unnest", output_field=BigIntegerField())
    profiles = SourceProfile.objects.filter(customer=customer).values_list(ids)
    return Interaction.objects.filter(pk__in=profiles).newest_first().defer("search")[:most]


def promised(customer: Customer, reader: User, settled_since: datetime) -> QuerySet[FollowUp]:
    """What was promised and is open, or was settled lately: the open ones first, the soonest due before the others."""
    if reader.role == Role.MARKETER:
        return FollowUp.objects.none()
    lately = Q(state=FollowUp.State.OPEN) | Q(closed_at__gt=settled_since)
    rows = FollowUp.objects.of(customer).filter(lately).exclude(state=FollowUp.State.CANCELLED)
    open_first = Case(When(state=FollowUp.State.OPEN, then=0), default=1)
    soonest = Case(When(state=FollowUp.State.OPEN, then=F("due_at")))
    return rows.with_owner().with_proposal(reader).order_by(open_first, soonest, "-created_at", "-id")[:PROMISES]


def _unanswered(contacts: Sequence[Interaction]) -> list[Interaction]:
    """What the customer wrote, or said on a machine, since anybody of ours was last in contact, the newest first.
    Thanks want no answer, and nobody waits for one to a survey."""
    found: list[Interaction] = []
    for contact in contacts:
        if contact.channel == Channel.SURVEY:
            continue
        if not _is_theirs_alone(contact) or contact.occurred_at < timezone.now() - WAITS:
            break
        if contact.sentiment != Sentiment.POSITIVE:
            found.append(contact)
    return found


def _is_theirs_alone(contact: Interaction) -> bool:
    """Whether it is a message of theirs, rather than a conversation with one of us."""
    if contact.direction != Direction.INBOUND or contact.staff_id or contact.staff_name:
        return False
    return contact.kind == "voicemail" or (contact.channel in WRITTEN and contact.kind != "chat")


def _waiting(unanswered: Sequence[Interaction]) -> str:
    if not unanswered:
        return ""
    count = {"count": len(unanswered), "since": ago(unanswered[-1].occurred_at)}
    return ngettext("Not answered yet", "%(count)d not answered, the first %(since)s", len(unanswered)) % count


def _unhappy(contacts: Sequence[Interaction]) -> Interaction | None:
    """The latest contact of which we know how they felt, if that was badly."""
    latest = next((contact for contact in contacts if contact.sentiment), None)
    bad = latest and latest.sentiment == Sentiment.NEGATIVE and latest.occurred_at > timezone.now() - UNHAPPY
    return latest if bad else None


def _line(entry: Interaction) -> ContactLine:
    channel, mood = Channel(entry.channel), Sentiment(entry.sentiment) if entry.sentiment else None
    return ContactLine(
        pk=entry.pk,
        icon=KIND_ICONS.get(entry.kind) or ICONS[channel],
        where=_where(entry, channel),
        title=entry.title if entry.title != str(channel.label) else "",
        when=ago(entry.occurred_at),
        stamp=entry.occurred_at.isoformat(),
        words=Truncator(entry.verbatim.strip()).chars(WORDS),
        read_back=Truncator(entry.read_back.strip()).chars(WORDS),
        mood=entry.sentiment,
        mood_icon=SENTIMENT_ICONS[mood] if mood else "",
        mood_label=str(mood.label) if mood else "",
    )


def _where(entry: Interaction, channel: Channel) -> str:
    said: dict[str, Any] = {"channel": channel.label, "who": entry.staff_name}
    if entry.staff_name:
        return gettext("%(channel)s with %(who)s") % said
    said["direction"] = DIRECTIONS[Direction(entry.direction)][1] if entry.direction in DIRECTIONS else ""
    return f"{channel.label} · {said['direction']}" if said["direction"] else str(channel.label)


def _pin(pin: Pin) -> PinLine:
    entry = pin.interaction
    text = entry.body.strip() or entry.verbatim.strip()
    return PinLine(entry.pk, entry.title, text, timezone.localtime(entry.occurred_at))
