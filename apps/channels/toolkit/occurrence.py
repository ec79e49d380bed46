"""When an event happened whose sender keeps it: a file, a record that may be old. There "now" would be a lie."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.channels.contract import Unintelligible
from apps.foundation.text import dates
from apps.foundation.text.unread import UNDATED, missing
from apps.foundation.text.values import words


def happened(read: datetime | None, written: Any, received_at: datetime, place: str) -> datetime:
    """What was read; its arrival where nothing was written, which leaves a mark for the field at `place`. Raises
    Unintelligible for what cannot be read."""
    said = words(written, 60) or (str(written)[:60].strip() if written else "")
    if read is None and said:
        raise Unintelligible(_("When it happened cannot be read: “%(text)s” is no date.") % {"text": said})
    if read is None:
        missing(UNDATED, place)
    return dates.plausible(read, received_at)
