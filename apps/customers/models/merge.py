"""Who was found to be the same person, by what or by whom, and who may be."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Floor
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.customers.models.customer import Customer, SourceProfile


class MergeRecordQuerySet(models.QuerySet["MergeRecord"]):
    def about(self, customer: Customer) -> Self:
        """Merges into and un-merges from this customer."""
        return self.filter(survivor=customer)

    def standing(self) -> Self:
        """Merges that were not taken back."""
        return self.filter(kind=MergeRecord.Kind.MERGE, undone_by=None)


class MergeRecord(models.Model):
    """Two customers found to be one, or one found to be two: which profiles moved, by what rule or whose word.

    A merge moves `profiles` from `absorbed` to `survivor`, an un-merge back from `survivor` to `absorbed`: what
    is needed to restore either exactly.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("Merge")
        UNMERGE = "unmerge", _("Un-merge")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MERGE)
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    profiles = ArrayField(models.BigIntegerField(), help_text=_("Profiles that moved."))
    rule = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    undone_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undoes")

    objects = MergeRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")


class Verdict(models.Model):
    """What a person decided about two source profiles: the same human being, or never the same.

    It is tied to profiles, which never change hands but in merges, so it holds whoever the two belong to later.
    Taken back by `withdrawn_at`.
    """

    a = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(SourceProfile, on_delete=models.CASCADE, related_name="+")
    same = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    record = models.ForeignKey(MergeRecord, on_delete=models.CASCADE, null=True, related_name="verdicts")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")


class MatchModel(models.Model):
    """A trained model for suggestions (`matching/`): its parameters, what it was trained on, how it did.

    `quality` holds what people said of its suggestions, by band of score, when the next one replaced it.
    """

    trained_at = models.DateTimeField(default=now)
    parameters = models.JSONField()
    customers = models.PositiveIntegerField(help_text=_("Customers it was trained on."))
    pairs = models.PositiveIntegerField(default=0, help_text=_("Suggestions of its last run."))
    left_out = models.PositiveIntegerField(default=0, help_text=_("Pairs beyond what a run may suggest."))
    seconds = models.FloatField(default=0)
    quality = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("matching model")
        verbose_name_plural = _("matching models")

    def __str__(self) -> str:
        return f"{self.pk}"


class MatchCandidateQuerySet(models.QuerySet["MatchCandidate"]):
    def to_review(self) -> Self:
        """Undecided, and both still customers of their own."""
        waiting = (MatchCandidate.Status.OPEN, MatchCandidate.Status.LATER)
        return self.filter(status__in=waiting, a__merged_into=None, b__merged_into=None)

    def by_band(self) -> list[tuple[str, int, int]]:
        """What people said of suggestions: for each band of 0.05 of the score (by where it begins), the highest first,
        how many were the same person and how many were not. What was accepted with many, or joined by a rule, was not
        looked at."""
        verdicts = (MatchCandidate.Status.MATCHED, MatchCandidate.Status.DIFFERENT)
        decided = self.exclude(reviewer=None).filter(status__in=verdicts)
        looked_at = decided.exclude(accepted_at_once=True).annotate(band=Floor(models.F("score") * 20))
        same = models.Count("pk", filter=models.Q(status=MatchCandidate.Status.MATCHED))
        counts = looked_at.values("band").annotate(same=same, all=models.Count("pk")).order_by("-band")
        return [(f"{one['band'] / 20:.2f}", one["same"], one["all"] - one["same"]) for one in counts]

    def of(self, customer: Customer) -> Self:
        return self.filter(models.Q(a=customer) | models.Q(b=customer))


class MatchCandidate(models.Model):
    """Two customers who may be one person, for somebody to decide. `a` is the elder of the two.

    `score` is a probability from 0 to 1. `features` are its reasons: field name -> {"level": "same" | "close" |
    "differs" | "unknown", "weight": log2 of the Bayes factor}.
    """

    class Origin(models.TextChoices):
        REFUSED = "refused", _("An identifier both have, that a limit kept from joining them")
        SIMILAR = "similar", _("Alike at first sight")
        MODEL = "model", _("Nightly comparison")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        LATER = "later", _("Later")
        MATCHED = "matched", _("The same")
        DIFFERENT = "different", _("Not the same")

    a = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    b = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    features = models.JSONField(default=dict)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    model = models.ForeignKey(MatchModel, on_delete=models.PROTECT, null=True, related_name="candidates")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField(default=now)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    accepted_at_once = models.BooleanField(default=False, db_default=False, help_text=_("With many, not looked at."))

    objects = MatchCandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="match_once"),
            models.CheckConstraint(condition=models.Q(a__lt=models.F("b")), name="match_elder_first"),
        ]
        indexes = [
            models.Index(
                fields=["-score", "id"], name="match_to_review", condition=models.Q(status__in=["open", "later"])
            ),
            models.Index(
                fields=["-reviewed_at", "id"],
                name="match_decided",
                condition=models.Q(status__in=["matched", "different"]),
            ),
        ]
