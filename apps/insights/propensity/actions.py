"""What we infer about customers, computed again from what happened."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from apps.insights.models import PropensityScore

MODEL = "BG/NBD, CDNOW parameters"
HORIZON = 90  # days that "buy again" looks ahead

# Fader, Hardie, Lee: "Counting Your Customers" the Easy Way, Marketing Science 24 (2005), table 2; time in weeks.
R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426

# Per customer: x repeat orders, the last of them `recency` weeks after the first, seen for `age` weeks.
# P(alive) is the paper's, 1 / (1 + [x > 0] a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)); its power is taken
# as an exponential, capped where it is nothing to a whole percent. E(Y) is equation 10 after Euler's transformation
# of its 2F1, whose series then converges in 40 terms for every order history (z < 0.75).
SCORE = """
WITH history AS (
    SELECT p.customer_id, count(*) AS orders, min(i.occurred_at) AS first, max(i.occurred_at) AS last,
           (count(*) - 1)::float8 AS x,
           extract(epoch FROM max(i.occurred_at) - min(i.occurred_at))::float8 / 604800 AS recency,
           greatest(extract(epoch FROM %(now)s - min(i.occurred_at))::float8 / 604800, 0) AS age
    FROM interactions_interaction i JOIN customers_sourceprofile p ON p.id = i.profile_id
    WHERE i.kind = 'order' AND i.occurred_at <= %(now)s AND i.withdrawn = ''
    GROUP BY p.customer_id
),
alive AS (
    SELECT *, %(weeks)s / (%(alpha)s + age + %(weeks)s) AS z,
           CASE WHEN x = 0 THEN 1 ELSE 1 / (1 + %(a)s / (%(b)s + x - 1) * exp(least(
               (%(r)s + x) * ln((%(alpha)s + age) / (%(alpha)s + recency)), 300))) END AS alive
    FROM history
),
outlook AS (
    SELECT customer_id, orders, first, last, x, recency, alive,
           alive * (1 - exp((%(r)s + x) * ln(1 - z))) AS buys,
           alive * (%(a)s + %(b)s + x - 1) / (%(a)s - 1) * (1 - power(1 - z, %(a)s - 1) * f.value) AS expected
    FROM alive CROSS JOIN LATERAL (
        SELECT 1 + (%(a)s + %(b)s - 1 - %(r)s) * (%(a)s - 1) / (%(a)s + %(b)s + x - 1) * z * (1 + sum(term)) AS value
        FROM (
            SELECT exp(sum(ln((%(a)s + %(b)s - 1 - %(r)s + k) * (%(a)s - 1 + k)
                              / ((%(a)s + %(b)s + x - 1 + k) * (1 + k)) * z)) OVER (ORDER BY k)) AS term
            FROM generate_series(1, 40) k
        ) terms
    ) f
),
worded AS (
    SELECT *, array_remove(ARRAY[
        CASE orders WHEN 1 THEN 'one order, in ' ELSE orders || ' orders since ' END || to_char(first, 'FMMonth YYYY'),
        CASE %(now)s::date - last::date WHEN 0 THEN 'last order today' WHEN 1 THEN 'last order yesterday'
             ELSE 'last order ' || %(now)s::date - last::date || ' days ago' END,
        CASE WHEN x > 0 AND recency * 7 / x >= 1.5 THEN 'usually every ' || round(recency * 7 / x) || ' days' END
    ], NULL) AS reasons
    FROM outlook
)
INSERT INTO insights_propensityscore (customer_id, kind, value, model, computed_at, orders, reasons)
SELECT customer_id, kind, value, %(model)s, %(now)s, orders, words
FROM worded CROSS JOIN LATERAL (VALUES
    ('buy', round(100 * buys)::int,
     reasons || ('about ' || to_char(expected, 'FM999990.0') || ' orders expected in %(horizon)s days')),
    ('churn', round(100 * (1 - alive))::int, reasons)
) AS score(kind, value, words)
ON CONFLICT (customer_id, kind) DO UPDATE SET
    value = EXCLUDED.value, model = EXCLUDED.model, computed_at = EXCLUDED.computed_at,
    orders = EXCLUDED.orders, reasons = EXCLUDED.reasons
"""


@transaction.atomic
def score() -> int:
    """Compute both scores of every customer who ever ordered (interactions of kind `order`); rows written.

    The model is BG/NBD with the published CDNOW parameters: it is not fitted to these customers, and says so in
    `model`. *Churn risk* is 100 (1 - P(alive)). *Buy again* is the chance of an order within `HORIZON` days,
    100 P(alive) (1 - ((alpha + T) / (alpha + T + t))^(r + x)): exact, since the purchase rate of a customer who is
    alive is gamma distributed with shape r + x and rate alpha + T. Reasons are stored in English. Customers who have
    no order any more, because theirs moved in a merge, lose their scores.
    """
    now = timezone.now()
    known: dict[str, datetime | float | str] = {
        "now": now,
        "weeks": HORIZON / 7,
        "horizon": HORIZON,
        "model": MODEL,
        "r": R,
        "alpha": ALPHA,
        "a": A,
        "b": B,
    }
    with connection.cursor() as cursor:
        cursor.execute(SCORE, known)
        written: int = cursor.rowcount
    PropensityScore.objects.filter(model=MODEL, computed_at__lt=now).delete()
    return written
