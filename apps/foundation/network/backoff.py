"""How long to wait before the next try."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


def exponential(first: float, longest: float) -> tuple[float, ...]:
    """Seconds, each twice those before, up to `longest`."""
    steps = [first]
    while steps[-1] * 2 < longest:
        steps.append(steps[-1] * 2)
    return (*steps, longest)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits by how many tries in a row have failed. `steps` are in seconds, the last one for whatever comes after; the
    wait is somewhere between `spread[0]` and `spread[1]` times its step (jitter: what failed together does not try
    again together) and never below `shortest`."""

    steps: Sequence[float]
    spread: tuple[float, float] = (1.0, 1.0)
    shortest: float = 0.0

    def seconds(self, failures: int) -> float:
        """`failures` is 1 after the first one."""
        step = self.steps[min(max(failures, 1), len(self.steps)) - 1]
        low, high = self.spread
        return random.uniform(max(self.shortest, step * low), step * high)  # noqa: S311 - jitter
