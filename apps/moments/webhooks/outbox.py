"""What other systems are told of moments: written in the transaction of the step that it tells of, and sent later.

Nothing leaves but what has left the service side already: the disclosed copy (`disclosure.Copy`), and what
everybody may know of a moment's course. Of a moment that was never passed on nobody outside hears anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.accounts.models import Team, User
from apps.foundation.cache import Cached
from apps.moments.models import Moment, Step, WebhookEndpoint, WebhookEvent, WebhookMessage

EVENTS: Mapping[str, str] = {
    Step.Act.MARK: WebhookEvent.OFFERED,  # by a rule, into a department's queue: others have not left yet
    Step.Act.AMEND: WebhookEvent.AMENDED,
    Step.Act.OFFER: WebhookEvent.OFFERED,
    Step.Act.ACCEPT: WebhookEvent.ACCEPTED,
    Step.Act.DECLINE: WebhookEvent.DECLINED,
    Step.Act.WITHDRAW: WebhookEvent.WITHDRAWN,
    Step.Act.RETURN: WebhookEvent.RETURNED,
    Step.Act.ESCALATE: WebhookEvent.ESCALATED,
    Step.Act.REASSIGN: WebhookEvent.ASSIGNED,
    Step.Act.SNOOZE: WebhookEvent.SNOOZED,
    Step.Act.WAKE: WebhookEvent.WOKEN,
    Step.Act.CONTACT: WebhookEvent.CONTACTED,
    Step.Act.DONE: WebhookEvent.DONE,
    Step.Act.EXPIRE: WebhookEvent.EXPIRED,
    Step.Act.UNDO: WebhookEvent.UNDONE,
}
ENDPOINTS = "webhook_endpoints"  # the cache of them: whoever changes an endpoint invalidates it


def _load_endpoints() -> Sequence[WebhookEndpoint]:
    return list(WebhookEndpoint.objects.listening().order_by("id"))


# Those to whom anything is sent: every step of every moment asks.
endpoints = Cached(_load_endpoints, name=ENDPOINTS, seconds=60)


def enqueue_webhooks(steps: Iterable[Step]) -> int:
    """Write a message for each endpoint that wants to hear of these steps, in the caller's transaction. One statement,
    and none where nobody listens. How many messages."""
    listening = endpoints()
    if not listening:
        return 0
    wanted = [(endpoint, step) for step in steps if _leaves(step) for endpoint in listening if _wants(endpoint, step)]
    if not wanted:
        return 0
    desks = _desks({step.moment for _endpoint, step in wanted})
    messages = [_message(endpoint, step, desks) for endpoint, step in wanted]
    WebhookMessage.objects.bulk_create(messages, ignore_conflicts=True)
    return len(messages)


def _leaves(step: Step) -> bool:
    """Whether the moment has left the service side; what was out and is called back counts, or nobody would hear."""
    return step.moment.disclosed is not None or step.before.get("disclosed") is not None


def _wants(endpoint: WebhookEndpoint, step: Step) -> bool:
    event = EVENTS.get(step.act)
    return event is not None and endpoint.wants(event, step.moment.kind)


def _message(endpoint: WebhookEndpoint, step: Step, desks: "Desks") -> WebhookMessage:
    moment, event = step.moment, EVENTS[step.act]
    return WebhookMessage(
        endpoint=endpoint,
        event=event,
        moment=moment,
        payload=payload(event, step.at, moment_data(moment, desks)),
        key=f"{endpoint.pk}:{moment.public_id}:{moment.version}",
    )


def payload(event: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request, as the Standard Webhooks specification asks for it ("Payload structure")."""
    return {"type": event, "timestamp": at.isoformat(), "data": dict(data)}


def moment_data(moment: Moment, desks: "Desks") -> dict[str, Any]:
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
        "copy": moment.disclosed,
    }


class Desks:
    """The teams that some moments lie with, by team and by person."""

    def __init__(self, teams: Mapping[int, str], people: Mapping[int, str]) -> None:
        self.teams, self.people = teams, people

    def of(self, team: int | None, person: int | None) -> str:
        return self.teams.get(team or 0) or self.people.get(person or 0) or ""


def _desks(moments: Iterable[Moment]) -> Desks:
    """Two queries, however many moments."""
    teams = {pk for moment in moments for pk in (moment.owner_team_id, moment.offered_to_team_id) if pk}
    people = {pk for moment in moments for pk in (moment.owner_user_id, moment.offered_to_user_id) if pk}
    named = Team.objects.filter(pk__in=teams).values_list("pk", "name")
    belong = User.objects.filter(pk__in=people, team__isnull=False).values_list("pk", "team__name")
    return Desks(dict(named) if teams else {}, dict(belong) if people else {})
