"""What a customer permits, asked about a moment."""

from apps.customers.models import Consent
from apps.moments.models import Moment
from apps.moments.permission import Answer, Reason, answers


def asked(moment: Moment) -> dict[str, Answer]:
    """The answer now for the moment's channel, or for every channel where none was chosen."""
    customer = moment.profile.customer_id
    channels = [moment.channel] if moment.channel else list(Consent.Channel.values)
    return answers([customer], channels, moment.purpose)[customer]


def lasting(moment: Moment) -> tuple[Reason, ...]:
    """Why nobody may contact them about it, as far as it does not pass by itself; empty where somebody may, over one
    channel at least."""
    stopped = []
    for answer in asked(moment).values():
        reasons = tuple(reason for reason in answer.reasons if reason.until is None)
        if not reasons:
            return ()
        stopped.append(reasons)
    return min(stopped, key=len, default=())
