"""The rules of identity as they stand in the admin, cached: they are asked for with every batch."""

from collections.abc import Mapping
from typing import Any

from apps.customers.models import IdentityRule
from apps.foundation.cache import Cached

# What an installation begins with (migration 0001), and what holds for a type that has no row. Limits are small since
# two who are wrongly one cost more than one who is wrongly two: whom a limit keeps apart, a person may still join.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "user_id": {"priority": 10, "per_customer": 1, "customers_per_value": 3},
    "loyalty": {"priority": 20, "per_customer": 1, "customers_per_value": 3, "names_must_agree": True},
    "account": {"priority": 30, "per_customer": 10, "customers_per_value": 3, "names_must_agree": True},
    "email": {"priority": 40, "per_customer": 5, "customers_per_value": 3, "names_must_agree": True},
    "phone": {
        "priority": 50,
        "per_customer": 5,
        "customers_per_value": 4,
        "names_must_agree": True,
        "stale_after": 3 * 365,
    },
    "social": {"priority": 60, "per_customer": 5, "customers_per_value": 3},
    "card": {"priority": 70, "per_customer": 10, "customers_per_value": 3, "names_must_agree": True},
    "anonymous_id": {"priority": 80, "tier": "weak", "customers_per_value": 10},
    "device": {"priority": 90, "tier": "weak", "customers_per_value": 10},
}


def _load() -> Mapping[str, IdentityRule]:
    given = {kind: IdentityRule(type=kind, **values) for kind, values in DEFAULTS.items()}
    return given | {rule.type: rule for rule in IdentityRule.objects.all()}


identity_rules = Cached(_load, name=IdentityRule.cached_as, seconds=300)  # each identifier type's rule
