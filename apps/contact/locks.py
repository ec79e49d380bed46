"""The order between stopping contact and contacting: whoever uses a permission looks at the list before it is changed,
or after."""

from collections.abc import Iterable

from apps.foundation.db.locks import hold, share
from apps.foundation.db.rows import rows

LIST = "suppression list"  # the name of its lock


def hold_the_list() -> None:
    """Until this transaction ends, nobody uses a permission who has not begun to; and those who have are waited for."""
    hold(LIST)


def trust_the_list() -> None:
    """Until this transaction ends, the suppression list is as it is now. Many may do this at once."""
    share(LIST)


def hold_permission(customers: Iterable[int]) -> None:
    """Until this transaction ends, what these customers permit is as it is now: a withdrawal is before or after. Their
    rows are held already: everybody takes the customer first, then their profiles."""
    rows(
        "SELECT 1 FROM customers_sourceprofile WHERE customer_id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
        list(customers),
    )
    trust_the_list()
