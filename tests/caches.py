"""Caches in a test that is one transaction."""

from django.db import connection

from apps.foundation.cache import Clearance


def as_committed():
    """From here on what the test wrote is cached as it would be had the transaction ended: for counting statements."""
    pending = [hook for hook in connection.run_on_commit if isinstance(hook[1], Clearance)]
    connection.run_on_commit = [hook for hook in connection.run_on_commit if hook not in pending]
    for _sids, clearance, *_robust in pending:
        clearance()
