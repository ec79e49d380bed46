"""Who may be the same person: customers fetched from the database, compared by `matching`, kept for people to decide.

Two ways lead here: whoever is new or has changed is compared at once with those a few indexes bring (`compare_due`);
every night everybody is compared with everybody (`compare_all`), with what the base itself teaches about likeness.

It loads Splink and DuckDB: only the management command `suggest_matches` imports it, never a web process.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

from apps.customers.attributes.traits import BIRTH_PLACE, OCCUPATION, OFFICIAL
from apps.customers.identity.conflicts import capped
from apps.customers.matching.model import score, train
from apps.customers.matching.records import SCHEMA
from apps.customers.matching.weights import Scored
from apps.customers.matching.workspace import Means
from apps.customers.models import MatchCandidate, MatchModel
from apps.foundation.db.locks import try_to_hold
from apps.foundation.db.rows import recordset, rows

AT_ONCE = 200  # customers compared in one go
LEAST = 0.5  # probability from which a pair is worth a person's time
AT_SIGHT = 0.8  # the same where only a few were fetched: how often a name occurs among all is then guessed
BATCH = 5_000  # rows fetched or written at a time
NUMBERS = ("account", "loyalty")  # what people type and mistype; a system counts its user ids up, and errs in none

PERSON = """
    SELECT c.id, c.name, c.born::text, c.street, c.postcode, c.city, c.region, c.country, held.phones, held.emails,
           held.numbers, told.occupations, told.birth_places, told.official
    FROM customers_customer c
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT i.value) FILTER (WHERE i.type = 'phone') AS phones,
               array_agg(DISTINCT i.value) FILTER (WHERE i.type = 'email') AS emails,
               array_agg(DISTINCT i.scope || i.value) FILTER (WHERE i.type = ANY(%s)) AS numbers
        FROM customers_sourceprofile p
        JOIN customers_evidence e ON e.profile_id = p.id AND e.active
        JOIN customers_identifier i ON i.id = e.identifier_id AND i.status = 'active'
        WHERE p.customer_id = c.id
    ) held ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT t.text) FILTER (WHERE t.key = ANY(%s)) AS occupations,
               array_agg(DISTINCT t.text) FILTER (WHERE t.key = ANY(%s)) AS birth_places,
               array_agg(DISTINCT t.key || ':' || t.text) FILTER (WHERE t.key = ANY(%s)) AS official
        FROM customers_sourceprofile p
        CROSS JOIN LATERAL (SELECT key, left(value #>> '{}', 200) AS text FROM jsonb_each(p.traits)
                            WHERE jsonb_typeof(value) IN ('string', 'number')) t
        WHERE p.customer_id = c.id AND p.traits ?| %s
    ) told ON true
    WHERE c.merged_into_id IS NULL
"""
READ = (list(NUMBERS), list(OCCUPATION), list(BIRTH_PLACE), list(OFFICIAL), [*OCCUPATION, *BIRTH_PLACE, *OFFICIAL])
# What indexes bring at once: the same value, birth date, postcode, the beginning of an address, a name much alike.
# Each way is capped, so that a number of many or a name of thousands costs no more than one of few.
NEIGHBOURS = """
    WITH due AS MATERIALIZED (
        SELECT id, name_key, born, postcode FROM customers_customer WHERE id = ANY(%(ids)s) AND merged_into_id IS NULL
    ),
    held AS MATERIALIZED (
        SELECT DISTINCT p.customer_id AS id, i.id AS identifier, i.type, i.value, i.status
        FROM customers_sourceprofile p
        JOIN customers_evidence e ON e.profile_id = p.id AND e.active
        JOIN customers_identifier i ON i.id = e.identifier_id AND i.type NOT IN ('device', 'anonymous_id')
        WHERE p.customer_id = ANY(%(ids)s)
    )
    SELECT other.customer_id FROM held CROSS JOIN LATERAL (
        SELECT p.customer_id FROM customers_evidence e JOIN customers_sourceprofile p ON p.id = e.profile_id
        WHERE e.identifier_id = held.identifier LIMIT 10
    ) other WHERE held.status = 'active'
    UNION
    SELECT other.customer_id FROM held CROSS JOIN LATERAL (
        SELECT p.customer_id FROM (
            SELECT id FROM customers_identifier
            WHERE held.type = 'email' AND type = 'email' AND strpos(held.value, '@') > 5
              AND value ~>=~ (split_part(held.value, '@', 1) || '@')
              AND value ~<~ (split_part(held.value, '@', 1) || 'A')
            LIMIT 10
        ) i JOIN customers_evidence e ON e.identifier_id = i.id JOIN customers_sourceprofile p ON p.id = e.profile_id
        LIMIT 10
    ) other
    UNION
    SELECT other.customer_id FROM held CROSS JOIN LATERAL (
        SELECT p.customer_id FROM (
            SELECT id FROM customers_identifier
            WHERE held.type = 'phone' AND type = 'phone' AND length(held.value) > 10
              AND reverse(value) ~>=~ reverse(right(held.value, 7))
              AND reverse(value) ~<~ (reverse(right(held.value, 7)) || 'A')
            LIMIT 10
        ) i JOIN customers_evidence e ON e.identifier_id = i.id JOIN customers_sourceprofile p ON p.id = e.profile_id
        LIMIT 10
    ) other
    UNION
    SELECT other.id FROM due CROSS JOIN LATERAL (
        SELECT id FROM customers_customer c
        WHERE c.born = due.born AND due.born IS NOT NULL AND similarity(c.name_key, due.name_key) > 0.25 LIMIT 10
    ) other
    UNION
    SELECT other.id FROM due CROSS JOIN LATERAL (
        SELECT id FROM customers_customer c
        WHERE c.postcode = due.postcode AND due.postcode <> '' AND similarity(c.name_key, due.name_key) > 0.3 LIMIT 10
    ) other
    UNION
    SELECT other.id FROM due CROSS JOIN LATERAL (
        SELECT id FROM customers_customer c WHERE length(due.name_key) > 5 AND c.name_key %% due.name_key LIMIT 20
    ) other
"""
KEEP = """
    WITH apart AS (
        SELECT LEAST(a.customer_id, b.customer_id) AS a, GREATEST(a.customer_id, b.customer_id) AS b
        FROM customers_verdict v
        JOIN customers_sourceprofile a ON a.id = v.a_id JOIN customers_sourceprofile b ON b.id = v.b_id
        WHERE NOT v.same AND v.withdrawn_at IS NULL
    )
    INSERT INTO customers_matchcandidate AS c (a_id, b_id, score, features, origin, model_id, status, created_at)
    SELECT n.a, n.b, n.score, n.features, %s, %s::bigint, 'open', now()
    FROM json_to_recordset(%s) AS n(a bigint, b bigint, score float, features jsonb)
    JOIN customers_customer a ON a.id = n.a AND a.merged_into_id IS NULL
    JOIN customers_customer b ON b.id = n.b AND b.merged_into_id IS NULL
    WHERE NOT EXISTS (SELECT FROM apart WHERE (apart.a, apart.b) = (n.a, n.b))
    ON CONFLICT (a_id, b_id) DO UPDATE SET
        score = EXCLUDED.score, features = EXCLUDED.features, origin = EXCLUDED.origin, model_id = EXCLUDED.model_id
    WHERE c.status IN ('open', 'later')
"""


def compare_due() -> int:
    """Compare the newest `AT_ONCE` customers who are due with those who may be the same. How many were compared: none
    while another worker is at it.

    It takes seconds, so nobody is locked meanwhile: who changes before it is done is due again, as all are if it dies.
    """
    with transaction.atomic():
        if not try_to_hold("compare_due"):
            return 0
        taken = _due(AT_ONCE)
        if taken:
            due = list(taken)
            others = _neighbours(due) - set(due)
            found = _alike(due, others) if others or len(due) > 1 else []
            _keep(found, MatchCandidate.Origin.SIMILAR, None)
            _compared(taken)
    return len(taken)


def _due(most: int | None = None) -> dict[int, str]:
    """The newest customers who are due, with the version of each one's row."""
    return dict(
        rows(
            """
            SELECT id, xmin::text FROM customers_customer WHERE compared_at IS NULL AND merged_into_id IS NULL
            ORDER BY id DESC LIMIT %s
            """,
            most,
        )
    )


def _compared(taken: Mapping[int, str]) -> None:
    """They are due no longer, but for those of whom something else is known since they were taken, or just now: it
    waits for nobody."""
    rows(
        """
        WITH unchanged AS (
            SELECT c.id FROM customers_customer c JOIN unnest(%s::bigint[], %s::text[]) AS t(id, version) USING (id)
            WHERE c.xmin::text = t.version FOR NO KEY UPDATE OF c SKIP LOCKED
        )
        UPDATE customers_customer c SET compared_at = now() FROM unchanged WHERE c.id = unchanged.id
        """,
        list(taken),
        list(taken.values()),
    )


def _alike(due: Sequence[int], others: Collection[int]) -> list[Scored]:
    """Pairs with at least one of those who are due."""
    table = _table(rows(f"{PERSON} AND c.id = ANY(%s)", *READ, [*due, *others]))
    trained = MatchModel.objects.order_by("-pk").values_list("parameters", flat=True).first()
    wanted = set(due)
    scored = score(table, trained, AT_SIGHT, population=_population(), means=_means()).pairs
    return [pair for pair in scored if pair.a in wanted or pair.b in wanted]


def _neighbours(due: Sequence[int]) -> set[int]:
    rows("SET LOCAL pg_trgm.similarity_threshold = 0.6")
    return {pk for (pk,) in rows(NEIGHBOURS, ids=list(due))}


def compare_all() -> MatchModel:
    """Learn from everybody, compare everybody, and replace the suggestions nobody has decided on. The model it made."""
    begun, started, taken = monotonic(), now(), _due()
    table = _table(_everybody())
    trained = train(table, means=_means())
    scored, left_out = score(table, trained, LEAST, means=_means())
    with transaction.atomic():
        _note_quality()
        model = MatchModel.objects.create(
            trained_at=started, parameters=trained, customers=table.num_rows, pairs=len(scored), left_out=left_out
        )
        for start in range(0, len(scored), BATCH):
            _keep(scored[start : start + BATCH], MatchCandidate.Origin.MODEL, model)
        _withdraw(model)
        _compared(taken)
        model.seconds = round(monotonic() - begun, 1)
        model.save(update_fields=["seconds"])
    return model


def _withdraw(model: MatchModel) -> None:
    """What the model no longer finds alike was found so by an older one, or at first sight."""
    waiting = MatchCandidate.objects.filter(status=MatchCandidate.Status.OPEN, created_at__lt=model.trained_at).exclude(
        model=model
    )
    waiting.delete()


def _note_quality() -> None:
    """Write down what people said of the suggestions of the model that is about to be replaced."""
    last = MatchModel.objects.order_by("-pk").first()
    if last:
        last.quality = {
            band: {"same": same, "different": different} for band, same, different in MatchCandidate.objects.by_band()
        }
        last.save(update_fields=["quality"])


def _everybody() -> Iterable[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor().connection.cursor(name="everybody") as cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(PERSON, READ)


def _table(people: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Rows of `PERSON` as the matching wants them, made column by column, a batch at a time."""
    batches: list[pa.RecordBatch] = []
    waiting: list[tuple[Any, ...]] = []
    for person in people:
        waiting.append(person)
        if len(waiting) == BATCH:
            batches.append(_batch(waiting))
            waiting = []
    if waiting or not batches:
        batches.append(_batch(waiting))
    return pa.Table.from_batches(batches, schema=SCHEMA)


def _batch(people: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = zip(*people, strict=True) if people else ([] for _field in SCHEMA)
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def _keep(pairs: Sequence[Scored], origin: str, model: MatchModel | None) -> None:
    if not pairs:
        return
    kept = [
        {"a": pair.a, "b": pair.b, "score": capped(pair.probability, pair.features), "features": pair.features}
        for pair in pairs
    ]
    rows(KEEP, origin, model.pk if model else None, recordset(kept))


def _population() -> int:
    """About how many customers there are: what the planner thinks. It knows nothing of a table that was just filled for
    the first time, so there they are counted."""
    (known,) = rows(
        """
        SELECT CASE WHEN reltuples < 0 THEN (SELECT count(*) FROM customers_customer) ELSE reltuples::bigint END
        FROM pg_class WHERE oid = 'customers_customer'::regclass
        """
    )[0]
    return max(int(known), 2 * AT_ONCE)


def _means() -> Means:
    return Means(settings.MATCHING_MEMORY, settings.MATCHING_THREADS, settings.DATA_DIR / "matching")
