"""Timeline entries as they are shown: every string made here, so that the template only places them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.interactions import timeline as story
from apps.interactions.models import (
    VISIT,
    Attachment,
    Channel,
    Direction,
    Disposition,
    FollowUp,
    Interaction,
    Sentiment,
)

LEAD = 220  # characters of a text shown before "more"
ICONS = {
    Channel.VOICE: "phone",
    Channel.EMAIL: "mail",
    Channel.CHAT: "message-circle",
    Channel.SMS: "message-square",
    Channel.SOCIAL: "share-2",
    Channel.WEB: "globe",
    Channel.APP: "smartphone",
    Channel.STORE: "store",
    Channel.ATM: "landmark",
    Channel.ORDER: "shopping-bag",
    Channel.PAYMENT: "credit-card",
    Channel.SURVEY: "clipboard-list",
    Channel.CAMPAIGN: "megaphone",
    Channel.NOTE: "notebook-pen",
}
KIND_ICONS = {"moment": "flag", "return": "rotate-ccw", "delivery": "truck", "voicemail": "voicemail"}
SENTIMENT_ICONS = {Sentiment.POSITIVE: "smile", Sentiment.NEUTRAL: "meh", Sentiment.NEGATIVE: "frown"}
DIRECTIONS = {
    Direction.INBOUND: ("arrow-down-left", _("From the customer")),
    Direction.OUTBOUND: ("arrow-up-right", _("From us")),
}
LINKS = {  # what is behind an entry's link
    Channel.VOICE: _("Open recording"),
    Channel.SOCIAL: _("Open post"),
    Channel.CHAT: _("Open conversation"),
    Channel.EMAIL: _("Open ticket"),
    Channel.ORDER: _("Open order"),
    Channel.PAYMENT: _("Open payment"),
    Channel.SURVEY: _("Open answers"),
}
SMALL = frozenset({Channel.ORDER, Channel.PAYMENT, Channel.ATM})  # kinds whose amount is the story


@dataclass(slots=True)
class Entry:
    """One article of the feed. `day` is set on the first of a day, `classes` shape and colour it.

    `marks`, `extras` and `foot` say whether any of the rarer parts of the head, the body and the foot is there at all:
    a template that asks once instead of six times renders a third faster.
    """

    pk: str  # text, as all of it: a template spends more on an integer than on a sentence
    place: str
    classes: str
    channel_label: str
    icon: str
    title: str
    time: str
    stamp: str
    moment: str = ""
    day: str = ""
    lead: str = ""
    rest: str = ""
    cut: bool = False
    verbatim: str = ""
    read_back: str = ""
    amount: str = ""
    direction_icon: str = ""
    direction_label: str = ""
    sentiment: str = ""
    sentiment_icon: str = ""
    sentiment_label: str = ""
    marks: bool = False
    extras: bool = False
    facts: list[str] = field(default_factory=list)
    reference: str = ""
    link: str = ""
    link_label: str = ""
    foot: bool = False
    answers: str = ""
    answers_title: str = ""
    pinned: bool = False
    new: bool = False
    late: str = ""
    pages: list[dict[str, str]] = field(default_factory=list)
    promises: list["PromiseLine"] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        """Templates ask by item before they ask by attribute: an answer is cheaper than an exception."""
        return getattr(self, name)


@dataclass(slots=True)
class PromiseLine:
    """A promise as shown on an entry or in a list: `tone` is `kept`, `late`, `today`, `open` or `broken`."""

    pk: int
    text: str
    due: str
    tone: str
    label: str
    owner: str
    open: bool


def entries(
    rows: Sequence[Interaction],
    *,
    read_before: datetime | None = None,
    after: date | None = None,
    start: int = 1,
) -> list[Entry]:
    """Entries for a page of rows, newest first, in at most four queries whatever their number.

    `read_before` marks what was recorded since; `after` is the day of the entry before the first, whose heading is
    not said again; `start` is the first one's place in the feed.
    """
    hanging = story.hanging_on([row.pk for row in rows])
    pinned = hanging["pin"]
    promises = _grouped(FollowUp.objects.filter(interaction_id__in=hanging["promise"]).with_owner().order_by("due_at"))
    files = _grouped(Attachment.objects.filter(interaction_id__in=hanging["file"]).order_by("id"))
    dispositions = Disposition.objects.in_bulk({row.disposition_id for row in rows if row.disposition_id})
    roots = {row.thread: row for row in rows if row.thread}  # rows come newest first: the last one wins
    made = []
    zone, year, language = timezone.get_current_timezone(), timezone.localdate().year, get_language()
    for place, row in enumerate(rows, start):
        local = row.occurred_at.astimezone(zone)
        entry = _entry(row, place, local, dispositions.get(row.disposition_id or 0), language)
        entry.moment = f"{_day(local.date(), local.year == year, language)}, {entry.time}"
        if local.date() != after:
            after = local.date()
            entry.day = day_heading(after)
        entry.pinned = row.pk in pinned
        entry.new = read_before is not None and row.recorded_at > read_before
        if entry.new:
            entry.classes += mark_safe(" is-new")  # a constant
        entry.promises = [promise_line(one) for one in promises.get(row.pk, ())]
        entry.attachments = files.get(row.pk, [])
        root = roots.get(row.thread)
        if root is not None and root is not row:
            entry.answers, entry.answers_title = str(root.pk), root.title
        entry.marks = bool(entry.amount or entry.sentiment or entry.new)
        entry.extras = bool(entry.verbatim or entry.read_back or entry.pages or entry.promises or entry.attachments)
        made.append(entry)
    return made


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.interaction_id, []).append(row)
    return groups


def _entry(
    row: Interaction, place: int, local: datetime, disposition: Disposition | None, language: str | None
) -> Entry:
    channel = Channel(row.channel)
    lead, rest = _split("" if row.body.strip() == row.verbatim.strip() else row.body)
    direction_icon, direction_label = _direction(row.direction, language)
    entry = Entry(
        pk=mark_safe(str(row.pk)),  # noqa: S308 - digits
        place=mark_safe(str(place)),  # noqa: S308 - digits
        classes=mark_safe(f"entry is-{_shape(row, channel)} ch-{channel}"),  # noqa: S308 - words of ours
        channel_label=_label(channel, language),
        icon=_icon(KIND_ICONS.get(row.kind) or ICONS[channel]),
        title=row.title,
        time=clock(local.hour, local.minute, language),
        stamp=mark_safe(row.occurred_at.isoformat()),  # noqa: S308 - digits
        lead=lead,
        rest=rest,
        cut=len(row.body.strip()) > LEAD,
        verbatim=row.verbatim,
        read_back=row.read_back,
        amount=money(row),
        direction_icon=direction_icon,
        direction_label=direction_label,
        reference=row.reference,
        late=_late(row),
        facts=_facts(row, disposition),
    )
    if row.sentiment:
        entry.sentiment = row.sentiment
        entry.sentiment_icon = _icon(SENTIMENT_ICONS[Sentiment(row.sentiment)])
        entry.sentiment_label = str(Sentiment(row.sentiment).label)
    if row.link.startswith(("https://", "http://")):
        entry.link, entry.link_label = row.link, _link_label(channel, language)
    entry.foot = bool(entry.facts or entry.reference or entry.late or entry.link)
    if row.kind == VISIT:
        _tell_visit(entry, row)
    return entry


@lru_cache(maxsize=256)
def _label(channel: Channel, language: str | None) -> str:
    return str(channel.label)


@lru_cache(maxsize=64)
def _link_label(channel: Channel, language: str | None) -> str:
    return str(LINKS.get(channel, _("Open where it happened")))


@lru_cache(maxsize=64)
def _direction(direction: str, language: str | None) -> tuple[str, str]:
    icon, label = DIRECTIONS.get(Direction(direction), ("", ""))
    return (_icon(icon), str(label)) if icon else ("", "")


@lru_cache(maxsize=64)
def _icon(name: str) -> SafeString:
    """Where an icon of ours is drawn from."""
    return mark_safe(f"{static('desktop/icons.svg')}#{name}")  # noqa: S308 - names of ours


def _shape(row: Interaction, channel: Channel) -> str:
    return "visit" if row.kind == VISIT else "order" if channel in SMALL else "card"


def _split(text: str) -> tuple[str, str]:
    """What is shown at once, and the whole text where that is not all."""
    text = text.strip()
    if len(text) <= LEAD and text.count("\n") < 2:
        return text, ""
    lead = " ".join(text[:LEAD].split())
    return lead[: lead.rfind(" ")] if " " in lead and len(text) > LEAD else lead, text


def _facts(row: Interaction, disposition: Disposition | None) -> list[str]:
    minutes = round((row.ended_at - row.occurred_at).total_seconds() / 60) if row.ended_at and row.kind != VISIT else 0
    facts = [
        disposition.label if disposition and disposition.label != row.title else "",
        ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes} if minutes else "",
        row.touchpoint,
        row.staff_name,
    ]
    return [fact for fact in facts if fact]


def _late(row: Interaction) -> str:
    """When we learned of it, if that was more than a day after it happened."""
    if (row.recorded_at - row.occurred_at).days < 1 or row.channel == Channel.NOTE or not row.payload.get("late"):
        return ""
    return moment(timezone.localtime(row.recorded_at))


def _tell_visit(entry: Entry, row: Interaction) -> None:
    count = int(row.payload.get("count", 1))
    entry.pages = list(reversed(row.payload.get("pages", [])))
    entry.lead = entry.rest = ""
    if row.channel == Channel.APP:
        seen = ngettext("%(count)d screen in the app", "%(count)d screens in the app", count) % {"count": count}
    else:
        seen = ngettext("Browsed %(count)d page", "Browsed %(count)d pages", count) % {"count": count}
    entry.title = f"{seen}: {row.title}" if row.title else seen


def promise_line(promise: FollowUp) -> PromiseLine:
    due = timezone.localtime(promise.due_at)
    tone, label = _promise_state(promise, due)
    return PromiseLine(
        promise.pk,
        promise.text,
        f"{day_heading(due.date())}, {clock(due.hour, due.minute, get_language())}",
        tone,
        label,
        str(promise.owner),
        promise.state == FollowUp.State.OPEN,
    )


def _promise_state(promise: FollowUp, due: datetime) -> tuple[str, str]:
    if promise.state != FollowUp.State.OPEN:
        return promise.state, str(FollowUp.State(promise.state).label)
    if due < timezone.now():
        return "late", gettext("Late")
    if due.date() == timezone.localdate():
        return "today", gettext("Due today")
    return "open", gettext("Promised")


@lru_cache(maxsize=4096)
def clock(hour: int, minute: int, language: str | None) -> str:
    """A time of day as this language writes it; remembered, since formatting is half of a page's time."""
    return date_format(datetime(2000, 1, 1, hour, minute), "TIME_FORMAT")  # noqa: DTZ001 - only the clock matters


@lru_cache(maxsize=1024)
def _day(day: date, this_year: bool, language: str | None) -> str:
    return date_format(day, "l j F" if this_year else "l j F Y")


def day_heading(day: date) -> str:
    today = timezone.localdate()
    distance = (today - day).days
    if distance == 0:
        return gettext("Today")
    if distance == 1:
        return gettext("Yesterday")
    if distance == -1:
        return gettext("Tomorrow")
    return _day(day, day.year == today.year, get_language())


def moment(local: datetime) -> str:
    """A date and time in full, such as “Sunday 22 November, 14:12”."""
    heading = _day(local.date(), local.year == timezone.localdate().year, get_language())
    return f"{heading}, {clock(local.hour, local.minute, get_language())}"


def money(row: Interaction) -> str:
    if row.amount is None:
        return ""
    return f"{number_format(row.amount, 2, force_grouping=True)}\u00a0{row.currency}".strip()
