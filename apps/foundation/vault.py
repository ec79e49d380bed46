"""Secrets at rest: encrypted with the newest of `settings.CHANNEL_KEYS`, readable with any of them."""

from collections.abc import Mapping
from functools import lru_cache

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """Locked under a key that is not among `KLATSCH_CHANNEL_KEYS` any more."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def lock(values: Mapping[str, str]) -> str:
    """Encrypted text; empty where there is nothing to lock."""
    return _box(tuple(settings.CHANNEL_KEYS)).encrypt(orjson.dumps(dict(values))).decode() if values else ""


def unlock(locked: str) -> dict[str, str]:
    """What was locked. Raises Unreadable."""
    if not locked:
        return {}
    try:
        values: dict[str, str] = orjson.loads(_box(tuple(settings.CHANNEL_KEYS)).decrypt(locked.encode()))
    except InvalidToken:
        raise Unreadable("The credentials were locked under a key that is gone (KLATSCH_CHANNEL_KEYS).") from None
    return values


def relocked(locked: str) -> str:
    """The same under the newest key. Raises Unreadable."""
    return lock(unlock(locked))
