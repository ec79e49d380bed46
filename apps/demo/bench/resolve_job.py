"""`python -m apps.demo.bench.resolve_job CUSTOMERS BATCHES SIZE`: resolve claims in the benchmark's database and print,
as JSON, the milliseconds that each batch's statements took. A process of its own: Django knows one database."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from secrets import token_hex
from time import perf_counter
from typing import Any

import django
from django.db import connection, transaction


class Stopwatch:
    """Counts the time of every statement."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += perf_counter() - started


def main(customers: int, batches: int, size: int) -> dict[str, list[float]]:
    run = token_hex(3)
    measured: dict[str, list[float]] = {"news": [], "again": [], "mixed": []}
    for batch in range(batches):
        claims = [_claim(run, batch * size + place, customers) for place in range(size)]
        later = [_claim(run, (batches + batch) * size + place, customers) for place in range(size)]
        measured["news"].append(_timed(claims))
        measured["again"].append(_timed(claims))
        measured["mixed"].append(_timed([*claims[: size * 7 // 10], *later[: size * 3 // 10]]))
    return measured


def _timed(claims: list[Any]) -> float:
    """Milliseconds of the database."""
    from apps.customers.identity.resolution import resolve

    watch = Stopwatch()
    with transaction.atomic(), connection.execute_wrapper(watch):
        resolve(claims)
    return watch.seconds * 1000


def _claim(run: str, number: int, customers: int) -> Any:
    """In turn: somebody known under a new profile, somebody known with a new address, somebody never seen."""
    from apps.customers.drafts import Claim, Handle, ProfileKey

    customer, turn = number * 7919 % customers + 1, number % 3
    mail = Handle("email", f"{run}-{number}@example.org")
    key, handles = [
        (("club", f"{run}-{number}"), (Handle("phone", f"+447{customer * 7919 % 1_000_000_000:09}"),)),
        (("shop", f"user:u{customer}"), (Handle("user_id", f"u{customer}", "shop"), mail)),
        (("shop", f"user:{run}-{number}"), (Handle("user_id", f"{run}-{number}", "shop"), mail)),
    ][turn]
    return Claim(ProfileKey(*key), datetime.now(UTC), handles=handles, traits={"city": "Leeds"} if turn == 2 else {})


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))))
