"""What other systems are told of moments: written in the transaction of the step that it tells of, and sent later.

Nothing leaves but what has left the service side already: the copy that travelled (`travelling.Copy`), and what
everybody may know of a moment's course. Of a moment that was never passed on nobody outside hears anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from apps.accounts.models import Team, User
from apps.moments.models import Event, Moment, Step, WebhookEndpoint, WebhookMessage

EVENTS: Mapping[str, str] = {
    Step.Act.MARK: Event.OFFERED,  # by a rule, into a department's queue: others have not left yet
    Step.Act.AMEND: Event.AMENDED,
    Step.Act.OFFER: Event.OFFERED,
    Step.Act.ACCEPT: Event.ACCEPTED,
    Step.Act.DECLINE: Event.DECLINED,
    Step.Act.WITHDRAW: Event.WITHDRAWN,
    Step.Act.RETURN: Event.RETURNED,
    Step.Act.ESCALATE: Event.ESCALATED,
    Step.Act.REASSIGN: Event.ASSIGNED,
    Step.Act.SNOOZE: Event.SNOOZED,
    Step.Act.WAKE: Event.WOKEN,
    Step.Act.CONTACT: Event.CONTACTED,
    Step.Act.DONE: Event.DONE,
    Step.Act.EXPIRE: Event.EXPIRED,
    Step.Act.UNDO: Event.UNDONE,
}
REMEMBERED = 5.0  # seconds until an endpoint that was made elsewhere is told of what happens here

_remembered: tuple[float, Sequence[WebhookEndpoint]] | None = None


def endpoints() -> Sequence[WebhookEndpoint]:
    """Those that are told of anything, remembered: every step of every moment asks."""
    global _remembered  # noqa: PLW0603 - one memory a process
    if _remembered is None or monotonic() - _remembered[0] > REMEMBERED:
        _remembered = monotonic(), list(WebhookEndpoint.objects.told().order_by("id"))
    return _remembered[1]


def forget_endpoints() -> None:
    """Ask the database the next time: somebody has just changed one."""
    global _remembered  # noqa: PLW0603
    _remembered = None


def tell(steps: Iterable[Step]) -> int:
    """Write a message for each endpoint that wants to hear of these steps, in the caller's transaction. One statement,
    and none where nobody listens. How many messages."""
    listening = endpoints()
    if not listening:
        return 0
    wanted = [(one, taken) for taken in steps if _leaves(taken) for one in listening if _wants(one, taken)]
    if not wanted:
        return 0
    desks = _desks({taken.moment for _one, taken in wanted})
    messages = [_message(one, taken, desks) for one, taken in wanted]
    WebhookMessage.objects.bulk_create(messages, ignore_conflicts=True)
    return len(messages)


def _leaves(taken: Step) -> bool:
    """Whether the moment has left the service side; what was out and is called back counts, or nobody would hear."""
    return taken.moment.travels is not None or taken.before.get("travels") is not None


def _wants(endpoint: WebhookEndpoint, taken: Step) -> bool:
    event = EVENTS.get(taken.act)
    return event is not None and endpoint.wants(event, taken.moment.kind)


def _message(endpoint: WebhookEndpoint, taken: Step, desks: "Desks") -> WebhookMessage:
    moment, event = taken.moment, EVENTS[taken.act]
    return WebhookMessage(
        endpoint=endpoint,
        event=event,
        moment=moment,
        payload=payload(event, taken.at, told_of(moment, desks)),
        key=f"{endpoint.pk}:{moment.public_id}:{moment.version}",
    )


def payload(event: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request, as the Standard Webhooks specification asks for it ("Payload structure")."""
    return {"type": event, "timestamp": at.isoformat(), "data": dict(data)}


def told_of(moment: Moment, desks: "Desks") -> dict[str, Any]:
    """A moment as other systems may know it. `owner` and `offered_to` name teams, never people; `copy` is null where
    the moment has been called back."""
    return {
        "id": str(moment.public_id),
        "version": moment.version,
        "state": moment.state,
        "outcome": moment.outcome,
        "kind": moment.kind,
        "due": moment.due_at.isoformat(),
        "owner": desks.of(moment.owner_team_id, moment.owner_user_id),
        "offered_to": desks.of(moment.offered_to_team_id, moment.offered_to_user_id),
        "copy": moment.travels,
    }


class Desks:
    """The teams that some moments lie with, by team and by person."""

    def __init__(self, teams: Mapping[int, str], people: Mapping[int, str]) -> None:
        self.teams, self.people = teams, people

    def of(self, team: int | None, person: int | None) -> str:
        return self.teams.get(team or 0) or self.people.get(person or 0) or ""


def _desks(moments: Iterable[Moment]) -> Desks:
    """Two queries, however many moments."""
    teams = {pk for one in moments for pk in (one.owner_team_id, one.offered_to_team_id) if pk}
    people = {pk for one in moments for pk in (one.owner_user_id, one.offered_to_user_id) if pk}
    named = Team.objects.filter(pk__in=teams).values_list("pk", "name")
    belong = User.objects.filter(pk__in=people, team__isnull=False).values_list("pk", "team__name")
    return Desks(dict(named) if teams else {}, dict(belong) if people else {})
