"""What the composer offers for the end of a conversation, cached: wrap-up codes and words people write often.

Both by id, in the order in which they are offered, with those that are no longer offered: what was logged with one
keeps it.
"""

from apps.foundation.cache import Cached
from apps.interactions.models import Disposition, NoteTemplate


def _load_dispositions() -> dict[int, Disposition]:
    return {row.pk: row for row in Disposition.objects.order_by("position", "label", "id")}


def _load_note_templates() -> dict[int, NoteTemplate]:
    return {row.pk: row for row in NoteTemplate.objects.order_by("position", "title", "id")}


dispositions = Cached(_load_dispositions, name=Disposition.cached_as, seconds=300)
note_templates = Cached(_load_note_templates, name=NoteTemplate.cached_as, seconds=300)
