"""Who an event is about: the user id a site sets, and the ids a tracker gives to browsers and installations."""

from datetime import datetime

from apps.channels.connectors.snowplow.wire import entities
from apps.channels.contract import SourceFacts
from apps.channels.toolkit.people import claim as claim_of
from apps.channels.toolkit.people import emails, own_id, person
from apps.customers.drafts import Claim, Handle
from apps.customers.models import IdentifierType
from apps.foundation.text.values import Event

VISITORS = ("duid", "tnuid", "nuid")  # the site's cookie, and the collector's


def claim(content: Event, seen_at: datetime, source: SourceFacts) -> Claim:
    """Raises Nameless where an event names neither a user nor a browser.

    The user id counts as the site's word. An e-mail address does not: it is what somebody typed.
    """
    users = entities(content, "user")
    sessions = entities(content, "client_session")
    own = content.get("uid") or next((user.get("id") for user in users if user.get("is_guest") is not True), None)
    visitors = [*(content.get(name) for name in VISITORS), *(session.get("userId") for session in sessions)]
    return claim_of(
        source,
        seen_at,
        own=own,
        sure=tuple(
            Handle(IdentifierType.ANONYMOUS_ID, visitor, source.slug)
            for visitor in dict.fromkeys(filter(None, map(own_id, visitors)))
        ),
        unsure=emails(*(user.get("email") for user in users)),
        traits=person(language=content.get("lang")) if own_id(own) else {},
    )
