"""Sends what waits in the outbox, until the test kills it."""

from datetime import timedelta

from apps.moments.actions import send_due
from apps.moments.webhooks.delivery import queue


def send(tell, seconds):
    """With leases of so many seconds."""
    queue.LEASE = timedelta(seconds=seconds)
    tell("sending")
    send_due()
