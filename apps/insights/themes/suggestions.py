"""Suggesting themes: what of the last weeks belongs to none and sounds alike.

Names are no themes: what a customer is called is taken out of their words before they are compared.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.customers.normalisation import unaccented
from apps.foundation.redaction import HIDDEN, name_parts, without_phrases
from apps.insights.feedback.words import words_of
from apps.insights.models import Feedback, FeedbackTheme, ThemeSuggestion
from apps.insights.themes.clustering import TextCrowd, crowds

DAYS, RECENT = 28, 7
MOST = 5_000  # verbatims, the newest
KEPT = 12  # suggestions
EXAMPLES = 5
LONGEST = 2_000  # characters of a verbatim that are compared
SAME = 0.5  # share of terms from which two suggestions are the same


def unthemed() -> list[Feedback]:
    """The newest verbatims of the last weeks that belong to no theme, newest first."""
    since = timezone.now() - timedelta(days=DAYS)
    themed = FeedbackTheme.objects.standing().filter(said_at__gte=since, theme__active=True).values("feedback")
    rows = Feedback.objects.since(since).exclude(pk__in=themed).newest_first().with_words()
    return list(rows[:MOST])


@transaction.atomic
def suggest() -> list[ThemeSuggestion]:
    """Replace what is suggested; what was waved off, or is a theme already, does not come back."""
    rows = unthemed()
    found = crowds([_anonymous(row) for row in rows])
    decided = ThemeSuggestion.objects.exclude(state=ThemeSuggestion.State.OPEN).order_by("-decided_at")[:500]
    known = [set(terms) for terms in decided.values_list("terms", flat=True)]
    fresh = [crowd for crowd in found if not any(_same(set(crowd.terms), terms) for terms in known)]
    ThemeSuggestion.objects.filter(state=ThemeSuggestion.State.OPEN).delete()
    return ThemeSuggestion.objects.bulk_create(_suggestion(crowd, rows) for crowd in fresh[:KEPT])


def _same(ours: set[str], theirs: set[str]) -> bool:
    return len(ours & theirs) >= SAME * min(len(ours), len(theirs))


def _suggestion(crowd: TextCrowd, rows: Sequence[Feedback]) -> ThemeSuggestion:
    since = timezone.now() - timedelta(days=RECENT)
    return ThemeSuggestion(
        terms=[term[:60] for term in crowd.terms],
        words=crowd.words[:300],
        examples=_examples([rows[place] for place in crowd.members]),
        size=len(crowd.members),
        recent=sum(rows[place].said_at >= since for place in crowd.members),
    )


def _examples(rows: Sequence[Feedback]) -> list[int]:
    """The nearest to the middle, no two of the same words."""
    different = {words_of(row.interaction).strip().lower(): row.pk for row in reversed(rows)}
    nearest = [row.pk for row in rows if row.pk in set(different.values())]
    return nearest[:EXAMPLES]


def _anonymous(row: Feedback) -> str:
    """The words, in one case and without accents, less what their customer is called."""
    text = unaccented(words_of(row.interaction)[:LONGEST].lower())
    names = name_parts(unaccented(row.profile.customer.name.lower()))
    return " ".join(re.findall(r"[^\W\d_]+|\S", without_phrases(text, names).replace(HIDDEN, " ")))
