"""`python -m apps.demo.bench.permission_job TIMES`: ask in the database whether everybody may be contacted, and
TIMES about one; as JSON, the customers answered a second and the milliseconds of each question. A process of its own:
Django knows one database."""

import json
import os
import sys
from time import perf_counter
from typing import Any

import django

ASKED = {
    "marketing by e-mail": ("email", "marketing"),
    "marketing by phone": ("voice", "marketing"),
    "service by e-mail": ("email", "service"),
}


def main(times: int) -> dict[str, Any]:
    from apps.contact.permission import may_contact, may_contact_all
    from apps.customers.models import Customer

    everybody = list(Customer.objects.filter(merged_into=None).order_by("id").values_list("id", flat=True))
    per_second: dict[str, float] = {}
    for name, (channel, purpose) in ASKED.items():
        began = perf_counter()
        may_contact_all(everybody, channel, purpose)
        per_second[name] = len(everybody) / (perf_counter() - began)
    milliseconds = []
    for pk in everybody[:: max(1, len(everybody) // times)][:times]:
        began = perf_counter()
        may_contact(pk, "email", "marketing")
        milliseconds.append((perf_counter() - began) * 1000)
    return {"all": per_second, "one": milliseconds[10:] if len(milliseconds) > 20 else milliseconds}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
