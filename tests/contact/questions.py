"""Somebody who agreed, asked about at noon."""

from datetime import UTC, datetime, timedelta

from apps.contact.permission import may_contact
from apps.interactions.models import Channel, Direction
from tests.factories.interactions import InteractionFactory

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday; one o'clock in London
DAY = timedelta(days=1)


def asked(profile, channel="email", purpose="marketing", at=NOW):
    return may_contact(profile.customer_id, channel, purpose, at)


def codes(profile, *args, **fields):
    return [str(reason.code) for reason in asked(profile, *args, **fields).reasons]


def sent(profile, days=1, **fields):
    """A marketing e-mail that a campaign tool told us of."""
    about = {"channel": Channel.CAMPAIGN, "kind": "email_sent", "direction": Direction.OUTBOUND, **fields}
    return InteractionFactory(profile=profile, occurred_at=NOW - days * DAY, **about)
