"""`python -m apps.demo.bench.permitting TIMES`: ask in the benchmark's database whether everybody may be contacted, and
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
    from apps.customers.models import Customer  # noqa: PLC0415 - only after django.setup()
    from apps.moments.permission import may_contact, may_contact_all  # noqa: PLC0415

    everybody = list(Customer.objects.filter(merged_into=None).order_by("id").values_list("id", flat=True))
    told: dict[str, float] = {}
    for name, (channel, purpose) in ASKED.items():
        began = perf_counter()
        may_contact_all(everybody, channel, purpose)
        told[name] = len(everybody) / (perf_counter() - began)
    one = []
    for pk in everybody[:: max(1, len(everybody) // times)][:times]:
        began = perf_counter()
        may_contact(pk, "email", "marketing")
        one.append((perf_counter() - began) * 1000)
    return {"all": told, "one": one[10:] if len(one) > 20 else one}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
