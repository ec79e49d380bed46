"""`python -m apps.demo.bench.statements_job REQUESTS`: ask for each of REQUESTS, a JSON list of [path, headers], as the
benchmark's person, and print as JSON how many statements each made. A process of its own: Django knows one database."""

import json
import os
import sys
from typing import Any

import django


def main(requests: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Each is asked twice, and counted the second time: what is cached is known then."""
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

    with connection.execute_wrapper(count):
        for path, headers in [*requests, *requests]:
            counts.append(0)
            client.get(path, headers=headers)
    return counts[len(requests) :]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
