"""What a customer permits, asked about a moment."""

from apps.contact.permission import Reason, lasting_reasons
from apps.moments.models import Moment


def lasting(moment: Moment) -> tuple[Reason, ...]:
    """Why nobody may contact them about it, as far as it does not pass by itself; empty where somebody may, over one
    channel at least."""
    return lasting_reasons(moment.profile.customer_id, moment.channel, moment.purpose)


def delivery_key(moment: Moment, channel: str) -> str:
    """Of the first contact over this channel, whoever makes it: people here or a system that was told of the moment."""
    return f"moment:{moment.public_id}:{channel}"
