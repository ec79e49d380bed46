"""The statement behind `facts`: one row a fact, with the columns that its kind of fact has and NULL for the others.

As a union each part is planned by itself: that is quicker than joining them would be, for one customer as for all.
Parameters are those of `facts._params`; `caps` is a JSON array of policies with `number`, `cap`, `days`, `channel` and
`purpose`, empty where it holds for all.
"""

FACTS = """
    WITH profile AS MATERIALIZED (
        SELECT p.customer_id AS customer, p.id, p.traits->'tags' AS tags
        FROM customers_sourceprofile p WHERE p.customer_id = ANY(%(customers)s::bigint[])
    ),
    recent AS MATERIALIZED (
        SELECT profile.customer, i.id, i.channel, i.kind, i.direction, i.thread, i.sentiment, i.occurred_at AS at,
               i.disposition_id
        FROM profile JOIN interactions_interaction i ON i.profile_id = profile.id
        WHERE i.occurred_at > %(looked_back)s AND i.withdrawn = ''
          AND (i.direction = 'outbound' OR i.sentiment <> '' OR i.disposition_id IS NOT NULL)
    ),
    contact AS MATERIALIZED (  -- each once, by its thread or key and day, as its delivery says or else as it was told
        SELECT DISTINCT ON (customer, key, at::date) customer, channel, purpose, at, ahead,
               COALESCE((%(ranks)s::jsonb ->> purpose)::int, %(unranked)s) AS rank
        FROM (
            SELECT customer, COALESCE(NULLIF(thread, ''), id::text) AS key, at, false AS ahead, 2 AS trust,
                   CASE WHEN channel IN ('campaign', 'survey') THEN
                       CASE split_part(kind, '_', 1) WHEN 'push' THEN 'app' WHEN 'sms' THEN 'sms'
                       WHEN 'call' THEN 'voice' WHEN 'letter' THEN 'post' ELSE 'email' END
                   ELSE channel END AS channel,
                   CASE channel WHEN 'campaign' THEN 'marketing' WHEN 'survey' THEN 'survey' ELSE 'service' END
                   AS purpose
            FROM recent WHERE direction = 'outbound' AND kind <> ALL(%(not_reached)s::text[])
              AND channel IN ('campaign', 'survey', 'email', 'sms', 'voice', 'app')
            UNION ALL
            SELECT profile.customer, d.key, d.at, d.outcome = 'scheduled', 1, d.channel, d.purpose
            FROM profile JOIN contact_delivery d ON d.profile_id = profile.id
            WHERE d.at > %(looked_back)s AND d.outcome = ANY(%(reaches)s::text[]) AND d.id <> %(but)s
        ) reported ORDER BY customer, key, at::date, trust, at
    ),
    cap AS (
        SELECT number, cap, days * interval '1 day' AS days, channel, purpose
        FROM jsonb_to_recordset(%(caps)s::jsonb) AS c(number int, cap int, days int, channel text, purpose text)
    )
    -- who there is; one merged into another is no longer
    SELECT c.id AS customer, 'zone' AS kind, c.timezone AS word, NULL::text AS channel, NULL::int AS number,
           NULL::int AS contacts, NULL::timestamptz AS at, NULL::time AS opens, NULL::time AS closes
    FROM customers_customer c WHERE c.id = ANY(%(customers)s::bigint[]) AND c.merged_into_id IS NULL
    UNION ALL
    SELECT profile.customer, 'stop', 'person', NULL, NULL, NULL, NULL, NULL, NULL
    FROM contact_suppression s JOIN profile ON profile.id = s.profile_id WHERE s.lifted_at IS NULL
    UNION ALL
    SELECT profile.customer, 'stop', s.type, NULL, NULL, NULL, NULL, NULL, NULL
    FROM profile
    JOIN customers_evidence e ON e.profile_id = profile.id AND e.active
    JOIN customers_identifier i ON i.id = e.identifier_id
    JOIN contact_suppression s ON s.type = i.type AND s.value = i.value
    WHERE s.lifted_at IS NULL AND s.profile_id IS NULL
    UNION ALL  -- the last word on each channel; of several said at once a refusal
    SELECT customer, 'said', status, channel, NULL, NULL, NULL, NULL, NULL FROM (
        SELECT DISTINCT ON (profile.customer, c.channel) profile.customer, c.channel, c.status
        FROM profile JOIN contact_consent c ON c.profile_id = profile.id
        WHERE c.purpose = %(purpose)s AND c.channel = ANY(%(channels)s::text[])
        ORDER BY profile.customer, c.channel, c.at DESC, c.status = 'granted', c.status
    ) said
    UNION ALL  -- over which channels they last said no even to service
    SELECT customer, 'refused', channel, NULL, NULL, NULL, NULL, NULL, NULL FROM (
        SELECT DISTINCT ON (profile.customer, c.channel) profile.customer, c.channel, c.status
        FROM profile JOIN contact_consent c ON c.profile_id = profile.id
        WHERE %(opt_in)s AND c.purpose = 'service' AND c.channel = ANY(%(channels)s::text[])
        ORDER BY profile.customer, c.channel, c.at DESC, c.status = 'granted', c.status
    ) served WHERE status <> 'granted'
    UNION ALL
    SELECT customer, 'hours', NULL, NULL, NULL, NULL, NULL, hours_from, hours_to FROM (
        SELECT DISTINCT ON (profile.customer) profile.customer, p.hours_from, p.hours_to
        FROM contact_preference p JOIN profile ON profile.id = p.profile_id
        ORDER BY profile.customer, p.at DESC, p.id DESC
    ) preferred WHERE hours_from IS NOT NULL
    UNION ALL  -- how many contacts count under each policy: what is only scheduled and matters less does not
    SELECT contact.customer, 'counted', NULL, NULL, cap.number, count(*)::int,
           CASE WHEN count(*) >= cap.cap THEN (array_agg(contact.at ORDER BY contact.at))[count(*) - cap.cap + 1] END,
           NULL, NULL
    FROM contact JOIN cap ON contact.at > %(at)s - cap.days AND contact.at < %(at)s + cap.days
     AND (cap.channel = '' OR contact.channel = cap.channel) AND (cap.purpose = '' OR contact.purpose = cap.purpose)
    WHERE NOT (contact.ahead AND contact.rank > %(rank)s)
    GROUP BY contact.customer, cap.number, cap.cap
    UNION ALL  -- when the first of what matters more is due, where that is close
    SELECT customer, 'first', NULL, NULL, NULL, NULL, min(at), NULL, NULL FROM contact
    WHERE ahead AND rank < %(rank)s AND at BETWEEN %(at)s - %(yields)s AND %(at)s + %(yields)s
    GROUP BY customer
    UNION ALL  -- what a source says they touch
    SELECT customer, 'tag', lower(trim(tag)), NULL, NULL, NULL, NULL, NULL, NULL
    FROM profile CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(tags) WHEN 'array' THEN tags
        WHEN 'string' THEN to_jsonb(string_to_array(tags #>> '{}', ',')) ELSE '[]' END) AS tag
    WHERE %(opt_in)s AND tags IS NOT NULL AND lower(trim(tag)) = ANY(%(tags)s::text[])
    UNION ALL
    SELECT c.id, 'tag', 'minor', NULL, NULL, NULL, NULL, NULL, NULL FROM customers_customer c
    WHERE %(opt_in)s AND c.id = ANY(%(customers)s::bigint[])
      AND c.born > %(at)s - make_interval(years => %(of_age)s)
    UNION ALL  -- what is open about them
    SELECT profile.customer, CASE b.tag WHEN 'complaint' THEN 'complaint' ELSE 'tag' END, b.tag, NULL, NULL, NULL,
           b.since, NULL, NULL
    FROM profile JOIN contact_block b ON b.profile_id = profile.id WHERE %(opt_in)s
    UNION ALL  -- a complaint that was felt, and neither followed by anything good nor answered by a promise kept
    SELECT customer, 'complaint', NULL, NULL, NULL, NULL, bad, NULL, NULL FROM (
        SELECT customer,
               max(at) FILTER (
                   WHERE sentiment = 'negative' AND direction = 'inbound' OR code = ANY(%(bad)s::text[])
               ) AS bad,
               max(at) FILTER (WHERE sentiment = 'positive' OR code = ANY(%(good)s::text[])) AS good
        FROM recent LEFT JOIN (SELECT id AS disposition_id, code FROM interactions_disposition) d USING (disposition_id)
        WHERE %(opt_in)s AND at > %(complaints_since)s GROUP BY customer
    ) felt
    WHERE bad > COALESCE(good, '-infinity') AND NOT EXISTS (
        SELECT FROM profile JOIN interactions_followup f ON f.profile_id = profile.id
        WHERE profile.customer = felt.customer AND f.state = 'kept' AND f.closed_at > felt.bad
    )
"""

# Who absorbed these customers, however often that went on.
SURVIVORS = """
    WITH RECURSIVE chain AS (
        SELECT c.id AS asked, c.id, c.merged_into_id FROM customers_customer c WHERE c.id = ANY(%s::bigint[])
        UNION ALL
        SELECT chain.asked, c.id, c.merged_into_id FROM chain JOIN customers_customer c ON c.id = chain.merged_into_id
    )
    SELECT asked, id FROM chain WHERE merged_into_id IS NULL
"""
