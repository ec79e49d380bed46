"""Advisory locks by name, held until the transaction ends: for what has no row to lock."""

from collections.abc import Iterable

from apps.foundation.db.rows import rows


def hold(name: str) -> None:
    """Wait for whoever holds it, then hold it."""
    rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", name)


def hold_all(names: Iterable[str]) -> None:
    """Several, always in the same order, so that those who meet wait for each other instead of dying."""
    wanted = list(names)
    if wanted:
        rows(
            """
            SELECT pg_advisory_xact_lock(lock) FROM (
                SELECT DISTINCT hashtextextended(name, 0) AS lock FROM unnest(%s::text[]) AS name ORDER BY lock
            ) sorted
            """,
            wanted,
        )


def try_to_hold(name: str) -> bool:
    """Hold it unless somebody else does. Whether it is held."""
    return bool(rows("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", name)[0][0])


def share(name: str) -> None:
    """Hold it together with others who share it, and with nobody who holds it."""
    rows("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", name)
