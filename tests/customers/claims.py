"""Short ways to say who somebody is."""

from datetime import UTC, datetime, timedelta

from apps.customers.drafts import Claim, Handle, ProfileKey

DAWN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def email(name):
    return Handle("email", f"{name}@example.org")


def phone(digits):
    return Handle("phone", f"+44207946{digits}")


def device(name):
    return Handle("device", name, "web")


def claim(external_id, *handles, source="web", day=0, unverified=(), **traits):
    """What `source` says of `external_id` on a day after `DAWN`."""
    return Claim(
        ProfileKey(source, external_id),
        DAWN + timedelta(days=day),
        handles=handles,
        unverified=tuple(unverified),
        traits=traits,
    )
