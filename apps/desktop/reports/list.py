"""The list behind a figure: exactly what was counted, line by line, each leading to the moment or the customer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.models import Role, User
from apps.contact.models import Avoided, Consent, Purpose
from apps.contact.permission import Code
from apps.customers.models import Customer
from apps.desktop.moments.page import LISTED, OUTCOME_ICONS, PEOPLE, as_seen_by, state_words, time_words
from apps.desktop.promises.line import promise_line
from apps.desktop.reports.page import ReportChoice
from apps.desktop.reports.words import REASONS, lasting
from apps.foundation.db.keyset import Cursor
from apps.foundation.redaction import short_name
from apps.interactions.models import FollowUp
from apps.moments.kinds import kind_of
from apps.moments.models import Moment, Outcome, Step
from apps.reports.figures import FIGURES, listed, span_of, waited

PAGE = 50
CODES = {str(code) for code in Code}


class FigureLine(NamedTuple):
    """`url` is empty where this reader may not open what it is about."""

    customer: Customer
    who: str
    icon: str
    title: str
    words: str
    state: str
    when: str
    url: str


def page(
    user: User, choice: ReportChoice, name: str, part: str, after: Cursor[datetime] | None
) -> tuple[list[FigureLine], str]:
    """Fifty lines, and where to go on ("": that was all). Two queries at most. Raises KeyError for no such figure."""
    rows = listed(choice.scope(user), span_of(choice.days), name, part, after)
    found = list(_whole(rows)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    at = FIGURES[name].at
    return lines(user, name, found[:PAGE]), str(Cursor(getattr(last, at), last.pk)) if last else ""


def _whole(rows: Any) -> Any:
    """With all that its lines name."""
    related = {
        Moment: ("profile__customer", *PEOPLE),
        Step: ("moment__profile__customer", "actor"),
        FollowUp: ("profile__customer", "owner", "team", "handover__actor"),
        Avoided: ("profile__customer", "actor"),
    }
    rows = rows.select_related(*related[rows.model])
    return rows.only(*LISTED) if rows.model is Moment else rows


def lines(user: User, name: str, rows: Sequence[Any]) -> list[FigureLine]:
    if name == "avoided":
        known = {row.about for row in rows if row.about}
        visible = Moment.objects.visible_to(user).filter(public_id__in=known).values_list("public_id", flat=True)
        opens = set(visible) if known else ()
        return [_avoided(user, row, row.about in opens) for row in rows]
    line_of: Mapping[str, Callable[[User, Any], FigureLine]] = {
        "declined": _declined,
        "promises": _promise,
        "late": _promise,
        "accepted": _accepted,
    }
    return [line_of.get(name, _moment)(user, row) for row in rows]


def _moment(user: User, moment: Moment) -> FigureLine:
    kind, seen = kind_of(moment.kind), as_seen_by(user, moment)
    over = moment.outcome and str(Outcome(moment.outcome).label)
    icon = OUTCOME_ICONS.get(Outcome(moment.outcome), "check") if moment.outcome else kind.icon
    return FigureLine(
        moment.profile.customer,
        seen.who,
        icon,
        str(kind),
        moment.line if over else seen.suggestion,
        over or state_words(user, moment),
        time_words(moment.done_at or moment.created_at),
        reverse("moment", args=[moment.public_id]),
    )


def _accepted(user: User, moment: Moment) -> FigureLine:
    words = gettext("had an owner after %(time)s") % {"time": lasting(waited(moment))}
    return _moment(user, moment)._replace(state=words, when=time_words(moment.first_accepted_at))


def _declined(user: User, row: Step) -> FigureLine:
    """Marketers read only their own department's words."""
    theirs = row.actor is not None and row.actor.role == Role.MARKETER
    moment = row.moment
    return FigureLine(
        moment.profile.customer,
        as_seen_by(user, moment).who,
        "x",
        str(kind_of(moment.kind)),
        row.note if theirs or user.role != Role.MARKETER else "",
        gettext("declined by %(name)s") % {"name": row.actor},
        time_words(row.at),
        reverse("moment", args=[moment.public_id]),
    )


def _promise(user: User, promise: FollowUp) -> FigureLine:
    line, late = promise_line(promise), promise.closed_at and promise.closed_at - promise.due_at
    state = f"{line.label}, {line.owner}"
    if promise.state == FollowUp.State.KEPT and late and late > timedelta(0):
        state = gettext("Done by %(name)s, %(time)s late") % {"name": line.owner, "time": lasting(late)}
    customer = promise.profile.customer
    return FigureLine(
        customer,
        str(customer),
        "handshake",
        promise.text,
        gettext("Due: %(when)s") % {"when": time_words(promise.due_at)},
        state,
        time_words(promise.closed_at) if promise.closed_at else "",
        customer.get_absolute_url(),
    )


def _avoided(user: User, avoided: Avoided, opens: bool) -> FigureLine:
    customer, marketer = avoided.profile.customer, user.role == Role.MARKETER
    channel = str(Consent.Channel(avoided.channel).label) if avoided.channel else gettext("Every channel")
    reasons = [str(REASONS[Code(code)]) for code in avoided.codes if code in CODES]
    url = reverse("moment", args=[avoided.about]) if opens else customer.get_absolute_url()
    return FigureLine(
        customer,
        short_name(customer.name) if marketer else str(customer),
        "ban",
        " · ".join(reasons),
        f"{channel}, {Purpose.label_of(avoided.purpose)}",
        f"{avoided.get_where_display()}, {avoided.actor}" if avoided.actor else str(avoided.get_where_display()),
        time_words(avoided.at),
        "" if marketer and not opens else url,
    )
