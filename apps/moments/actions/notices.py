"""Telling people of steps by e-mail, if they wish: one mail a person and minute, with links and without customers.

A step is told once nobody can take it back any more. Who is to be told is a row (`Notice`), so a mail that the server
did not take is sent the next minute, and a process that dies in between sends it again under the same Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.mail import desk_address, reachable, send
from apps.accounts.models import User
from apps.moments.actions.outcomes import TAKEN_BACK_WITHIN
from apps.moments.kinds import kind_of
from apps.moments.models import Notice, Outcome, Step

FRESH = timedelta(hours=1)  # what is older the desk has long shown
TRIED_FOR = timedelta(days=1)
IN_A_MAIL = 30
MAILS_AT_ONCE = 200
TO_WHOM_IT_GOES = [Step.Act.OFFER, Step.Act.ESCALATE, Step.Act.REASSIGN, Step.Act.DECLINE, Step.Act.RETURN]
TO_WHO_SENT_IT = [Step.Act.ACCEPT, Step.Act.DONE, Step.Act.EXPIRE]

log = structlog.get_logger(__name__)

GATHER = """
    WITH fresh AS (
        SELECT s.id, s.act, s.actor_id, s.to_user_id, s.to_team_id, m.sender_id, m.marked_by_id
        FROM moments_step s JOIN moments_moment m ON m.id = s.moment_id
        WHERE s.act = ANY(%(acts)s) AND s.at BETWEEN %(since)s AND %(until)s
          AND NOT EXISTS (SELECT FROM moments_step u
                          WHERE u.moment_id = s.moment_id AND u.version = s.version + 1 AND u.act = 'undo')
    )
    INSERT INTO moments_notice (step_id, person_id, made_at)
    SELECT DISTINCT fresh.id, u.id, %(now)s FROM fresh JOIN accounts_user u ON u.moments_by_mail AND u.is_active
      AND u.id IS DISTINCT FROM fresh.actor_id
      AND CASE WHEN fresh.act = ANY(%(goes)s) THEN
            u.id = fresh.to_user_id OR fresh.to_user_id IS NULL AND u.team_id = fresh.to_team_id
          ELSE u.id IN (fresh.sender_id, fresh.marked_by_id) END
    ON CONFLICT (step_id, person_id) DO NOTHING
"""


def gather_notices() -> int:
    """Note who is to be told of what has happened; how many notices that made."""
    now = timezone.now()
    params: dict[str, Any] = {
        "acts": [*TO_WHOM_IT_GOES, *TO_WHO_SENT_IT],
        "goes": TO_WHOM_IT_GOES,
        "since": now - FRESH,
        "until": now - TAKEN_BACK_WITHIN,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(GATHER, params)
        made: int = cursor.rowcount
        return made


def send_notices() -> int:
    """Mail everybody what they have not been told yet; how many mails were taken. A server that refuses is asked again
    the next minute, for a day."""
    waiting = Notice.objects.filter(sent_at=None, made_at__gt=timezone.now() - TRIED_FOR)
    people = waiting.order_by("person_id").values_list("person_id", flat=True).distinct()[:MAILS_AT_ONCE]
    return sum(_send_to(person) for person in list(people))


@transaction.atomic
def _send_to(person: int) -> bool:
    user = User.objects.select_related("team").get(pk=person)
    notices = list(
        Notice.objects.filter(person=user, sent_at=None)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("step__moment", "step__actor", "step__to_team")
        .order_by("id")[:IN_A_MAIL]
    )
    if not notices:
        return False
    taken = False
    if reachable(user):
        try:
            _send(user, notices)
        except (OSError, SMTPException) as error:
            log.warning("notices.not_sent", person=person, error=type(error).__name__)
            return False
        taken = True
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(sent_at=timezone.now())
    return taken


def _send(user: User, notices: Sequence[Notice]) -> None:
    zone = ZoneInfo(user.timezone) if user.timezone else timezone.get_default_timezone()
    with translation.override(user.language or settings.LANGUAGE_CODE), timezone.override(zone):
        lines = [_line(notice.step) for notice in notices]
        several = ngettext("%(count)d moment", "%(count)d moments", len(lines)) % {"count": len(lines)}
        subject = lines[0].splitlines()[0] if len(lines) == 1 else several
        foot = _("You asked to be told by e-mail. Change it in your menu at the desk.")
        send(user, subject, "\n\n".join([*lines, foot, ""]), key=f"moments-{user.pk}-{notices[-1].pk}")


def _line(step: Step) -> str:
    """What happened, in three lines at most: no customer, and nobody's words."""
    moment = step.moment
    said = {
        "kind": kind_of(moment.kind),
        "who": step.actor or _("Time"),
        "team": step.to_team or "",
        "outcome": Outcome(moment.outcome).label if moment.outcome in Outcome.values else "",
    }
    words = _WORDS[Step.Act(step.act)]() % said
    limit = moment.answer_by if step.act in (Step.Act.OFFER, Step.Act.ESCALATE) else None
    until = _("Answer by %(when)s.") % {"when": _when(limit)} if limit else ""
    return "\n".join(filter(None, [words, until, desk_address(reverse("moment", args=[moment.public_id]))]))


def _when(limit: datetime) -> str:
    return date_format(timezone.localtime(limit), "SHORT_DATETIME_FORMAT")


_WORDS = {
    Step.Act.OFFER: lambda: _("%(kind)s: offered by %(who)s"),
    Step.Act.ESCALATE: lambda: _("%(kind)s: nobody answered in time, now it is asked of you"),
    Step.Act.REASSIGN: lambda: _("%(kind)s: %(who)s gave it to you"),
    Step.Act.DECLINE: lambda: _("%(kind)s: declined by %(who)s, it is yours again"),
    Step.Act.RETURN: lambda: _("%(kind)s: it is back with you"),
    Step.Act.ACCEPT: lambda: _("%(kind)s: accepted by %(who)s"),
    Step.Act.DONE: lambda: _("%(kind)s: %(outcome)s, says %(who)s"),
    Step.Act.EXPIRE: lambda: _("%(kind)s: nobody seized it in time"),
}
