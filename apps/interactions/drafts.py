"""What a connector makes of a raw event: who (a `Claim`) and what happened (an `InteractionDraft`). Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.drafts import NOTHING, Claim, ProfileKey


class Purpose(models.TextChoices):
    """What a contact is for. The list is open: a company may have others, which then need consent like marketing."""

    MARKETING = "marketing", _("Marketing")
    SERVICE = "service", _("Service")
    SURVEY = "survey", _("Surveys")
    EVENTS = "events", _("Invitations")
    PARTNERS = "partners", _("Offers of partners")

    @classmethod
    def opt_in(cls, purpose: str) -> bool:
        """Whether only those who agreed are contacted for it. What serves their own affairs needs no asking."""
        return purpose != cls.SERVICE

    @classmethod
    def label_of(cls, purpose: str) -> str:
        return str(cls(purpose).label) if purpose in cls.values else purpose.replace("_", " ").capitalize()


class ContactChannel(models.TextChoices):
    """Over what somebody may be contacted."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("Calls")
    APP = "app", _("App messages")
    POST = "post", _("Letters")


class ConsentStatus(models.TextChoices):
    """What somebody said about being contacted."""

    GRANTED = "granted", _("Opted in")
    DENIED = "denied", _("Opted out")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@dataclass(frozen=True, slots=True)
class PageView:
    """One page or screen, to be folded into the visit it belongs to."""

    title: str
    url: str = ""


class InteractionDraft(NamedTuple):
    """One interaction to be. Fields are those of `Interaction`; lengths are cut to fit, text is made storable.

    `link` leads to where it can be seen or heard (a recording, a post); anything but http and https is dropped.
    With `page` set the touch is browsing and is folded into a visit instead of becoming a row of its own.

    With `sight` set it tells how a thing stood then that may change later, an order: whoever sees it first, in
    whatever event, tells it, and a later sight with another sum is told as a change, under the title `changed`
    (`interactions.sights`).
    """

    external_id: str
    occurred_at: datetime
    channel: str
    kind: str
    title: str
    direction: str = "inbound"
    body: str = ""
    verbatim: str = ""
    read_back: str = ""
    sentiment: str = ""
    amount: Decimal | None = None
    currency: str = ""
    touchpoint: str = ""
    staff_id: int | None = None
    staff_name: str = ""
    disposition_id: int | None = None
    reference: str = ""
    thread: str = ""
    link: str = ""
    ended_at: datetime | None = None
    payload: Mapping[str, Any] = NOTHING
    page: PageView | None = None
    sight: datetime | None = None
    changed: str = ""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What the person said about being contacted, as one line of the ledger."""

    channel: str
    status: str
    origin: str
    purpose: str = Purpose.MARKETING
    notice: str = ""  # version of what they were shown


class Followed(NamedTuple):
    """What a draft that names nobody belongs to: the entry of one of these sources with this reference. It is about
    the same person, and with `dated` happened when that did (`placement.py`)."""

    reference: str
    sources: tuple[str, ...]
    dated: bool = False

    def claim(self, source: str, at: datetime) -> Claim:
        """What stands in until the entry is found."""
        return Claim(ProfileKey(source, f"reference:{self.reference}"), at)


class Draft(NamedTuple):
    """A claim, with what happened if anything did: an `identify` only tells who somebody is.

    `more` is what else the event tells that may have been told before: an order's update tells of the order too. With
    `follows` the claim stands in for that of the entry it belongs to. `told_by` is the source that says so, where the
    profile is another's.
    """

    claim: Claim
    touch: InteractionDraft | None = None
    consents: tuple[ConsentLine, ...] = ()
    more: tuple[InteractionDraft, ...] = ()
    follows: Followed | None = None
    told_by: str = ""

    @classmethod
    def of(cls, claim: Claim, touches: Sequence[InteractionDraft]) -> "Draft":
        """Everything an event tells, the newest first."""
        return cls(claim, touches[0] if touches else None, more=tuple(touches[1:]))

    @property
    def touches(self) -> tuple[InteractionDraft, ...]:
        return (self.touch, *self.more) if self.touch else self.more
