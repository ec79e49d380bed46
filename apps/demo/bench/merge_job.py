"""`python -m apps.demo.bench.merge_job SURVIVOR ABSORBED`: merge two customers of the benchmark's database as a person
would, take it back, some times over, and print the milliseconds as JSON."""

import json
import os
import sys
from time import perf_counter

import django

TIMES = 9


def main(survivor: int, absorbed: int) -> dict[str, list[float]]:
    from apps.accounts.models import Role, User
    from apps.customers.identity.actions import merge_customers, unmerge
    from apps.customers.models import Customer, Verdict

    measured: dict[str, list[float]] = {"merge": [], "unmerge": []}
    actor, _made = User.objects.get_or_create(username="bench-merger", defaults={"role": Role.SUPERVISOR})
    for _time in range(TIMES):
        people = Customer.objects.in_bulk([survivor, absorbed])
        begun = perf_counter()
        record = merge_customers(actor=actor, survivor=people[survivor], absorbed=people[absorbed], reason="bench")
        merged = perf_counter()
        unmerge(actor=actor, record=record, reason="bench", apart=False)
        measured["merge"].append((merged - begun) * 1000)
        measured["unmerge"].append((perf_counter() - merged) * 1000)
    Verdict.objects.filter(actor=actor).delete()
    return measured


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))))
