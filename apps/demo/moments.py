"""Moments of the demo's last weeks, in every state: seen by agents, offered to marketing, seized, put off, come of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import Team, User
from apps.contact.blocks import replace_blocks
from apps.contact.permission import may_contact_all
from apps.customers.actions import DESK
from apps.demo.world import cast
from apps.interactions.actions import Row, insert
from apps.interactions.drafts import InteractionDraft
from apps.interactions.models import Channel, Interaction
from apps.moments.disclosure import copy_of
from apps.moments.kinds import kind_of
from apps.moments.models import Handoff, Moment, MomentKind, Outcome, State, Step

SEEN_WITHIN = timedelta(days=21)
CHANNEL = "email"
LOOKED_AT = 400  # interactions of a kind that may be one


class Case(NamedTuple):
    """What agents of the demo see a moment in, and what they suggest."""

    kind: str
    found: Q
    most: int
    suggestion: str
    category: str
    line: str
    outcome: str


PRAISE = Q(sentiment="positive", direction="inbound") & ~Q(verbatim="")
GRIEF = Q(sentiment="negative", direction="inbound", channel__in=[Channel.SOCIAL, Channel.CHAT, Channel.EMAIL])
CASES = (
    Case("praise", PRAISE, 12, "Thank them, and ask whether we may quote them", "Coffee",
         "Was delighted. We may quote her on the product page.", Outcome.THANKED),
    Case("complaint", GRIEF, 8, "Hold the spring campaign for them until this is settled", "Service",
         "Campaign held; answered in public, and they took the post down.", Outcome.REACHED),
    Case("big_order", Q(channel=Channel.ORDER, amount__gte=300), 10, "Welcome them in person, and offer the workshop",
         "Large appliances", "Booked the barista workshop for two.", Outcome.BOUGHT),
    Case("wish", Q(channel=Channel.STORE) & ~Q(body=""), 6, "Tell them when we have it", "Out of range",
         "Not interested any more, bought elsewhere.", Outcome.REFUSED),
)  # fmt: skip
WAYS = ("unclaimed", "accepted", "kept", "unclaimed", "done", "declined", "snoozed")


class Act(NamedTuple):
    """A step to be written: `at` is in the past."""

    act: str
    at: datetime
    actor: User
    to: tuple[Team | None, User | None] = (None, None)
    note: str = ""


@transaction.atomic
def seize(now: datetime) -> int:
    """Write them; how many. Escalations of marketing's queue go nowhere else in the demo: they come back."""
    marketing = Team.objects.get(name=cast.MARKETING)
    for code in ("praise", "big_order", "wish", "birthday", "cart", "complaint", "leaving"):
        given = kind_of(code)
        fields = {
            name: getattr(given, name) for name in ("icon", "accept_minutes", "act_minutes", "lapse_days", "may_leave")
        }
        about = {"label": str(given.label), "suggestion": str(given.suggestion), "purpose": given.purpose}
        where = {
            "blocked_tags": [str(tag) for tag in given.blocked_tags],
            "team": marketing,
            "position": given.position,
        }
        MomentKind.objects.get_or_create(code=code, defaults={**fields, **about, **where})
    people = {person.username: person for person in User.objects.select_related("team")}
    narrator = Narrator(now, people, marketing)
    count = 0
    for case in CASES:
        for entry, way in zip(_entries(case, now), cycle(WAYS), strict=False):
            narrator.write(case, entry, way)
            count += 1
    return count


def _entries(case: Case, now: datetime) -> Iterator[Interaction]:
    """The latest that fit, one a customer, of whom somebody may be told."""
    recent = Interaction.objects.filter(case.found, occurred_at__range=(now - SEEN_WITHIN, now - timedelta(minutes=20)))
    rows = list(recent.select_related("profile__customer", "staff").order_by("-occurred_at", "-id")[:LOOKED_AT])
    purpose = kind_of(case.kind).purpose
    allowed = may_contact_all({row.profile.customer_id for row in rows}, CHANNEL, purpose)
    met: set[int] = set()
    for row in rows:
        customer = row.profile.customer_id
        if customer not in met and allowed[customer].allowed and len(met) < case.most:
            met.add(customer)
            yield row


class Narrator:
    """Writes moments with their history as if it had happened."""

    def __init__(self, now: datetime, people: dict[str, User], marketing: Team) -> None:
        self.now, self.people, self.marketing = now, people, marketing
        self.agents = cycle([people["agent"], people["tom"], people["agent"], people["priti"]])
        self.marketers = cycle([people["marketer"], people["marketer"], people["marco"]])

    def write(self, case: Case, entry: Interaction, way: str) -> None:
        mine = way in ("kept", "done", "declined")  # what the newcomer who signs in as the agent finds
        agent, marketer = self.people["agent"] if mine else next(self.agents), next(self.marketers)
        seen_at = min(entry.occurred_at + timedelta(minutes=6), self.now - timedelta(minutes=15))
        if way in ("unclaimed", "accepted"):  # what is open is fresh, so that the demo does not begin with red figures
            seen_at = max(seen_at, self.now - timedelta(minutes=15 + 5 * (entry.pk % 9)))
        moment = self._moment(case, entry, agent, seen_at)
        acts = [Act(Step.Act.MARK, seen_at, agent, (None, agent))]
        if way != "kept":
            acts += self._handed(case, moment, way, agent, marketer, seen_at)
        moment.version = len(acts)
        moment.changed_at = acts[-1].at
        moment.save(force_insert=True)
        moment.origins.add(entry)
        replace_blocks([moment.blocking] if moment.tags else [])
        self._write_steps(moment, acts)

    def _moment(self, case: Case, entry: Interaction, agent: User, at: datetime) -> Moment:
        kind = kind_of(case.kind)
        due = max(at + timedelta(minutes=kind.act_minutes), self.now + timedelta(hours=2 + entry.pk % 40))
        return Moment(
            profile=entry.profile, kind=case.kind, reason=entry.verbatim or entry.body[:200], category=case.category,
            suggestion=case.suggestion, value=entry.amount, currency=entry.currency, happened_at=entry.occurred_at,
            due_at=due, act_by=due, purpose=kind.purpose, channel=CHANNEL, disclose_words=entry.pk % 3 != 0,
            marked_by=agent, sender=agent, owner_user=agent, queue_id=agent.team_id, created_at=at,
            key=f"demo:{case.kind}:{entry.pk}",
        )  # fmt: skip

    def _handed(self, case: Case, moment: Moment, way: str, agent: User, marketer: User, at: datetime) -> list[Act]:
        moment.disclosed = copy_of(moment, moment.profile.customer.name).kept()
        offered = moment.first_offered_at = at + timedelta(minutes=2)
        acts = [Act(Step.Act.OFFER, offered, agent, (self.marketing, None))]
        if way == "unclaimed":
            moment.state, moment.handoff, moment.queue_id = State.OFFERED, Handoff.TRANSFER, self.marketing.pk
            moment.offered_to_team, moment.offered_at = self.marketing, offered
            moment.answer_by = self.now + timedelta(minutes=kind_of(case.kind).accept_minutes)
            return acts
        taken = offered + timedelta(minutes=9)
        if way == "declined":
            why = "Which machine is it, and may we use the photo?"
            return [*acts, Act(Step.Act.DECLINE, taken, marketer, (None, agent), why)]
        moment.owner_user, moment.queue_id, moment.came_from_user = marketer, self.marketing.pk, agent
        moment.first_accepted_at = taken
        acts.append(Act(Step.Act.ACCEPT, taken, marketer, (None, marketer)))
        if way == "snoozed":
            moment.snoozed_until = self.now + timedelta(days=1 + moment.profile_id % 3)
            moment.act_by = moment.snoozed_until + timedelta(days=1)
            acts.append(Act(Step.Act.SNOOZE, taken, marketer, note=moment.snoozed_until.isoformat()))
        if way == "done":
            moment.state, moment.outcome, moment.line = State.DONE, case.outcome, case.line
            moment.done_at = min(taken + timedelta(hours=3), self.now - timedelta(minutes=1))
            acts.append(Act(Step.Act.DONE, moment.done_at, marketer, note=case.line))
        return acts

    def _write_steps(self, moment: Moment, acts: list[Act]) -> None:
        Step.objects.bulk_create(
            Step(
                moment=moment, act=act.act, actor=act.actor, at=act.at, note=act.note, version=number,
                to_team=act.to[0], to_user=act.to[1],
            )
            for number, act in enumerate(acts, 1)
        )  # fmt: skip
        insert(self._rows(moment, acts))

    def _rows(self, moment: Moment, acts: list[Act]) -> Iterator[Row]:
        for number, act in enumerate(acts, 1):
            said = self._said(moment, act)
            if said:
                yield Row(
                    moment.profile_id, DESK, InteractionDraft(**said, external_id=f"moment:{moment.public_id}:{number}")
                )

    def _said(self, moment: Moment, act: Act) -> dict[str, Any]:
        words = {
            Step.Act.MARK: ("a moment to seize", moment.suggestion),
            Step.Act.ACCEPT: (f"accepted by {act.actor}", ""),
            Step.Act.DONE: (str(Outcome(moment.outcome).label).lower() if moment.outcome else "", moment.line),
        }.get(Step.Act(act.act))
        if words is None:
            return {}
        return {
            "occurred_at": act.at, "channel": Channel.NOTE, "kind": "moment", "direction": "internal",
            "title": f"{kind_of(moment.kind)}: {words[0]}", "body": words[1], "staff_id": act.actor.pk,
            "staff_name": str(act.actor), "touchpoint": act.actor.place, "thread": f"moment:{moment.public_id}",
        }  # fmt: skip
