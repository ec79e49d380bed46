"""What the installation says of attributes in the admin, cached."""

from apps.accounts.models import User
from apps.customers.models import AttributeDefinition
from apps.foundation.cache import Cached


def _load() -> dict[str, AttributeDefinition]:
    return {row.key: row for row in AttributeDefinition.objects.order_by("id")}


catalogue = Cached(_load, name=AttributeDefinition.cached_as, seconds=300)  # definitions by key


def hidden_from(user: User) -> set[str]:
    """Attributes that this person's role does not see."""
    return {key for key, definition in catalogue().items() if not definition.shown_to(user)}
