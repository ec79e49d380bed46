"""The page on which a rule is tried out: a bar a day, and what it would have caught."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from apps.accounts.models import User
from apps.contact.models import Consent, Purpose
from apps.contact.permission import answers
from apps.customers.models import Customer
from apps.foundation.charts import BarChart, Datum, Layout, grouped
from apps.foundation.text.numbers import exact
from apps.interactions.models import Interaction
from apps.moments.actions import Permit
from apps.moments.kinds import kind_of
from apps.moments.models import MomentRule
from apps.moments.rules.detectors import Find, RuleTrial, TrialDay

LAYOUT = Layout(step=20, bar=16, least=3)
SCALE = 5  # a day with one moment is not drawn as high as the chart
EXCERPT = 200  # characters of what was said


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One that it would have proposed. `closed`: for what it is about they must not be contacted as things stand."""

    customer: Customer
    at: datetime | None
    day: date | None
    channel: str
    title: str
    words: str
    closed: bool


def chart_of(days: Sequence[TrialDay], ceiling: int) -> BarChart:
    total = sum(day.count for day in days)
    label = ngettext("%(count)s moment in %(days)s days", "%(count)s moments in %(days)s days", total)
    words = label % {"count": number_format(total, 0, force_grouping=True), "days": len(days)}
    marks = [date_format(day.date, "MONTH_DAY_FORMAT") for day in (days[0], days[len(days) // 2], days[-1])]
    return grouped([_datum(day, ceiling) for day in days], words, marks, LAYOUT, SCALE)


def _datum(day: TrialDay, ceiling: int) -> Datum:
    count = gettext("more than %(count)d") if day.more else "%(count)d"
    title = f"{date_format(day.date, 'SHORT_DATE_FORMAT')}: {count % {'count': day.count}}"
    return Datum((("over" if day.count > ceiling else "", day.count),), title)


def rows_of(rule: MomentRule, finds: Sequence[Find], reader: User) -> list[TrialRow]:
    """The finds with what people need to judge them; the same few statements for one as for two hundred."""
    entries = Interaction.objects.visible_to(reader).select_related("profile__customer").defer("search", "payload")
    seen = entries.in_bulk([find.entry for find in finds if find.entry])
    people = Customer.objects.in_bulk([find.customer for find in finds if find.day])
    closed = _closed(rule, {find.customer for find in finds})
    rows = (_row(find, seen.get(find.entry), people.get(find.customer), find.customer in closed) for find in finds)
    return [row for row in rows if row]


def _row(find: Find, entry: Interaction | None, person: Customer | None, closed: bool) -> TrialRow | None:
    if entry:
        words = " ".join((entry.verbatim or entry.body).split())
        channel = str(entry.get_channel_display())
        amount = (
            "" if entry.amount is None else f" · {number_format(exact(entry.amount, entry.currency))} {entry.currency}"
        )
        title = f"{entry.title}{amount}".rstrip()
        return TrialRow(entry.profile.customer, entry.occurred_at, None, channel, title, words[:EXCERPT], closed)
    return TrialRow(person, None, find.day, "", gettext("Birthday"), "", closed) if person else None


def _closed(rule: MomentRule, customers: set[int]) -> set[int]:
    """Whom it would leave alone, or could not pass on, because of what they permit now."""
    purpose = kind_of(rule.kind).purpose
    if not Purpose.opt_in(purpose) or not customers:
        return set()
    found = answers(customers, list(Consent.Channel.values), purpose)
    return {pk for pk, by_channel in found.items() if not Permit.of(by_channel).open}


def remarks(rule: MomentRule, trial: RuleTrial, rows: Sequence[TrialRow]) -> list[str]:
    """What somebody should know who reads the figures."""
    said = []
    if trial.unlooked:
        words = ngettext(
            "Looking took too long: %(count)d day was left out.",
            "Looking took too long: %(count)d days were left out, the oldest ones.",
            trial.unlooked,
        )
        said.append(words % {"count": trial.unlooked} + " " + gettext("Narrow it down by channel or kind of entry."))
    if over := trial.over(rule.daily_ceiling):
        words = ngettext(
            "On %(count)d day it would have found more than %(ceiling)d and stopped itself.",
            "On %(count)d days it would have found more than %(ceiling)d and stopped itself.",
            over,
        )
        said.append(words % {"count": over, "ceiling": rule.daily_ceiling})
    if closed := len({row.customer.pk for row in rows if row.closed}):
        words = ngettext(
            "%(count)d of these customers may not be contacted for this now: no such moment would go out.",
            "%(count)d of these customers may not be contacted for this now: no such moments would go out.",
            closed,
        )
        said.append(words % {"count": closed})
    return said


def context_of(rule: MomentRule, trial: RuleTrial, reader: User) -> dict[str, Any]:
    rows = rows_of(rule, trial.finds, reader)
    return {
        "rule": rule,
        "rows": rows,
        "chart": chart_of(trial.days, rule.daily_ceiling),
        "remarks": remarks(rule, trial, rows),
        "headline": _headline(trial),
        "shown": len(trial.finds) if trial.total > len(trial.finds) else 0,
        "since": timezone.make_aware(datetime.combine(trial.days[0].date, datetime.min.time())),
    }


def _headline(trial: RuleTrial) -> str:
    count = number_format(trial.total, 0, force_grouping=True)
    if trial.more:
        return gettext("It would have proposed more than %(count)s moments in the last 30 days.") % {"count": count}
    words = ngettext(
        "It would have proposed %(count)s moment in the last 30 days.",
        "It would have proposed %(count)s moments in the last 30 days.",
        trial.total,
    )
    return words % {"count": count}
