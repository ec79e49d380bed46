"""The list behind a figure: exactly what was counted, line by line, each leading to the moment or the customer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.customers.models import Consent, Customer, Purpose
from apps.desktop.entries import promise_line
from apps.desktop.measures_page import Choice
from apps.desktop.measures_words import REASONS, lasting
from apps.desktop.moments_page import OUTCOME_ICONS, PEOPLE, UNREAD, moment_words, state_words, told_to
from apps.interactions.keyset import Cursor
from apps.interactions.models import FollowUp
from apps.moments.kinds import kind_of
from apps.moments.measuring import MEASURES, listed, span_of, waited
from apps.moments.models import Avoided, Moment, Outcome, Step
from apps.moments.permission import Code
from apps.moments.travelling import short_name

PAGE = 50
CODES = {str(code) for code in Code}


class Line(NamedTuple):
    """`url` is empty where this reader may not open what it is about."""

    customer: Customer
    who: str
    icon: str
    title: str
    words: str
    state: str
    when: str
    url: str


def page(user: User, choice: Choice, name: str, part: str, after: Cursor | None) -> tuple[list[Line], str]:
    """Fifty lines, and where to go on ("": that was all). Two queries at most. Raises KeyError for no such figure."""
    rows = listed(choice.scope(user), span_of(choice.days), name, part, after)
    found = list(_whole(rows)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    at = MEASURES[name].at
    return lines(user, name, found[:PAGE]), str(Cursor(getattr(last, at), last.pk)) if last else ""


def _whole(rows: Any) -> Any:
    """With all that its lines name."""
    related = {
        Moment: ("profile__customer", *PEOPLE),
        Step: ("moment__profile__customer", "actor"),
        FollowUp: ("profile__customer", "owner"),
        Avoided: ("profile__customer", "actor", "moment"),
    }
    rows = rows.select_related(*related[rows.model])
    return rows.defer(*UNREAD) if rows.model is Moment else rows


def lines(user: User, name: str, rows: Sequence[Any]) -> list[Line]:
    if name == "avoided":
        known = {one.moment_id for one in rows if one.moment_id}
        open_to = (
            set(Moment.objects.visible_to(user).filter(pk__in=known).values_list("pk", flat=True)) if known else ()
        )
        return [_avoided(user, one, one.moment_id in open_to) for one in rows]
    tell: Mapping[str, Callable[[User, Any], Line]] = {
        "declined": _declined,
        "promises": _promise,
        "late": _promise,
        "accepted": _accepted,
    }
    return [tell.get(name, _moment)(user, one) for one in rows]


def _moment(user: User, one: Moment) -> Line:
    kind, seen = kind_of(one.kind), told_to(user, one)
    over = one.outcome and str(Outcome(one.outcome).label)
    icon = OUTCOME_ICONS.get(Outcome(one.outcome), "check") if one.outcome else kind.icon
    return Line(
        one.profile.customer,
        seen.who,
        icon,
        str(kind),
        one.line if over else seen.suggestion,
        over or state_words(user, one),
        moment_words(one.done_at or one.created_at),
        reverse("moment", args=[one.public_id]),
    )


def _accepted(user: User, one: Moment) -> Line:
    told = gettext("had an owner after %(time)s") % {"time": lasting(waited(one))}
    return _moment(user, one)._replace(state=told, when=moment_words(one.first_accepted_at))


def _declined(user: User, row: Step) -> Line:
    """Marketers read only their own department's words."""
    theirs = row.actor is not None and row.actor.role == Role.MARKETER
    one = row.moment
    return Line(
        one.profile.customer,
        told_to(user, one).who,
        "x",
        str(kind_of(one.kind)),
        row.note if theirs or user.role != Role.MARKETER else "",
        gettext("declined by %(name)s") % {"name": row.actor},
        moment_words(row.at),
        reverse("moment", args=[one.public_id]),
    )


def _promise(user: User, one: FollowUp) -> Line:
    told, late = promise_line(one), one.closed_at and one.closed_at - one.due_at
    state = f"{told.label}, {told.owner}"
    if one.state == FollowUp.State.KEPT and late and late > timedelta(0):
        state = gettext("Kept by %(name)s, %(time)s late") % {"name": told.owner, "time": lasting(late)}
    customer = one.profile.customer
    return Line(
        customer,
        str(customer),
        "handshake",
        one.text,
        gettext("Due: %(when)s") % {"when": moment_words(one.due_at)},
        state,
        moment_words(one.closed_at) if one.closed_at else "",
        customer.get_absolute_url(),
    )


def _avoided(user: User, one: Avoided, opens: bool) -> Line:
    customer, marketer = one.profile.customer, user.role == Role.MARKETER
    channel = str(Consent.Channel(one.channel).label) if one.channel else gettext("Every channel")
    reasons = [str(REASONS[Code(code)]) for code in one.codes if code in CODES]
    url = reverse("moment", args=[one.moment.public_id]) if opens and one.moment else customer.get_absolute_url()
    return Line(
        customer,
        short_name(customer.name) if marketer else str(customer),
        "ban",
        " · ".join(reasons),
        f"{channel}, {Purpose.label_of(one.purpose)}",
        f"{one.get_where_display()}, {one.actor}" if one.actor else str(one.get_where_display()),
        moment_words(one.at),
        "" if marketer and not opens else url,
    )
