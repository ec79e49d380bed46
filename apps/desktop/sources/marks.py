"""What of a source could not be read: how often, what it should have been, and how it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.channels.contract import SourceFacts, StoredEvent, Words
from apps.channels.facts import facts_of
from apps.channels.ingest.process import explained
from apps.channels.marks import SEPARATOR, UnreadField
from apps.channels.models import Envelope, MaskedIdTally, Source
from apps.channels.sync import health
from apps.foundation.text.unread import UNDATED

DAYS = 30  # that are counted
SHOWN = 12  # fields, the most frequent
LOOKED_THROUGH = 200  # envelopes among which examples are looked for
LONGEST = 80  # characters of an example

KINDS: dict[str, Words] = {
    "amount": _("no amount"),
    "currency": _("no currency"),
    "date": _("no time"),
    UNDATED: _("not said, told as of when it arrived"),
    "email": _("no e-mail address"),
    "phone": _("no phone number"),
    "sender": _("no sender"),
    "text": _("no readable text"),
    "id": _("names nobody"),
}


@dataclass(frozen=True, slots=True)
class UnreadFieldLine:
    """`place` is the field's path in what was sent, `words` what it turned out not to be."""

    place: str
    words: str
    count: str
    example: str


def unread_lines(source: Source) -> list[UnreadFieldLine]:
    """The most frequent of the last days. Two queries, one where everything could be read; the envelopes that examples
    are taken from are explained once more."""
    counted = health.unread_fields(source.pk, timezone.now() - timedelta(days=DAYS), SHOWN)
    examples = _examples(source) if counted else {}
    return [
        UnreadFieldLine(
            place or gettext("somewhere in it"),
            words_of(kind),
            number_format(count, 0, force_grouping=True),
            examples.get((place, kind), "")[:LONGEST],
        )
        for place, kind, count in counted
    ]


@dataclass(frozen=True, slots=True)
class MaskedIdLine:
    """A field whose ids were masked; `latest` is an event that shows it."""

    name: str
    count: str
    days: str
    latest: int


def masked_lines(source: Source) -> list[MaskedIdLine]:
    """As a job has counted them, the most frequent first. One query."""
    counted = MaskedIdTally.objects.filter(source=source).order_by("-events", "name")[:SHOWN]
    return [
        MaskedIdLine(tally.name, number_format(tally.events, 0, force_grouping=True), _days(tally), tally.latest)
        for tally in counted
    ]


def _days(tally: MaskedIdTally) -> str:
    days = [date_format(timezone.localtime(at), "DATE_FORMAT") for at in (tally.first_at, tally.last_at)]
    return gettext("%(first)s to %(last)s") % {"first": days[0], "last": days[1]} if days[0] != days[1] else days[0]


def words_of(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def unread_words(fields: Sequence[UnreadField]) -> list[str]:
    """`price: no amount: “twelve”`, one line for each field."""
    said = [(f"{field.place or '?'}: {words_of(field.kind)}", field.example[:LONGEST]) for field in fields]
    return [f"{words}: “{example}”" if example else words for words, example in said]


def unread_of(envelope: Envelope, facts: SourceFacts) -> Sequence[UnreadField]:
    """What a connector could not read in an envelope; nothing where it cannot be explained at all."""
    try:
        return explained(StoredEvent(envelope.dedupe_key, envelope.received_at, envelope.payload), facts).unread
    except Exception:  # the page says elsewhere what a connector trips over
        return ()


def _examples(source: Source) -> dict[tuple[str, str], str]:
    """Of each field the newest that there is. As many envelopes are explained as there are fields, not more."""
    facts, found = facts_of(source), dict[tuple[str, str], str]()
    newest = Envelope.objects.filter(source=source).unread().order_by("-id").only("pk", "unread")[:LOOKED_THROUGH]
    first = {words: envelope.pk for envelope in reversed(newest) for words in envelope.unread.split(SEPARATOR)}
    for envelope in Envelope.objects.filter(pk__in=set(list(first.values())[:SHOWN])):
        for field in unread_of(envelope, facts):
            found.setdefault((field.place, field.kind), field.example)
    return found
