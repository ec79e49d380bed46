"""`python -m apps.demo.bench.statements_job`: reads a JSON list of [path, headers] from standard input, asks for each
as the benchmark's person, and prints the number of statements of each as JSON."""

import json
import sys
from typing import Any

import django


def main(asked: list[tuple[str, dict[str, str]]]) -> list[int]:
    from django.db import connection
    from django.test import Client

    from apps.accounts.models import User
    from apps.demo.bench.stage import PERSON

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username=PERSON))
    counts: list[int] = []

    def count(execute: Any, *words: Any) -> Any:
        counts[-1] += 1
        return execute(*words)

    def ask(path: str, headers: dict[str, str]) -> None:
        counts.append(0)
        with connection.execute_wrapper(count):
            client.get(path, headers=headers)

    for _time in range(2):
        counts.clear()
        for path, headers in asked:
            ask(path, headers)
    return counts


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(json.load(sys.stdin))))  # noqa: T201 - its answer
