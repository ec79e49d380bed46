"""What was promised to a customer."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Coalesce, JSONObject
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, Team, User
from apps.customers.models import Customer, SourceProfile
from apps.foundation.db.keyset import earlier, later
from apps.interactions.models.interaction import DELIVERED, REFUND, Interaction
from apps.interactions.promises.models import Handover

# What a line about a promise reads.
LINE = (
    "text", "due_at", "state", "interaction_id", "team__name", "handover__note",
    *(f"{who}__{name}" for who in ("owner", "handover__actor") for name in ("first_name", "last_name", "username")),
)  # fmt: skip


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> Self:
        """All of them for those who talk to customers; for marketers what they have promised themselves."""
        if not user.is_active:
            return self.none()
        return self.filter(owner=user) if user.role == Role.MARKETER else self

    def open(self) -> Self:
        return self.filter(state=FollowUp.State.OPEN)

    def of(self, customer: Customer) -> Self:
        return self.filter(profile__customer=customer)

    def after(self, field: str, at: datetime, pk: int) -> Self:
        """The keyset step for lists that go up by `field` and id."""
        return self.filter(later(field, at, pk))

    def before(self, field: str, at: datetime, pk: int) -> Self:
        """The same for lists that go down."""
        return self.filter(earlier(field, at, pk))

    def with_proposal(self, reader: User) -> Self:
        """`proposal` is the event since that says it may be done, as far as this reader may know of it, or None: the
        kind, time and title of the first delivery or refund of what the promise is about."""
        since = Interaction.objects.visible_to(reader).filter(
            ~models.Q(reference=""),
            models.Q(kind=models.OuterRef("awaits")) | models.Q(Exact(models.OuterRef("awaits"), models.Value(""))),
            reference=models.OuterRef("reference"),
            kind__in=(DELIVERED, REFUND),
            profile__customer=models.OuterRef("profile__customer"),
            occurred_at__gt=models.OuterRef("created_at"),
        )
        told = JSONObject(kind="kind", at="occurred_at", title="title")
        return self.annotate(proposal=models.Subquery(since.order_by("occurred_at", "id").values_list(told)[:1]))

    def with_customer(self) -> Self:
        """What a list of promises to several customers shows."""
        customer = (f"profile__customer__{name}" for name in ("public_id", "name", "timezone"))
        return self._listed("profile__customer").only("closed_at", *customer, *LINE)

    def with_owner(self) -> Self:
        """What a list of promises shows, and no more: half of a query's cost is its columns."""
        return self._listed().only(*LINE)

    def _listed(self, *more: str) -> Self:
        return self.select_related("owner", "team", "handover__actor", *more)


class FollowUp(models.Model):
    """A promise made to a customer: what, by when, and who keeps it: its owner, or where it was handed to a team and
    nobody has taken it yet, that team.

    `reference` is the order it is about, if it is about one, and `awaits` the kind of event that would settle it (by
    default a delivery or a refund, whichever comes). `handover` is how its owner came by it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Done")
        BROKEN = "broken", _("Missed")
        CANCELLED = "cancelled", _("Cancelled")

    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="follow_ups")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, null=True, related_name="follow_ups")
    text = models.CharField(_("promise"), max_length=300)
    due_at = models.DateTimeField(_("due"))
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="follow_ups", verbose_name=_("owner")
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=80, blank=True, default="", db_default="")
    awaits = models.CharField(
        max_length=10,
        choices=[(DELIVERED, _("Delivery")), (REFUND, _("Refund"))],
        blank=True,
        default="",
        db_default="",
    )
    handover = models.ForeignKey(
        Handover, on_delete=models.PROTECT, null=True, related_name="follow_ups", db_index=False
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False) | models.Q(team__isnull=False), name="follow_up_is_somebodys"
            )
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], name="follow_up_mine", condition=models.Q(state="open")),
            models.Index(fields=["profile", "due_at"], name="follow_up_open", condition=models.Q(state="open")),
            models.Index(fields=["team", "due_at", "id"], name="follow_up_ours", condition=models.Q(state="open")),
            models.Index(
                fields=["owner", "-closed_at", "-id"],
                name="follow_up_closed",
                condition=models.Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["team", "-closed_at", "-id"],
                name="follow_up_ours_closed",
                condition=models.Q(closed_at__isnull=False),
            ),
            models.Index(Coalesce("closed_at", "due_at").desc(), models.F("id").desc(), name="follow_up_counts"),
            models.Index(fields=["due_at", "id"], name="follow_up_due", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.text
