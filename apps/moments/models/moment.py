"""What someone should seize, who owns it now, and every step on the way."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Least
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, Team, User
from apps.contact.blocks import Blocking
from apps.contact.models import Consent, Purpose
from apps.customers.models import Customer, SourceProfile
from apps.foundation.db.keyset import earlier, later
from apps.interactions.models import Interaction
from apps.moments.models.kind import Tag


class Handoff(models.TextChoices):
    """How it is passed on: to be taken over, as a hint, or upwards."""

    TRANSFER = "transfer", _("Please take it over")
    REFERRAL = "referral", _("For your attention")
    ESCALATION = "escalation", _("I cannot settle this")


class State(models.TextChoices):
    OPEN = "open", _("Open")
    OFFERED = "offered", _("Offered")
    DONE = "done", _("Done")
    EXPIRED = "expired", _("Expired")


LIVE = (State.OPEN, State.OFFERED)
CLOSED = (State.DONE, State.EXPIRED)


class Outcome(models.TextChoices):
    REACHED = "reached", _("Reached")
    BOUGHT = "bought", _("Bought")
    THANKED = "thanked", _("Thanked")
    REFUSED = "refused", _("Declined by customer")
    NO_PERMISSION = "no_permission", _("No permission")
    TOO_LATE = "too_late", _("Too late")
    NOT_ONE = "not_one", _("Not valid")


class MomentQuerySet(models.QuerySet["Moment"]):
    def visible_to(self, user: User) -> Self:
        """Everything for those who talk to customers; for marketers what was disclosed to them or their team."""
        if not user.is_active:
            return self.none()
        if user.role != Role.MARKETER:
            return self
        theirs = models.Q(holder=user.pk) | models.Q(owner_user=user)
        if user.team_id:
            theirs |= models.Q(queue=user.team_id)
        return self.filter(theirs, disclosed__isnull=False)

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def closed(self) -> Self:
        return self.filter(state__in=CLOSED)

    def awake(self) -> Self:
        return self.live().filter(snoozed_until=None)

    def of(self, customer: Customer) -> Self:
        return self.filter(profile__customer=customer)

    def concerning(self, team: int | None, user: User | None = None) -> Self:
        """What lies at a team's desk, and what its people saw or passed on; and what this person has to do with."""
        people = User.objects.filter(team=team)
        theirs = models.Q(queue=team) | models.Q(marked_by__in=people) | models.Q(sender__in=people)
        own = models.Q(owner_user=user) | models.Q(marked_by=user) | models.Q(sender=user)
        if user is None:
            return self.filter(theirs)
        return self.filter(theirs | own if team else own)

    def once_asked_of(self, user: User) -> Self:
        """What was offered or given to this person or their team at some time, whoever has it now."""
        asked = models.Q(to_user=user) | models.Q(to_team=user.team_id) if user.team_id else models.Q(to_user=user)
        return self.filter(models.Exists(Step.objects.filter(asked, moment=models.OuterRef("pk"))))

    def stepped_by(self, user: User) -> Self:
        """What this person has done something about."""
        return self.filter(models.Exists(Step.objects.filter(actor=user, moment=models.OuterRef("pk"))))

    def held_by(self, user: User) -> Self:
        """Theirs, or offered to them by name."""
        return self.awake().filter(holder=user.pk)

    def unclaimed(self, team: int) -> Self:
        return self.awake().filter(queue=team, holder=None)

    def due_by(self, team: int, when: datetime) -> Self:
        return self.awake().filter(queue=team, due_at__lt=when)

    def snoozed(self, team: int) -> Self:
        return self.live().filter(queue=team, snoozed_until__isnull=False)

    def sent_by(self, user: User, since: datetime) -> Self:
        """What this person saw or passed on, and has changed since."""
        return self.filter(models.Q(marked_by=user, changed_at__gt=since) | models.Q(sender=user, changed_at__gt=since))

    def after(self, field: str, value: datetime, pk: int) -> Self:
        """The keyset step for lists that go up by `field` and id."""
        return self.filter(later(field, value, pk))

    def before(self, field: str, value: datetime, pk: int) -> Self:
        """The same for lists that go down."""
        return self.filter(earlier(field, value, pk))


class Moment(models.Model):
    """Something about one customer that someone should seize.

    Exactly one owner at every instant: a person, or a team whose lead answers for it. While it is offered the sender
    stays the owner until somebody accepts. `holder` is who is asked to act now, by name (the one it is offered to,
    else its owner); `queue` is the team at whose desk it lies; `deadline` is the next time by which something is asked
    for: an answer, or the thing itself. `disclosed` is the copy that left the service side
    (`disclosure.Copy`), all that marketing is ever shown; None: it has not left. `version` grows with every step.
    `first_offered_at` and `first_accepted_at` are milestones for the reports: an offer or acceptance that was taken
    back is none.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(SourceProfile, on_delete=models.PROTECT, related_name="moments", db_index=False)
    origins = models.ManyToManyField(Interaction, related_name="moments")
    kind = models.CharField(_("kind"), max_length=40)
    reason = models.TextField(_("in the customer's words"), blank=True)
    suggestion = models.CharField(_("suggested action"), max_length=200, blank=True)
    category = models.CharField(_("product category"), max_length=60, blank=True)
    tags = ArrayField(models.CharField(max_length=20, choices=Tag.choices), default=list, blank=True)
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True)
    happened_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(_("due"))
    purpose = models.CharField(max_length=40, default=Purpose.MARKETING)
    channel = models.CharField(max_length=10, choices=Consent.Channel.choices, blank=True)
    disclose_words = models.BooleanField(default=False, help_text=_("The customer's words may leave the service side."))
    disclosed = models.JSONField(null=True)

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    owner_user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("owner")
    )
    owner_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("owner")
    )
    act_by = models.DateTimeField(null=True, help_text=_("Until when its owner acts; empty: it was escalated."))
    offered_to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    offered_to_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    handoff = models.CharField(max_length=10, choices=Handoff.choices, blank=True)
    offered_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    came_from_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    came_from_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    snoozed_until = models.DateTimeField(null=True)
    queue = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    holder = models.GeneratedField(
        expression=models.Case(
            models.When(offered_to_team__isnull=False, then=None),
            default=Coalesce("offered_to_user_id", "owner_user_id"),
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    deadline = models.GeneratedField(
        expression=Least("answer_by", "due_at"), output_field=models.DateTimeField(), db_persist=True
    )

    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    line = models.CharField(max_length=300, blank=True, help_text=_("What came of it, for the sender."))
    done_at = models.DateTimeField(null=True)
    first_offered_at = models.DateTimeField(null=True)
    first_accepted_at = models.DateTimeField(null=True)

    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    sender = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    rule = models.CharField(max_length=60, blank=True, help_text=_("The rule that saw it, if no person did."))
    key = models.CharField(max_length=120, unique=True, help_text=_("Sent twice, it is one moment."))
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    objects = MomentQuerySet.as_manager()

    class Meta:
        verbose_name = _("moment")
        verbose_name_plural = _("moments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner_user__isnull=False, owner_team=None)
                | models.Q(owner_user=None, owner_team__isnull=False),
                name="moment_has_one_owner",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state=State.OFFERED, offered_at__isnull=False, answer_by__isnull=False)
                    & ~models.Q(handoff="")
                    & (
                        models.Q(offered_to_user__isnull=False, offered_to_team=None)
                        | models.Q(offered_to_user=None, offered_to_team__isnull=False)
                    )
                )
                | (
                    ~models.Q(state=State.OFFERED)
                    & models.Q(offered_to_user=None, offered_to_team=None, offered_at=None, answer_by=None, handoff="")
                ),
                name="moment_offer_is_whole",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state__in=CLOSED, done_at__isnull=False, snoozed_until=None) & ~models.Q(outcome="")
                )
                | models.Q(state__in=LIVE, done_at=None, outcome="", line=""),
                name="moment_end_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(snoozed_until=None) | models.Q(state=State.OPEN), name="moment_sleeps_when_owned"
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder", "deadline", "id"],
                name="moment_mine",
                condition=models.Q(state__in=LIVE, snoozed_until=None),
            ),
            models.Index(
                fields=["queue", "deadline", "id"],
                name="moment_unclaimed",
                condition=models.Q(state__in=LIVE, snoozed_until=None, holder=None),
            ),
            models.Index(
                fields=["queue", "due_at", "id"],
                name="moment_due",
                condition=models.Q(state__in=LIVE, snoozed_until=None),
            ),
            models.Index(
                fields=["queue", "snoozed_until", "id"],
                name="moment_snoozed",
                condition=models.Q(state__in=LIVE, snoozed_until__isnull=False),
            ),
            models.Index(fields=["queue", "-done_at", "-id"], name="moment_done", condition=models.Q(state__in=CLOSED)),
            models.Index(fields=["marked_by", "-changed_at"], name="moment_marked_by"),
            models.Index(fields=["sender", "-changed_at"], name="moment_sender"),
            models.Index(fields=["profile", "-id"], name="moment_of_profile"),
            models.Index(fields=["answer_by"], name="moment_unanswered", condition=models.Q(state=State.OFFERED)),
            models.Index(
                fields=["act_by"], name="moment_idle", condition=models.Q(state=State.OPEN, act_by__isnull=False)
            ),
            models.Index(
                fields=["snoozed_until"], name="moment_to_wake", condition=models.Q(snoozed_until__isnull=False)
            ),
            models.Index(fields=["kind", "due_at"], name="moment_to_lapse", condition=models.Q(state__in=LIVE)),
            models.Index(fields=["-created_at", "-id"], name="moment_seen"),
            models.Index(
                fields=["-first_offered_at", "-id"],
                name="moment_handed",
                condition=models.Q(first_offered_at__isnull=False),
            ),
            models.Index(
                fields=["-first_accepted_at", "-id"],
                name="moment_accepted",
                condition=models.Q(first_accepted_at__isnull=False),
            ),
            models.Index(Coalesce("done_at", "due_at").desc(), models.F("id").desc(), name="moment_counts"),
            models.Index(fields=["created_at", "id"], name="moment_waiting", condition=models.Q(state__in=LIVE)),
            models.Index(fields=["created_at"], name="moment_proposed", condition=~models.Q(rule="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.suggestion}" if self.suggestion else self.kind

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def customer(self) -> Customer:
        return self.profile.customer

    @property
    def owner_label(self) -> str:
        """For the audit trail: whose it is, without a name."""
        return f"team {self.owner_team_id}" if self.owner_team_id else f"person {self.owner_user_id}"

    @property
    def blocking(self) -> Blocking:
        """What it holds against offers to its customer while it lives."""
        tags = frozenset(self.tags) if self.is_live else frozenset()
        return Blocking(self.public_id, self.profile_id, self.happened_at, tags)


class Step(models.Model):
    """One act on the way of a moment; the database refuses to change or remove one.

    `before` is what the act replaced, by field, so that it can be undone; `version` is the moment's after it. Notes are
    people's words (why it was declined, the line to the sender); the audit trail has the same acts without them.
    """

    class Act(models.TextChoices):
        MARK = "mark", _("Marked")
        AMEND = "amend", _("Amended")
        OFFER = "offer", _("Offered")
        ACCEPT = "accept", _("Accepted")
        DECLINE = "decline", _("Declined")
        WITHDRAW = "withdraw", _("Withdrawn")
        RETURN = "return", _("Given back")
        ESCALATE = "escalate", _("Escalated")
        REASSIGN = "reassign", _("Assigned")
        SNOOZE = "snooze", _("Snoozed")
        WAKE = "wake", _("Woken")
        CONTACT = "contact", _("Contacted")
        DONE = "done", _("Done")
        EXPIRE = "expire", _("Expired")
        UNDO = "undo", _("Taken back")

    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, related_name="steps", db_index=False)
    act = models.CharField(max_length=10, choices=Act.choices)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [models.UniqueConstraint(fields=["moment", "version"], name="step_of_moment")]
        indexes = [models.Index(fields=["-at", "-id"], name="step_declined", condition=models.Q(act="decline"))]

    def __str__(self) -> str:
        return str(self.get_act_display())
