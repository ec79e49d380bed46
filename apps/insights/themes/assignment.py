"""Which verbatims belong to which themes by the themes' words. What a person said of a verbatim stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Case, QuerySet, When

from apps.accounts.models import Role
from apps.insights.models import Feedback
from apps.interactions.story_search import CONFIG

# A query without a word to look for (negations alone) would match everything: it matches nothing. `own_words`: whoever
# gave the theme its words is outside, so they are looked for in what the customer said and nowhere else; a theme of
# theirs would otherwise give away what stands in notes that they may not read. Those words are taken apart once a
# verbatim, however many themes look there (OFFSET 0), and not at all where none does. `stale`: what a theme that is
# read again no longer finds.
ASSIGN = """
    WITH rules AS MATERIALIZED (
        SELECT
            t.id, t.channel, t.sentiment, websearch_to_tsquery(%(config)s, t.words) AS query,
            coalesce(maker.role = %(outside)s AND NOT maker.is_superuser, false) AS own_words
        FROM insights_theme t
        LEFT JOIN accounts_user maker ON maker.id = t.made_by_id
        WHERE t.active AND (%(theme)s::bigint IS NULL OR t.id = %(theme)s)
          AND querytree(websearch_to_tsquery(%(config)s, t.words)) NOT IN ('', 'T')
    ),
    found AS MATERIALIZED (
        SELECT f.id AS feedback_id, r.id AS theme_id, f.said_at, f.loudness, f.sentiment = 'negative' AS unhappy
        FROM insights_feedback f
        JOIN interactions_interaction i ON i.id = f.interaction_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN EXISTS (SELECT 1 FROM rules WHERE own_words)
                THEN to_tsvector(%(config)s, CASE WHEN i.verbatim <> '' THEN i.verbatim ELSE i.body END) END AS words
            OFFSET 0
        ) own
        JOIN rules r
          ON (r.channel = '' OR r.channel = f.channel) AND (r.sentiment = '' OR r.sentiment = f.sentiment)
         AND CASE WHEN r.own_words THEN own.words @@ r.query ELSE i.search @@ r.query END
        WHERE i.withdrawn = '' AND (%(ids)s::bigint[] IS NULL OR f.id = ANY(%(ids)s))
          AND (%(since)s::timestamptz IS NULL OR f.said_at >= %(since)s AND f.said_at < %(until)s)
    ),
    stale AS (
        DELETE FROM insights_feedbacktheme old
        WHERE old.theme_id = %(theme)s AND old.by = 'rule' AND old.said_at >= %(since)s AND old.said_at < %(until)s
          AND NOT EXISTS (SELECT 1 FROM found WHERE found.feedback_id = old.feedback_id)
    )
    INSERT INTO insights_feedbacktheme (feedback_id, theme_id, by, removed, said_at, loudness, unhappy)
    SELECT feedback_id, theme_id, 'rule', false, said_at, loudness, unhappy FROM found
    ON CONFLICT (feedback_id, theme_id) DO NOTHING
"""


def assign(feedback: Sequence[int]) -> None:
    """Put these verbatims into every active theme whose rule they meet."""
    _assign(ids=list(feedback))


def reassign(theme: int, since: datetime, until: datetime) -> None:
    """Read one theme's rule again over what was said in this time."""
    _assign(theme=theme, since=since, until=until)


def _assign(**narrowed: Any) -> None:
    known = {"ids": None, "theme": None, "since": None, "until": None, **narrowed}
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, {**known, "config": CONFIG, "outside": Role.MARKETER.value})


def matching(words: str, since: datetime, *, own_words: bool) -> QuerySet[Feedback]:
    """Verbatims since then that these words would find, in the customers' own words or in all that was noted."""
    query = SearchQuery(words.replace("\0", ""), config=CONFIG, search_type="websearch")
    found = Feedback.objects.since(since)
    if own_words:
        said = Case(When(interaction__verbatim="", then="interaction__body"), default="interaction__verbatim")
        found = found.annotate(own=SearchVector(said, config=CONFIG)).filter(own=query)
    if not own_words or "-" not in words:  # their own words are in the index too, unless something must not be said
        found = found.filter(interaction__search=query)
    return found
