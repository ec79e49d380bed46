"""What a story says of entries that were put right: where one stood, and how one came here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from apps.accounts.models import User
from apps.desktop.shell.dates import clock, date_and_time
from apps.interactions.corrections import MOVED_HERE, may_correct
from apps.interactions.models import Correction, Interaction


@dataclass(frozen=True, slots=True)
class EntryMark:
    """`words` say what was done, by whom and when; `url` leads whoever may to the entry itself."""

    icon: str
    words: str
    reason: str
    url: str


def marks_on(rows: Sequence[Interaction], reader: User | None) -> dict[int, EntryMark]:
    """The marks of these entries by their ids. No query where nothing was put right."""
    gone = [row.pk for row in rows if row.withdrawn]
    came = [row.pk for row in rows if row.external_id.startswith(MOVED_HERE)]
    if not gone and not came:
        return {}
    found = Correction.objects.in_force().filter(Q(interaction__in=gone) | Q(copy__in=came)).with_names()
    marks = {}
    for correction in found:
        for row, words in ((correction.interaction, _gone(correction)), (correction.copy, _came(correction))):
            if row and (row.pk in gone) == (row is correction.interaction):
                marks[row.pk] = _mark(correction, row, words, reader)
    return marks


def _mark(correction: Correction, row: Interaction, words: str, reader: User | None) -> EntryMark:
    url = reverse("correction", args=[row.pk]) if reader and may_correct(reader, row) else ""
    return EntryMark("arrow-left-right" if correction.copy else "undo-2", words, correction.reason, url)


def _gone(correction: Correction) -> str:
    said = _who_and_when(correction)
    if correction.copy:
        said["name"] = str(correction.copy.profile.customer)
        return gettext("Moved to %(name)s by %(who)s, %(when)s") % said
    return gettext("Retracted by %(who)s, %(when)s") % said


def _came(correction: Correction) -> str:
    return gettext("Moved here by %(who)s, %(when)s") % _who_and_when(correction)


def _who_and_when(correction: Correction) -> dict[str, str]:
    at = timezone.localtime(correction.at)
    today = at.date() == timezone.localdate()
    when = clock(at.hour, at.minute, get_language()) if today else date_and_time(at)
    return {"who": str(correction.actor), "when": when}
