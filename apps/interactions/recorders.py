"""What rooms above keep of the drafts that `actions.record` takes in, in its transaction.

A room registers its writer in its AppConfig.ready(). A writer is called with every batch, after what happened was
written, and may not assume that anything of it concerns it.
"""

from collections.abc import Callable, Mapping, Sequence

from apps.customers.drafts import ProfileKey
from apps.customers.identity.profiles import Resolved
from apps.interactions.drafts import Draft

Writer = Callable[[Sequence[Draft], Mapping[ProfileKey, Resolved]], None]

_writers: list[Writer] = []


def register(writer: Writer) -> None:
    """Have this called with the drafts of every batch and whom each claim's profile key turned out to be."""
    if writer not in _writers:
        _writers.append(writer)


def write(drafts: Sequence[Draft], people: Mapping[ProfileKey, Resolved]) -> None:
    for writer in _writers:
        writer(drafts, people)
