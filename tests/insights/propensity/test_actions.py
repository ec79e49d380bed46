"""Scores against a calculation of our own, term by term from the paper."""

from datetime import timedelta
from math import exp, lgamma, log

import pytest
from django.utils import timezone

from apps.customers.models import Customer, SourceProfile
from apps.insights import tasks
from apps.insights.models import PropensityScore
from apps.insights.propensity import actions
from apps.interactions.models import Interaction

pytestmark = pytest.mark.django_db
R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426


def hyp2f1(a: float, b: float, c: float, z: float) -> float:
    term = total = 1.0
    for k in range(5000):
        term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
        total += term
    return total


def log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def p_alive(x: int, recency: float, age: float) -> float:
    """From the two halves of the likelihood (equation 3): still alive, or gone after the last order."""
    living = log_beta(A, B + x) - (R + x) * log(ALPHA + age)
    gone = log_beta(A + 1, B + x - 1) - (R + x) * log(ALPHA + recency)
    return 1 / (1 + exp(gone - living)) if x else 1.0


def expected(x: int, recency: float, age: float, t: float) -> float:
    """Equation 10 as printed."""
    grown = ((ALPHA + age) / (ALPHA + age + t)) ** (R + x) * hyp2f1(R + x, B + x, A + B + x - 1, t / (ALPHA + age + t))
    gone = A / (B + x - 1) * ((ALPHA + age) / (ALPHA + recency)) ** (R + x) if x else 0.0
    return (A + B + x - 1) / (A - 1) * (1 - grown) / (1 + gone)


def buys_within(x: int, recency: float, age: float, t: float) -> float:
    """The gamma mixture of 1 - exp(-rate t), by Simpson's rule rather than in closed form."""
    shape, rate = R + x, ALPHA + age
    steps, top = 20_000, (shape + 12 * shape**0.5 + 12) / rate

    def density(u: float) -> float:  # the rate as u^8 takes the sharp rise near zero out of the integral
        value = u**8
        return (
            exp(shape * log(rate) + (shape - 1) * log(value) - rate * value - lgamma(shape))
            * 8
            * u**7
            * (1 - exp(-value * t))
        )

    width = top**0.125 / steps
    weights = (4 if k % 2 else 2 for k in range(1, steps))
    return (
        p_alive(x, recency, age)
        * width
        / 3
        * (density(top**0.125) + sum(w * density(k * width) for k, w in enumerate(weights, 1)))
    )


def customer_who_ordered(*days_ago: float) -> Customer:
    customer = Customer.objects.create(name="Somebody")
    for number, ago in enumerate(days_ago):
        # Every other order reached us through another source: the person counts, not the profile.
        profile, _ = SourceProfile.objects.get_or_create(
            source=("shop", "till")[number % 2], external_id=str(customer.pk), customer=customer
        )
        Interaction.objects.create(
            profile=profile,
            source=profile.source,
            external_id=f"{customer.pk}-{number}",
            channel="order",
            kind="order",
            title="Order",
            occurred_at=timezone.now() - timedelta(days=ago),
        )
    return customer


def test_our_own_calculation_gives_the_figure_published_with_the_paper():
    assert round(expected(2, 30.43, 38.86, 39.0), 3) == 1.226


@pytest.mark.parametrize(
    "days_ago",
    [
        (0.1,),
        (700,),
        (40, 10),
        (800, 790),
        (400, 390, 380),
        tuple(range(5, 900, 15)),
        tuple(range(1000, 2500, 5)),
    ],
    ids=[
        "first today",
        "once, long ago",
        "twice lately",
        "twice, long ago",
        "thrice, long ago",
        "60 orders",
        "300, then gone",
    ],
)
def test_scores_equal_an_independent_calculation(days_ago):
    customer = customer_who_ordered(*days_ago)
    x, recency, age = len(days_ago) - 1, (max(days_ago) - min(days_ago)) / 7, max(days_ago) / 7
    assert actions.score() == 2
    scores = {score.kind: score for score in PropensityScore.objects.of(customer)}
    assert scores["churn"].value == round(100 * (1 - p_alive(x, recency, age)))
    assert scores["buy"].value == round(100 * buys_within(x, recency, age, 90 / 7))
    assert scores["buy"].reasons[-1] == f"about {expected(x, recency, age, 90 / 7):.1f} orders expected in 90 days"


def test_reasons_are_words_a_person_may_repeat():
    customer = customer_who_ordered(102, 72, 42, 12)
    actions.score()
    since = (timezone.now() - timedelta(days=102)).strftime("%B %Y")
    drifting = PropensityScore.objects.get(customer=customer, kind="churn")
    assert drifting.reasons == [f"4 orders since {since}", "last order 12 days ago", "usually every 30 days"]
    assert drifting.model == "BG/NBD, CDNOW parameters"


def test_who_never_ordered_has_no_score():
    customer_who_ordered()
    assert actions.score() == 0
    assert not PropensityScore.objects.exists()


def test_scoring_again_replaces_and_a_merge_takes_the_score_along():
    absorbed, survivor = customer_who_ordered(30), customer_who_ordered(90)
    actions.score()
    absorbed.profiles.update(customer=survivor)
    tasks.score()
    assert PropensityScore.objects.of(survivor).count() == 2
    assert not PropensityScore.objects.of(absorbed).exists()
    assert "2 orders since" in PropensityScore.objects.of(survivor)[0].reasons[0]
