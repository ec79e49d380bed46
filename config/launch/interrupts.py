"""Ctrl-C and its kin: an exception where work may be broken off, and a wait where it must not be left half done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def expect() -> None:
    """From here on each of them raises KeyboardInterrupt."""
    for number in NUMBERS:
        signal.signal(number, _interrupt)


def ignore() -> None:
    """From here on we are leaving; a second Ctrl-C must not leave something behind."""
    for number in NUMBERS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[None]:
    """Let a signal wait for the end of what must not be left half done."""
    received: list[int] = []
    for number in NUMBERS:
        signal.signal(number, lambda number, _frame: received.append(number))
    try:
        yield
    finally:
        expect()
        if received:
            raise KeyboardInterrupt(received[0])


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)
