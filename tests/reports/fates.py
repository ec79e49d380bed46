"""Moments, promises and refusals of every fate, each with its place in time; and how many of each there are."""

from datetime import timedelta

from django.utils import timezone

from apps.moments.models import State, Step
from tests.factories.customers import SourceProfileFactory
from tests.factories.interactions import FollowUpFactory
from tests.factories.moments import AvoidedFactory, MomentFactory

# How many of each figure are counted over 28 days, by (figure, part): what `every_fate` makes.
COUNTED = {
    ("seen", ""): 9, ("seen", "people"): 8, ("seen", "rules"): 1, ("seen", "offered"): 5, ("seen", "accepted"): 2,
    ("seen", "closed"): 5, ("seen", "seized"): 1,
    ("offered", ""): 5, ("accepted", ""): 2, ("declined", ""): 1,
    ("due", ""): 6, ("due", "reckoned"): 5, ("due", "seized"): 1, ("due", "finished"): 4, ("due", "expired"): 1,
    ("due", "missed"): 1, ("due", "thanked"): 1, ("due", "refused"): 1, ("due", "no_permission"): 1,
    ("due", "not_one"): 1, ("due", "reached"): 0, ("due", "bought"): 0, ("due", "too_late"): 0,
    ("waiting", ""): 4, ("waiting", "under_1h"): 1, ("waiting", "under_4h"): 0, ("waiting", "under_1d"): 1,
    ("waiting", "under_3d"): 1, ("waiting", "under_7d"): 0, ("waiting", "older"): 1, ("waiting", "unanswered"): 2,
    ("waiting", "escalated"): 1,
    ("promises", ""): 4, ("promises", "kept"): 1, ("promises", "kept_late"): 1, ("promises", "broken"): 1,
    ("promises", "missed"): 1,
    ("late", ""): 2,
    ("avoided", ""): 3, ("avoided", "withdrawn"): 2, ("avoided", "cap"): 1,
}  # fmt: skip


def ago(**time):
    return timezone.now() - timedelta(**time)


def fate(agent, *, seen, **fields):
    """One that this agent saw so long ago; due tomorrow unless it is said otherwise."""
    offered = fields.get("first_offered_at")
    if fields.get("state") == State.OFFERED:
        fields |= {"offered_at": offered, "answer_by": ago(days=-1), "handoff": fields.get("handoff", "transfer")}
    return MomentFactory(owner_user=agent, created_at=seen, queue=agent.team, **fields)


def every_fate(agent, marketing):
    """An agent of a team, and a department that is asked. 28 days back and before."""
    open_ones(agent, marketing)
    closed_ones(agent)
    promised(agent)
    refused(agent)


def open_ones(agent, marketing):
    fate(agent, seen=ago(minutes=30))
    fate(agent, seen=ago(hours=5), state=State.OFFERED, first_offered_at=ago(hours=5), offered_to_team=marketing)
    fate(
        agent, seen=ago(days=2), state=State.OFFERED, first_offered_at=ago(days=2), offered_to_team=marketing,
        handoff="escalation",
    )  # fmt: skip
    fate(agent, seen=ago(days=10), marked_by=None, rule="praise", snoozed_until=ago(days=-3))
    fate(agent, seen=ago(days=60), due_at=ago(days=3))  # came due in the time, and lies


def closed_ones(agent):
    declined = fate(
        agent, seen=ago(days=9), state=State.DONE, outcome="thanked", done_at=ago(days=5),
        first_offered_at=ago(days=8, minutes=20), first_accepted_at=ago(days=8),
    )  # fmt: skip
    Step.objects.create(moment=declined, act="decline", actor=agent, note="Not ours", version=9, at=ago(days=8))
    fate(agent, seen=ago(days=9), state=State.DONE, outcome="refused", done_at=ago(days=5))
    fate(
        agent, seen=ago(days=7), state=State.DONE, outcome="no_permission", done_at=ago(days=4),
        first_offered_at=ago(days=7), first_accepted_at=ago(days=6),
    )  # fmt: skip
    fate(agent, seen=ago(days=7), state=State.DONE, outcome="not_one", done_at=ago(days=4))
    fate(
        agent, seen=ago(days=20), state=State.EXPIRED, outcome="too_late", done_at=ago(days=1),
        first_offered_at=ago(days=20),
    )  # fmt: skip
    fate(agent, seen=ago(days=50), state=State.DONE, outcome="bought", done_at=ago(days=40))  # before the time


def promised(agent):
    def promise(**fields):
        FollowUpFactory(owner=agent, team=agent.team, **fields)

    promise(state="kept", due_at=ago(days=3), closed_at=ago(days=4))
    promise(state="kept", due_at=ago(days=5), closed_at=ago(days=4))
    promise(state="broken", due_at=ago(days=5), closed_at=ago(days=2))
    promise(state="cancelled", due_at=ago(days=5), closed_at=ago(days=2))
    promise(due_at=ago(days=1))
    promise(due_at=ago(days=90))
    promise(due_at=ago(days=-2))


def refused(agent):
    profile = SourceProfileFactory(customer__name="Grace Okafor")
    for days, codes in enumerate((["withdrawn"], ["withdrawn", "cap"], ["cap"]), 2):
        AvoidedFactory(actor=agent, profile=profile, codes=codes, at=ago(days=days))
    AvoidedFactory(actor=agent, profile=profile, codes=["withdrawn"], at=ago(days=40))
