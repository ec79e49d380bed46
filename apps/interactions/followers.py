"""What rooms above keep of an entry follows what becomes of it, in the transaction of the correction.

A room registers its follower in its AppConfig.ready(). It is called after the entry was withdrawn or stands again.
"""

from collections.abc import Callable

from apps.interactions.models import Correction

Follower = Callable[[Correction], None]

_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """Have this called with every correction that is made or taken back (`Correction.taken_back_at`)."""
    if follower not in _followers:
        _followers.append(follower)


def follow(correction: Correction) -> None:
    for follower in _followers:
        follower(correction)
