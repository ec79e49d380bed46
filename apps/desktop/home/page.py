"""What needs a hand, for who looks after the others, and the first steps in an empty installation."""

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.channels.models import Envelope, Source
from apps.channels.sync import health
from apps.customers.models import Customer, MatchCandidate
from apps.desktop.reports.page import USUAL
from apps.desktop.reports.words import percent, share
from apps.interactions.models import FollowUp
from apps.moments.models import WebhookEndpoint
from apps.reports.figures import Scope, listed, span_of, tally

COUNTED = 1000  # from here on a count is said to be "more than"


class OversightFigure(NamedTuple):
    """A true figure, what it counts, where it leads, and whether somebody should look."""

    figure: str
    words: str | Promise
    link: str
    alarm: bool = False


class FirstStep(NamedTuple):
    """Something to do before the first customer is met."""

    words: str | Promise
    hint: str | Promise
    link: str
    done: bool


def oversight(user: User) -> list[OversightFigure]:
    """What is late, refused, waiting or switched off, and how many opportunities were seized."""
    return [*_open_ends(user), _success(user)]


def needing_a_hand(user: User) -> list[OversightFigure]:
    """What somebody should look at. The share of what was seized is not reckoned for it."""
    return [figure for figure in _open_ends(user) if figure.alarm]


def first_steps() -> list[FirstStep]:
    """What a new company does, in order; empty once all of it is done. Four queries."""
    alone = len(User.objects.filter(is_active=True).values_list("pk")[:2]) < 2
    steps = [
        FirstStep(
            _("Make your teams"),
            _("A call centre, each store, marketing: with their place and time zone."),
            _list("accounts.team"),
            Team.objects.exists(),
        ),
        FirstStep(
            _("Let your colleagues in"),
            _("Each with a role, which decides what they see and do."),
            _list("accounts.user"),
            not alone,
        ),
        FirstStep(
            _("Connect a source"),
            _("A shop, a mailbox, the telephone, a file: the story begins with what it knows already."),
            reverse("kinds"),
            Source.objects.existing().exists(),
        ),
        FirstStep(
            _("Meet the first customer"),
            _("Somebody appears with the first event, or when you log a conversation."),
            reverse("create"),
            Customer.objects.exists(),
        ),
    ]
    return [] if all(step.done for step in steps) else steps


def _open_ends(user: User) -> list[OversightFigure]:
    return [*_of_people(), *_of_sources(), _escalated(user)]


def _of_people() -> list[OversightFigure]:
    late = FollowUp.objects.open().filter(due_at__lt=now())
    open_late = f"{_list('interactions.followup')}?due=late"
    alike = MatchCandidate.objects.to_review().filter(status=MatchCandidate.Status.OPEN)
    return [
        _counted(late, _("open promises are late"), open_late),
        _counted(alike, _("possible duplicates wait for a decision"), reverse("matches")),
    ]


def _of_sources() -> list[OversightFigure]:
    """Sources by name where there is one in trouble, else by number; then what of their events needs somebody."""
    sick = [source.name for source in health.with_vitals() if health.judge(health.vitals_of(source), now()).troubled]
    words = ngettext("source needs somebody", "sources need somebody", len(sick))
    named = f"{words}: {', '.join(sick[:2])}" if sick else words
    envelopes = _list("channels.envelope")
    return [
        OversightFigure(str(len(sick)), named, reverse("sources"), bool(sick)),
        _counted(Envelope.objects.quarantined(), _("events in quarantine"), f"{envelopes}?state__exact=quarantined"),
        _counted(Envelope.objects.conflicting(), _("events in conflict"), f"{envelopes}?state__exact=conflict"),
        _counted(WebhookEndpoint.objects.disabled(), _("webhooks are switched off"), _list("moments.webhookendpoint")),
    ]


def _escalated(user: User) -> OversightFigure:
    waiting = listed(Scope(user), span_of(USUAL), "waiting", "escalated")
    where = f"{reverse('figure', args=['waiting'])}?part=escalated"
    return _counted(waiting, _("moments are escalated and wait"), where)


def _success(user: User) -> OversightFigure:
    """A figure of the reports, where all of them are."""
    seized = tally(Scope(user), span_of(USUAL), "due").now
    words = gettext("of the opportunities of %(days)d days were seized") % {"days": USUAL}
    return OversightFigure(percent(share(seized["seized"], seized["reckoned"])), words, reverse("reports"))


def _counted(rows: QuerySet[Any], words: str | Promise, link: str) -> OversightFigure:
    number = len(rows.values_list("pk")[: COUNTED + 1])
    return OversightFigure(f"{COUNTED}+" if number > COUNTED else str(number), words, link, alarm=number > 0)


def _list(model: str) -> str:
    return reverse("admin:{}_{}_changelist".format(*model.split(".")))
