"""Watching: what rules see becomes moments, with an owner from the first instant.

A rule looks at what was recorded since it looked last, in pages, each in one transaction with the moments that come of
it and with how far it has got: lost half-way, nothing has happened; run twice, the second finds nothing. Two at once
share the rules between them.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from apps.accounts.actions import audit
from apps.foundation.db.timeout import TooSlow, time_limit
from apps.foundation.db.watermark import watermark
from apps.moments.models import Moment, MomentRule, RuleDay, RuleWatch
from apps.moments.rules.detectors import Find, birthdays, entries, rested
from apps.moments.rules.proposals import Proposals

PAGE = 500  # finds a transaction
PATIENCE = 20_000  # milliseconds a rule may look at a time
MORNING = time(7)  # by the company's clock: earlier nobody is there to take a birthday
MISSED_DAYS = 7  # so many days of birthdays are caught up with


class WatchPlace(NamedTuple):
    """How far a rule has looked: a time and the id of what was recorded then; for birthdays, the customer's id."""

    at: datetime
    after: int = 0


def detect(*, until: datetime | None = None) -> dict[str, int]:
    """Let every rule look at what was recorded since, up to `until` (None: as far as everything is settled); birthdays
    once a day. How many moments each proposed."""
    until = until or watermark()
    look = {MomentRule.Family.INTERACTION: _entries_page, MomentRule.Family.BIRTHDAY: _birthdays_page}
    proposed: dict[str, int] = {}
    for family, page in look.items():
        for pk, code in MomentRule.objects.watching(family).order_by("id").values_list("pk", "code"):
            place: WatchPlace | None = None
            while True:
                try:
                    count, place = page(pk, until, place)
                except TooSlow:
                    _stop(pk, RuleWatch.Stop.SLOW)
                    break
                proposed[code] = proposed.get(code, 0) + count
                if place is None:
                    break
    return proposed


@transaction.atomic
def _entries_page(pk: int, until: datetime, place: WatchPlace | None) -> tuple[int, WatchPlace | None]:
    """The next page of what was recorded: how many moments came of it, and where the next begins, if there is one."""
    watch = _watch(pk)
    if watch is None:
        return 0, None
    rule = watch.rule
    start = place or WatchPlace(max(watch.until, until - timedelta(hours=rule.fresh_hours)))
    if start.at >= until:
        return 0, None
    with time_limit(PATIENCE):
        finds = entries(rule, start.at, until, after=start.after, limit=PAGE)
    count = _propose(watch, finds)
    full = len(finds) == PAGE
    watch.until = finds[-1].at if full else until
    watch.save(update_fields=["until"])
    more = full and watch.stopped_at is None
    return count, WatchPlace(finds[-1].at, finds[-1].entry) if more else None


@transaction.atomic
def _birthdays_page(pk: int, until: datetime, place: WatchPlace | None) -> tuple[int, WatchPlace | None]:
    """The same for the birthdays that are due to be spoken of, by the company's clock, once its day has begun."""
    watch = _watch(pk)
    if watch is None or timezone.localtime(until).time() < MORNING:
        return 0, None
    days = _days_between(timezone.localdate(watch.until), timezone.localdate(until))
    if not days:
        return 0, None
    ahead = timedelta(days=watch.rule.birthday_days)
    after = place.after if place else 0
    with time_limit(PATIENCE):
        finds = birthdays(watch.rule, [day + ahead for day in days], until, after=after, limit=PAGE)
    count = _propose(watch, finds)
    if len(finds) == PAGE and watch.stopped_at is None:
        return count, WatchPlace(until, finds[-1].customer)
    watch.until = until
    watch.save(update_fields=["until"])
    return count, None


def _days_between(last: date, today: date) -> list[date]:
    missed = min((today - last).days, MISSED_DAYS)
    return [today - timedelta(days=back) for back in range(missed - 1, -1, -1)]


def _watch(pk: int) -> RuleWatch | None:
    """The watch of a rule, held; None where somebody else holds it, or the rule looks no longer."""
    held = RuleWatch.objects.select_for_update(of=("self",), skip_locked=True).select_related("rule")
    return held.filter(rule=pk, rule__active=True, stopped_at=None).first()


def _propose(watch: RuleWatch, finds: Sequence[Find]) -> int:
    """Moments of what was found, as far as nobody has seen them yet and the day allows."""
    rule, today = watch.rule, timezone.localdate()
    news = _news(rule, finds)
    if not news:
        return 0
    day, _made = RuleDay.objects.get_or_create(rule=rule, day=today)
    proposals = Proposals(rule, news)
    count, over = proposals.make(rule.daily_ceiling - day.proposed)
    if count or proposals.avoided:
        RuleDay.objects.filter(pk=day.pk).update(
            proposed=F("proposed") + count, avoided=F("avoided") + proposals.avoided
        )
    if over:
        _stop(rule.pk, RuleWatch.Stop.CEILING)
        watch.stopped_at = timezone.now()
    return count


def _news(rule: MomentRule, finds: Sequence[Find]) -> list[Find]:
    """Without what was proposed before, what people have seen themselves, customers of whom somebody has such a moment
    in hand, and those whom the rule leaves alone."""
    if not finds:
        return []
    known = set(Moment.objects.filter(key__in=[find.key(rule.code) for find in finds]).values_list("key", flat=True))
    pointed = Moment.origins.through.objects.filter(
        interaction_id__in=[find.entry for find in finds], moment__kind=rule.kind
    )
    seen = set(pointed.values_list("interaction_id", flat=True))
    busy = _in_hand(rule, finds) if rule.quiet_days else ()
    news = [
        find
        for find in finds
        if find.key(rule.code) not in known and find.entry not in seen and find.customer not in busy
    ]
    return rested(news, _spoken_of(rule, news), timedelta(days=rule.quiet_days))


def _in_hand(rule: MomentRule, finds: Sequence[Find]) -> set[int]:
    """Customers with an open moment of the rule's kind, whoever saw it: two people would tell them the same."""
    open_ones = Moment.objects.live().filter(kind=rule.kind, profile__customer__in={find.customer for find in finds})
    return set(open_ones.values_list("profile__customer", flat=True))


def _spoken_of(rule: MomentRule, finds: Sequence[Find]) -> dict[int, datetime]:
    """When the rule, in whatever version, proposed its last moment of each customer."""
    theirs = Moment.objects.filter(
        profile__customer__in={find.customer for find in finds}, rule__startswith=f"{rule.code}@"
    )
    return dict(theirs.values_list("profile__customer").annotate(last=Max("created_at")))


@transaction.atomic
def _stop(pk: int, why: str) -> None:
    """The rule looks no longer until somebody lets it run again."""
    if not RuleWatch.objects.filter(rule=pk, stopped_at=None).update(stopped_at=timezone.now(), stopped_for=why):
        return
    rule = MomentRule.objects.get(pk=pk)
    audit(None, "moment_rule.stop", label=rule.mark, id=pk, name=rule.name, rule=rule.mark, why=why)
