"""Sends what waits in the outbox, until the test kills it. Word: the lease in seconds."""

import sys
from datetime import timedelta

import django

django.setup()

from apps.moments.actions import send_due  # noqa: E402 - after the setup
from apps.moments.sending import claiming  # noqa: E402

claiming.LEASE = timedelta(seconds=float(sys.argv[1]))
print("sending", flush=True)  # noqa: T201 - what the test waits for
send_due()
