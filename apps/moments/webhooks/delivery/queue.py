"""Taking what is due: each message by one sender, and no endpoint more than its share."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from apps.moments.models import WebhookEndpoint, WebhookMessage

EACH = 3  # messages on their way to one endpoint at once, by all senders together: a slow one holds up nobody else
LEASE = timedelta(minutes=2)  # after which a message whose sender was never heard of again is sent by another

DUE = """
    WITH due AS (
        SELECT picked.id FROM unnest(%(endpoints)s::bigint[]) AS endpoint(id) CROSS JOIN LATERAL (
            SELECT m.id, m.due_at FROM moments_webhookmessage m
            WHERE m.endpoint_id = endpoint.id AND m.state = 'pending' AND m.due_at <= %(now)s
              AND (m.leased_until IS NULL OR m.leased_until <= %(now)s)
            ORDER BY m.due_at, m.id
            LIMIT GREATEST(0, %(each)s - (
                SELECT count(*) FROM moments_webhookmessage flying
                WHERE flying.endpoint_id = endpoint.id AND flying.leased_until > %(now)s
            ))
            FOR UPDATE SKIP LOCKED
        ) AS picked ORDER BY picked.due_at, picked.id LIMIT %(most)s
    )
    UPDATE moments_webhookmessage SET leased_until = %(until)s FROM due WHERE moments_webhookmessage.id = due.id
    RETURNING moments_webhookmessage.id
"""


@transaction.atomic
def claim(most: int) -> list[WebhookMessage]:
    """At most so many messages that are due, the oldest first and a few of each endpoint. They are the caller's for
    `LEASE`. Whoever claims waits for the others that do: only so the share of an endpoint holds."""
    now = timezone.now()
    awake = WebhookEndpoint.objects.listening().filter(Q(rests_until=None) | Q(rests_until__lte=now))
    listening = list(awake.order_by("id").select_for_update(no_key=True).values_list("pk", flat=True))
    if not listening or most < 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"endpoints": listening, "now": now, "until": now + LEASE, "each": EACH, "most": most})
        claimed = [pk for (pk,) in cursor.fetchall()]
    return list(WebhookMessage.objects.filter(pk__in=claimed).select_related("endpoint").order_by("due_at", "id"))
