"""Who an event is about: the user id a site sets, and the ids a tracker gives to browsers and installations."""

from datetime import datetime

from apps.channels.connectors.base import SourceFacts
from apps.channels.connectors.people import claim as claim_of
from apps.channels.connectors.people import emails, own_id, person
from apps.channels.connectors.snowplow.wire import entities
from apps.channels.connectors.values import Event
from apps.customers.drafts import Claim, Handle
from apps.customers.models import IdentifierType

VISITORS = ("duid", "tnuid", "nuid")  # the site's cookie, and the collector's


def claim(content: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Unintelligible where an event names neither a user nor a browser.

    The user id counts as the site's word. An e-mail address does not: it is what somebody typed.
    """
    users = entities(content, "user")
    sessions = entities(content, "client_session")
    own = content.get("uid") or next((one.get("id") for one in users if one.get("is_guest") is not True), None)
    visitors = [*(content.get(name) for name in VISITORS), *(one.get("userId") for one in sessions)]
    return claim_of(
        source,
        seen_at,
        own=own,
        sure=tuple(
            Handle(IdentifierType.ANONYMOUS_ID, one, source.slug)
            for one in dict.fromkeys(filter(None, map(own_id, visitors)))
        ),
        unsure=emails(*(one.get("email") for one in users)),
        traits=person(language=content.get("lang")) if own_id(own) else {},
    )
