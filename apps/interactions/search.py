"""Full text over everybody's story. Common words would match millions of rows, so the work is bounded:

1. The newest `WINDOW` interactions are read newest first until enough match. Words in daily use end here.
2. Otherwise the text index answers for the whole history. Where more than `SAMPLE` match, PostgreSQL takes about
   that many of them by chance (`gin_fuzzy_search_limit`), so a word neither recent nor rare yields examples, not
   the newest. What the index cannot answer within `PATIENCE` (a rare word or else a very common one) is left at
   what step 1 found.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from apps.accounts.models import User
from apps.foundation.db.rows import rows
from apps.foundation.db.timeout import TooSlow, time_limit
from apps.interactions.models import HIDDEN_FROM, Interaction
from apps.interactions.story_search import CONFIG

WINDOW = 4_000  # rows; about a millisecond a thousand
SAMPLE = 1_000  # rows the text index may bring
PATIENCE = 80  # milliseconds
LONGEST = 200  # characters that are read of the text

QUERY = f"websearch_to_tsquery('{CONFIG}', %(text)s)"
RECENT = f"""
    SELECT id FROM (
        SELECT id, channel, search FROM interactions_interaction WHERE withdrawn = '' ORDER BY id DESC LIMIT {WINDOW}
    ) newest
    WHERE search @@ {QUERY} AND NOT channel = ANY(%(hidden)s) ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants of ours
# A query of negations alone has no words to look up in the index: it is left to step 1.
INDEXED = f"""
    WITH found AS MATERIALIZED (
        SELECT id, channel FROM interactions_interaction
        WHERE withdrawn = '' AND search @@ {QUERY} AND querytree({QUERY}) <> ALL(ARRAY['', 'T'])
    )
    SELECT id FROM found WHERE NOT channel = ANY(%(hidden)s) ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants of ours


def says_a_word(text: str) -> bool:
    """Whether a search for this text (web-search syntax) looks for anything: signs and negations alone do not."""
    return bool(rows(f"SELECT querytree({QUERY}) NOT IN ('', 'T')", text=text.replace("\0", ""))[0][0])


def everywhere(text: str, reader: User, limit: int = 20) -> list[Interaction]:
    """Interactions of any customer that contain this text (web-search syntax), as far as the reader's role may
    see them, newest first, each with its profile and customer. At most five queries."""
    text = text.replace("\0", "").strip()[:LONGEST]
    if not text or not reader.is_active:
        return []
    wanted = {"text": text, "hidden": list(HIDDEN_FROM.get(reader.role, ())), "limit": limit}
    ids = _ids(RECENT, wanted)
    if len(ids) < limit:
        ids |= _indexed(wanted)
    newest = sorted(ids, reverse=True)[:limit]
    return list(
        Interaction.objects.visible_to(reader).filter(pk__in=newest).select_related("profile__customer").newest_first()
    )


def _indexed(wanted: Mapping[str, Any]) -> set[int]:
    with suppress(TooSlow), time_limit(PATIENCE, gin_fuzzy_search_limit=str(SAMPLE), enable_seqscan="off"):
        return _ids(INDEXED, wanted)
    return set()


def _ids(sql: str, wanted: Mapping[str, Any]) -> set[int]:
    return {pk for (pk,) in rows(sql, **wanted)}
