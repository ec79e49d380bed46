"""How a process that writes batches begins. It imports nothing of ours: Django is not set up yet when it is needed."""

import gc
import signal

import django


def collect_seldom() -> None:
    """A batch makes a hundred thousand objects that all live until it is written: looking through them for cycles
    again and again finds nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def begin() -> None:
    """Set Django up, and leave Ctrl-C to whoever started us: a batch under way is finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    collect_seldom()
