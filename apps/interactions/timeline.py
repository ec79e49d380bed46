"""A customer's story, read newest first, a page at a time, at a cost that grows neither with history nor with depth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache, cached
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

from apps.accounts.models import User
from apps.customers.models import Customer, SourceProfile
from apps.foundation.db.bundle import answered
from apps.foundation.db.keyset import Cursor
from apps.foundation.db.server_cursor import bound, prepared_cursor
from apps.interactions.models import Interaction, InteractionQuerySet
from apps.interactions.story_search import matching

PAGE = 50
HIDDEN_COUNTED = 100  # hidden entries are counted up to here, then said to be "more than"
FOUND_COUNTED = 200  # the same of entries that a search finds

# The array makes the ids bigint, without which the text index would not be used.
MERGED = """
    SELECT story.* FROM unnest(%%s::bigint[]) AS profile(id) CROSS JOIN LATERAL (%s) AS story
    ORDER BY story.occurred_at {way}, story.id {way} LIMIT %%s
"""
HANGING = """
    SELECT 'pin', interaction_id FROM interactions_pin WHERE interaction_id = ANY(%s::bigint[])
    UNION ALL SELECT 'promise', interaction_id FROM interactions_followup WHERE interaction_id = ANY(%s::bigint[])
    UNION ALL SELECT 'file', interaction_id FROM interactions_attachment WHERE interaction_id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the story is wanted; empty fields want everything. `until` is exclusive, `text` is what
    `story_search` looks for."""

    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    direction: str = ""
    since: datetime | None = None
    until: datetime | None = None
    staff: str = ""
    place: str = ""
    text: str = ""
    browsing: bool = True

    def apply(self, rows: InteractionQuerySet) -> InteractionQuerySet:
        exact = {
            "channel__in": self.channels,
            "kind__in": self.kinds,
            "direction": self.direction,
            "occurred_at__gte": self.since,
            "occurred_at__lt": self.until,
            "staff_name__icontains": self.staff,
            "touchpoint__icontains": self.place,
        }
        rows = rows.filter(**{lookup: value for lookup, value in exact.items() if value})
        if self.text:
            rows = rows.filter(matching(self.text))
        return rows if self.browsing else rows.without_browsing()

    def any(self) -> bool:
        return self != Filters()


class Page(NamedTuple):
    """Entries newest first, where to go on (None: this is the start of the history), how many entries in this stretch
    of time the reader's role hides (`HIDDEN_COUNTED` means at least that many), who reported of them, the profiles
    whose story it is, and where to go on towards today (None: this is the newest there is, or nobody asked)."""

    entries: list[Interaction]
    older: Cursor[datetime] | None
    hidden: int
    sources: frozenset[str] = frozenset()
    profiles: Sequence[int] = ()
    newer: Cursor[datetime] | None = None


def page(
    customer: Customer,
    reader: User,
    filters: Filters,
    *,
    before: Cursor[datetime] | None = None,
    limit: int = PAGE,
    sources: Mapping[int, str] | None = None,
    marks: bool = False,
) -> Page:
    """One page of the customer's story as this reader may see it. Two queries, three where something is hidden; one
    fewer for whoever has read the customer's profiles and their sources already. With `marks` the whole story has what
    was retracted or moved away, too: what is looked for in it does not find that."""
    if sources is None:
        sources = dict(SourceProfile.objects.of(customer).order_by("id").values_list("id", "source"))
    profiles = list(sources)
    marks = marks and not filters.any()
    if before or filters.any():
        rows = filters.apply(_rows(marks).visible_to(reader))
        entries = newest(profiles, rows, before=before, limit=limit + 1)
    else:
        entries = _first_entries(profiles, reader, limit + 1, marks)
    older = Cursor(entries[limit - 1].occurred_at, entries[limit - 1].pk) if len(entries) > limit else None
    entries = entries[:limit]
    hidden = _count_hidden(profiles, reader, filters, before, older)
    return Page(entries, older, hidden, frozenset(sources.values()), profiles)


def around(
    customer: Customer, reader: User, pk: int, *, limit: int = PAGE, sources: Mapping[int, str] | None = None
) -> Page | None:
    """The page of the story that has this entry in its middle; None where this reader finds no such entry in it. Four
    queries, five where something is hidden; one fewer for whoever has read the profiles already."""
    if sources is None:
        sources = dict(SourceProfile.objects.of(customer).order_by("id").values_list("id", "source"))
    profiles, rows = list(sources), _rows(marks=True).visible_to(reader)
    entry = rows.filter(pk=pk, profile_id__in=profiles).defer("search").first()
    if entry is None:
        return None
    place, half = Cursor(entry.occurred_at, entry.pk), limit // 2
    ahead = oldest(profiles, rows, after=place, limit=half + 1)
    behind = newest(profiles, rows, before=place, limit=half + 1)
    entries = [*reversed(ahead[:half]), entry, *behind[:half]]
    newer = _place(entries[0]) if len(ahead) > half else None
    older = _place(entries[-1]) if len(behind) > half else None
    hidden = _count_hidden(profiles, reader, Filters(), newer, older)
    return Page(entries, older, hidden, frozenset(sources.values()), profiles, newer)


def newer_page(customer: Customer, reader: User, filters: Filters, *, after: Cursor[datetime]) -> Page:
    """The entries before the newest of a page that does not begin with the newest there is. Two queries."""
    sources = dict(SourceProfile.objects.of(customer).order_by("id").values_list("id", "source"))
    rows = filters.apply(_rows(marks=not filters.any()).visible_to(reader))
    ahead = oldest(list(sources), rows, after=after, limit=PAGE + 1)
    entries = [*reversed(ahead[:PAGE])]
    newer = _place(entries[0]) if len(ahead) > PAGE else None
    return Page(entries, None, 0, frozenset(sources.values()), list(sources), newer)


def newest_seen(profiles: Sequence[int], reader: User) -> int:
    """The latest entry written of those on the story's first page. One query."""
    return max((entry.pk for entry in _first_entries(profiles, reader, PAGE + 1, marks=True)), default=0)


def _place(entry: Interaction) -> Cursor[datetime]:
    return Cursor(entry.occurred_at, entry.pk)


def count_found(profiles: Sequence[int], reader: User, filters: Filters) -> int:
    """How many entries these filters find, as far as `FOUND_COUNTED`; one more says that there are more. One query."""
    rows = filters.apply(Interaction.objects.visible_to(reader)).filter(profile_id__in=profiles)
    return len(rows.values_list("id")[: FOUND_COUNTED + 1])


def newest(
    profiles: Sequence[int], rows: InteractionQuerySet, *, before: Cursor[datetime] | None = None, limit: int = PAGE
) -> list[Interaction]:
    """The newest rows across these profiles: the newest of each, merged, so that the timeline index answers alone."""
    if before:
        rows = rows.older_than(before.at, before.pk)
    return _merged(profiles, rows.newest_first(), limit, "DESC")


def oldest(
    profiles: Sequence[int], rows: InteractionQuerySet, *, after: Cursor[datetime], limit: int = PAGE
) -> list[Interaction]:
    """The rows that come right after a place, the oldest first."""
    return _merged(profiles, rows.newer_than(after.at, after.pk).oldest_first(), limit, "ASC")


def _merged(profiles: Sequence[int], rows: InteractionQuerySet, limit: int, way: str) -> list[Interaction]:
    try:
        statement = StoryStatement(rows, limit, way)
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        return statement.read(cursor, profiles)


def _rows(marks: bool) -> InteractionQuerySet:
    return Interaction.originals.with_marks() if marks else Interaction.objects.all()


def _first_entries(profiles: Sequence[int], reader: User, limit: int, marks: bool) -> list[Interaction]:
    """What everybody asks for first: composed once for each role, planned once a connection."""
    if not reader.is_active:
        return []
    with prepared_cursor() as cursor:
        return _first_statement(reader, limit, marks).read(cursor, profiles)


class StoryStatement:
    """The first of these sorted rows across profiles, composed once for whichever profiles; `way` is the direction of
    time they are sorted in. Raises EmptyResultSet where there can be none."""

    def __init__(self, rows: InteractionQuerySet, limit: int, way: str = "DESC") -> None:
        self.rows = rows.filter(profile_id=RawSQL("profile.id", ())).defer("search")[:limit]
        self.compiler = self.rows.query.get_compiler(connection=connection)
        of_one, params = self.compiler.as_sql()
        self.sql, self.params = MERGED.format(way=way) % of_one, [*map(bound, params), bound(limit)]
        self.converters = self.compiler.get_converters([column for column, _sql, _alias in self.compiler.select])

    def read(self, cursor: CursorWrapper, profiles: Sequence[int]) -> list[Interaction]:
        cursor.execute(self.sql, [bound(profiles), *self.params])
        found = [*self.compiler.apply_converters(cursor.fetchall(), self.converters)]
        return answered(self.rows, self.compiler, found)


@cached(LRUCache(64), key=lambda reader, limit, marks: (reader.role, limit, marks), lock=Lock())
def _first_statement(reader: User, limit: int, marks: bool) -> StoryStatement:
    return StoryStatement(_rows(marks).visible_to(reader).newest_first(), limit)


def hanging_on(interactions: Sequence[int]) -> dict[str, set[int]]:
    """Which of these entries have a `pin`, a `promise` or a `file`: mostly none, so one look saves three."""
    found: dict[str, set[int]] = {"pin": set(), "promise": set(), "file": set()}
    with prepared_cursor() as cursor:
        cursor.execute(HANGING, [bound(interactions)] * 3)
        for kind, pk in cursor.fetchall():
            found[kind].add(pk)
    return found


def _count_hidden(
    profiles: Sequence[int],
    reader: User,
    filters: Filters,
    before: Cursor[datetime] | None,
    older: Cursor[datetime] | None,
) -> int:
    hidden = filters.apply(Interaction.objects.hidden_from(reader))
    if not profiles or hidden.query.is_empty():
        return 0
    if before:
        hidden = hidden.filter(occurred_at__lte=before.at)
    if older:
        hidden = hidden.filter(occurred_at__gt=older.at)
    return len(hidden.filter(profile_id__in=profiles).values_list("id")[:HIDDEN_COUNTED])
