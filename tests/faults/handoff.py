"""Moments that go from hand to hand without end, until the test kills it."""

from itertools import count

from apps.accounts.models import User
from apps.customers.models import Customer
from apps.moments import actions
from apps.moments.drafts import MomentDraft
from tests.faults.steps import STEPS


def hand_on(tell, customer_id, agent_id, sofia_id, prefix):
    """Tells before each step, so that the test knows that it is under way."""
    customer = Customer.objects.get(pk=customer_id)
    agent, sofia = User.objects.get(pk=agent_id), User.objects.get(pk=sofia_id)
    for number in count():
        seen = MomentDraft(kind="praise", key=f"{prefix} {number}", reason="So good")
        moment = actions.mark(actor=agent, customer=customer, seen=seen)
        for step in STEPS:
            tell(step.__name__)
            step(agent, sofia, moment)
