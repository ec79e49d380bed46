"""How often themes are mentioned by the day, counted again where something has changed."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from apps.foundation.db.locks import hold
from apps.insights.calendar import beginning, zone
from apps.insights.models import Feedback, FeedbackTheme, ThemeDay
from apps.interactions.models import Sentiment

COUNTING = "theme days"  # the name of the lock under which they are counted
NEXT = timedelta(days=1)


def count_days(days: Collection[date]) -> None:
    """Count these days again, for every theme and for all words together. One at a time, whoever counts. Called within
    a transaction."""
    if not days:
        return
    hold(COUNTING)
    said, day = _said_on(days), TruncDate("said_at", tzinfo=zone())
    verbatims = (
        Feedback.objects.filter(said)
        .values(day=day)
        .annotate(mentions=Count("pk"), unhappy=Count("pk", filter=Q(sentiment=Sentiment.NEGATIVE)))
    )
    themed = (
        FeedbackTheme.objects.standing()
        .filter(said)
        .values("theme_id", day=day)
        .annotate(mentions=Count("pk"), unhappy=Count("pk", filter=Q(unhappy=True)))
    )
    ThemeDay.objects.filter(day__in=days).delete()
    ThemeDay.objects.bulk_create(ThemeDay(**row) for row in [*verbatims, *themed])


def _said_on(days: Collection[date]) -> Q:
    """Within the spans that these days make: a few comparisons, however many days follow each other."""
    said = Q()
    for first, last in _spans(days):
        said |= Q(said_at__gte=beginning(first), said_at__lt=beginning(last + NEXT))
    return said


def _spans(days: Collection[date]) -> Iterator[tuple[date, date]]:
    first, *others = sorted(days)
    last = first
    for day in others:
        if day > last + NEXT:
            yield first, last
            first = day
        last = day
    yield first, last
