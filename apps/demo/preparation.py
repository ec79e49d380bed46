"""A database made ready for the demo: emptied if asked, migrated, filled."""

from collections.abc import Callable

import phonenumbers
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.customers.models import Customer, Evidence
from apps.demo import feedback, moments, rules, traffic, world

SEED = 1683  # the year in which Vienna's first coffee house is said to have opened


class NotEmpty(Exception):
    """The database holds customers that are not the demo's."""


def prepare(customers: int, fresh: bool, progress: Callable[[str, int, int], None]) -> None:
    """Make the database the demo's; `progress` as in `world.build`. Reuses a world that is there.

    `fresh` throws away everything in the database first. Raises NotEmpty rather than mix with somebody's own data.
    """
    if fresh:
        progress("emptying", 0, 1)
        _empty()
        progress("emptying", 1, 1)
    progress("tables", 0, 1)
    call_command("migrate", verbosity=0, interactive=False)
    progress("tables", 1, 1)
    if not world.is_built():
        if Customer.objects.exists():
            raise NotEmpty
        world.build(customers, SEED, timezone.now(), progress)
        moments.seize(timezone.now())
        traffic.send(SEED, timezone.now())
        rules.watch(timezone.now())
        feedback.fill(timezone.now())
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def somebody_to_try() -> tuple[str, str]:
    """Name and phone number, as one would dial it at home, of the customer a newcomer should look up first."""
    known = Evidence.objects.filter(profile__external_id="user:cust-000001", identifier__type="phone")
    found = known.values_list("profile__customer__name", "identifier__value").first()
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    if not found:
        return "", ""
    number = phonenumbers.parse(found[1])
    return found[0], phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _empty() -> None:
    """Drop all we ever made, also under the hands of a process that somebody forgot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
