"""Moments that go from hand to hand without end, until the test kills it. Words: customer, agent, marketer, a prefix.

Prints a line before each step, so that the test knows that it is under way.
"""

import sys
from itertools import count

import django

django.setup()

from apps.accounts.models import User  # noqa: E402 - after the setup
from apps.customers.models import Customer  # noqa: E402
from apps.moments import actions  # noqa: E402
from apps.moments.drafts import Sighting  # noqa: E402
from tests.faults.steps import STEPS  # noqa: E402


def main() -> None:
    customer = Customer.objects.get(pk=int(sys.argv[1]))
    agent, sofia = User.objects.get(pk=int(sys.argv[2])), User.objects.get(pk=int(sys.argv[3]))
    for number in count():
        seen = Sighting(kind="praise", key=f"{sys.argv[4]} {number}", reason="So good")
        moment = actions.mark(actor=agent, customer=customer, seen=seen)
        for step in STEPS:
            print(step.__name__, flush=True)  # noqa: T201 - what the test waits for
            step(agent, sofia, moment)


main()
