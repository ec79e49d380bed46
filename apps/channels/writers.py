"""How a process that writes batches begins. It imports nothing of ours: Django is not set up yet when it is needed."""

import signal

import django


def begin() -> None:
    """Set Django up, and leave Ctrl-C to whoever started us: a batch under way is finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
