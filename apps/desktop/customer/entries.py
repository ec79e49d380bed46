"""Timeline entries as they are shown: every string made here, so that the template only places them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.desktop.customer.marks import EntryMark, marks_on
from apps.desktop.promises.line import PromiseLine, promise_line
from apps.desktop.shell.dates import clock, date_and_time, day_heading
from apps.foundation.text.numbers import exact
from apps.interactions import timeline as story
from apps.interactions.corrections import may_correct
from apps.interactions.models import (
    DELIVERED,
    VISIT,
    Attachment,
    Channel,
    Direction,
    Disposition,
    FollowUp,
    Interaction,
    Sentiment,
)
from apps.interactions.wrap_up import dispositions

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
KIND_ICONS = {
    "moment": "flag",
    "return": "rotate-ccw",
    "delivery": "truck",
    DELIVERED: "package-check",
    "voicemail": "voicemail",
}
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
    """One article of the feed. `day` is set on the first of a day, `classes` shape and colour it, `lead` is what is
    shown of a text of which `rest` is the whole, where that is not all (`cut`: it is cut in its middle). `answers` is
    the id of the entry that began the thread, `foot` says whether there is anything below the text. `mark` is shown in
    the place of what was retracted or moved away (`gone`), and on what was moved here; `correctable`: by the reader."""

    pk: str
    place: str
    classes: str
    channel_label: str
    icon: str
    title: str
    time: str
    stamp: str
    date_and_time: str
    day: str
    lead: str
    rest: str
    cut: bool
    verbatim: str
    read_back: str
    amount: str
    direction_icon: str
    direction_label: str
    sentiment: str
    sentiment_icon: str
    sentiment_label: str
    facts: list[str]
    reference: str
    link: str
    link_label: str
    foot: bool
    answers: str
    answers_title: str
    pinned: bool
    new: bool
    late: str
    pages: list[dict[str, str]]
    promises: list[PromiseLine]
    attachments: list[Attachment]
    mark: EntryMark | None
    gone: bool
    correctable: bool


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What is asked once for all entries of a page. `roots`: by thread, the entry that began it."""

    pinned: Collection[int]
    promises: Mapping[int, list[FollowUp]]
    files: Mapping[int, list[Attachment]]
    roots: Mapping[str, Interaction]
    codes: Mapping[int, Disposition]
    read_before: datetime | None
    language: str | None
    marks: Mapping[int, EntryMark]
    reader: User | None


def entries(
    rows: Sequence[Interaction],
    *,
    read_before: datetime | None = None,
    after: date | None = None,
    start: int = 1,
    reader: User | None = None,
    originals: bool = False,
) -> list[Entry]:
    """Entries for a page of rows, newest first, in at most four queries whatever their number.

    `read_before` marks what was recorded since; `after` is the day of the entry before the first, whose heading is
    not said again; `start` is the first one's place in the feed. What `reader` may put right says so. With `originals`
    an entry is shown as it was written, though it was withdrawn.
    """
    marks = {} if originals else marks_on(rows, reader)
    around, zone = _around(rows, read_before, marks, reader), timezone.get_current_timezone()
    made = []
    for place, row in enumerate(rows, start):
        local = row.occurred_at.astimezone(zone)
        day = local.date()
        made.append(_entry(row, place, local, "" if day == after else day_heading(day), around))
        after = day
    return made


def _around(
    rows: Sequence[Interaction], read_before: datetime | None, marks: Mapping[int, EntryMark], reader: User | None
) -> EntryContext:
    hanging = story.hanging_on([row.pk for row in rows])
    promises: Iterable[FollowUp] = ()
    files: Iterable[Attachment] = ()
    if hanging["promise"]:
        promises = FollowUp.objects.filter(interaction_id__in=hanging["promise"]).with_owner().order_by("due_at")
    if hanging["file"]:
        files = Attachment.objects.filter(interaction_id__in=hanging["file"]).order_by("id")
    return EntryContext(
        pinned=hanging["pin"],
        promises=_grouped(promises),
        files=_grouped(files),
        roots={row.thread: row for row in rows if row.thread},  # rows come newest first: the last one wins
        codes=dispositions() if any(row.disposition_id for row in rows) else {},
        read_before=read_before,
        language=get_language(),
        marks=marks,
        reader=reader,
    )


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.interaction_id, []).append(row)
    return groups


def _entry(row: Interaction, place: int, local: datetime, day: str, around: EntryContext) -> Entry:
    channel, language = Channel(row.channel), around.language
    title, lead, rest, pages = _visit(row) if row.kind == VISIT else (row.title, *_split(row), [])
    direction_icon, direction_label = _direction(row.direction, language)
    facts, late, link = _facts(row, around.codes.get(row.disposition_id or 0)), _late(row), _link(row)
    new = around.read_before is not None and row.recorded_at > around.read_before
    root, gone = around.roots.get(row.thread), bool(row.withdrawn) and row.pk in around.marks
    answered = root if root is not row else None
    return Entry(
        pk=str(row.pk),
        place=str(place),
        classes=f"entry is-{'mark' if gone else _shape(row, channel)} ch-{channel}{' is-new' if new else ''}",
        channel_label=_label(channel, language),
        icon=KIND_ICONS.get(row.kind) or ICONS[channel],
        title=title,
        time=clock(local.hour, local.minute, language),
        stamp=row.occurred_at.isoformat(),
        date_and_time=date_and_time(local),
        day=day,
        lead=lead,
        rest=rest,
        cut=len(row.body.strip()) > LEAD,
        verbatim=row.verbatim,
        read_back=row.read_back,
        amount=money(row),
        direction_icon=direction_icon,
        direction_label=direction_label,
        sentiment=row.sentiment,
        sentiment_icon=SENTIMENT_ICONS[Sentiment(row.sentiment)] if row.sentiment else "",
        sentiment_label=_label(Sentiment(row.sentiment), language) if row.sentiment else "",
        facts=facts,
        reference=row.reference,
        link=link,
        link_label=_link_label(channel, language) if link else "",
        foot=bool(facts or row.reference or late or link),
        answers=str(answered.pk) if answered else "",
        answers_title=answered.title if answered else "",
        pinned=row.pk in around.pinned,
        new=new,
        late=late,
        pages=pages,
        promises=[promise_line(one) for one in around.promises.get(row.pk, ())],
        attachments=around.files.get(row.pk, []),
        mark=around.marks.get(row.pk),
        gone=gone,
        correctable=around.reader is not None and not gone and may_correct(around.reader, row),
    )


@lru_cache(maxsize=256)
def _label(word: Channel | Sentiment, language: str | None) -> str:
    return str(word.label)


@lru_cache(maxsize=64)
def _link_label(channel: Channel, language: str | None) -> str:
    return str(LINKS.get(channel, _("Open where it happened")))


@lru_cache(maxsize=64)
def _direction(direction: str, language: str | None) -> tuple[str, str]:
    icon, label = DIRECTIONS.get(Direction(direction), ("", ""))
    return icon, str(label)


def _shape(row: Interaction, channel: Channel) -> str:
    return "visit" if row.kind == VISIT else "order" if channel in SMALL else "card"


def _split(row: Interaction) -> tuple[str, str]:
    """What is shown at once, and the whole text where that is not all; nothing of what the customer's words say."""
    text = row.body.strip()
    if text == row.verbatim.strip():
        return "", ""
    if len(text) <= LEAD and text.count("\n") < 2:
        return text, ""
    lead = " ".join(text[:LEAD].split())
    return lead[: lead.rfind(" ")] if " " in lead and len(text) > LEAD else lead, text


def _link(row: Interaction) -> str:
    return row.link if row.link.startswith(("https://", "http://")) else ""


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
    return date_and_time(timezone.localtime(row.recorded_at))


def _visit(row: Interaction) -> tuple[str, str, str, list[dict[str, str]]]:
    """Title, no text, and the pages, the newest first."""
    count = int(row.payload.get("count", 1))
    if row.channel == Channel.APP:
        seen = ngettext("%(count)d screen in the app", "%(count)d screens in the app", count) % {"count": count}
    else:
        seen = ngettext("Browsed %(count)d page", "Browsed %(count)d pages", count) % {"count": count}
    return f"{seen}: {row.title}" if row.title else seen, "", "", list(reversed(row.payload.get("pages", [])))


def money(row: Interaction) -> str:
    if row.amount is None:
        return ""
    return f"{number_format(exact(row.amount, row.currency), force_grouping=True)}\u00a0{row.currency}".strip()
