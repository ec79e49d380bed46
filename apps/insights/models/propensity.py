"""What we infer about a customer, with where it comes from."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.customers.models import Customer


class PropensityScoreQuerySet(models.QuerySet["PropensityScore"]):
    def of(self, customer: Customer) -> Self:
        """The customer's scores, the likeliest first."""
        return self.filter(customer=customer).order_by("-value", "kind")


class PropensityScore(models.Model):
    """How likely a customer is to do something: 0 to 100, by which model, when, and the reasons in words a person
    may repeat, and the orders it was computed from. One row per customer and kind; computing again replaces it."""

    class Kind(models.TextChoices):
        BUY = "buy", _("Buy again")
        CHURN = "churn", _("Churn risk")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="scores")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = models.PositiveSmallIntegerField()
    model = models.CharField(max_length=80)
    computed_at = models.DateTimeField(default=timezone.now)
    orders = models.PositiveIntegerField(default=0, db_default=0)
    reasons = ArrayField(models.CharField(max_length=120), default=list)

    objects = PropensityScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("propensity")
        verbose_name_plural = _("propensities")
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="score_once"),
            models.CheckConstraint(condition=models.Q(value__lte=100), name="score_percent"),
        ]
