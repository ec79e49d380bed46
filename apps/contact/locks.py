"""The order between stopping contact and contacting: whoever uses a permission looks at the list before it is changed,
or after."""

from collections.abc import Iterable

from django.db import connection

LIST = 0x5355_5052  # the advisory lock of the suppression list


def hold_the_list() -> None:
    """Until this transaction ends, nobody uses a permission who has not begun to; and those who have are waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LIST])


def trust_the_list() -> None:
    """Until this transaction ends, the suppression list is as it is now. Many may do this at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LIST])


def hold_permission(customers: Iterable[int]) -> None:
    """Until this transaction ends, what these customers permit is as it is now: a withdrawal is before or after. Their
    rows are held already: everybody takes the customer first, then their profiles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM customers_sourceprofile WHERE customer_id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
            [list(customers)],
        )
    trust_the_list()
