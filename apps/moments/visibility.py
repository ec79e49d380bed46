"""What of a moment its reader may see, at the desk and through the API: marketers what was disclosed to them."""

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Role, User
from apps.moments.disclosure import Copy
from apps.moments.models import Moment, Step

NOTHING = Copy(*[""] * len(Copy.__slots__))


def copy_for(user: User, moment: Moment) -> Copy | None:
    """The copy that is all this reader sees of the moment; None: they see the moment itself."""
    if user.role != Role.MARKETER:
        return None
    return Copy.read(moment.disclosed) or NOTHING


def opens_customer(user: User, moment: Moment) -> bool:
    """Whether the moment leads this reader to its customer: a marketer once they own it."""
    return user.role != Role.MARKETER or moment.owner_user_id == user.pk


def history(user: User, moment: Moment) -> QuerySet[Step]:
    """Its steps, the latest first; for marketers from when it came to them."""
    rows = moment.steps.select_related("actor", "to_user", "to_team").order_by("-version")
    if user.role != Role.MARKETER:
        return rows
    came = moment.offered_at
    if came is None:
        last = moment.steps.filter(act__in=[Step.Act.OFFER, Step.Act.ESCALATE]).order_by("-version").first()
        seen = timezone.now() if moment.marked_by_id else moment.created_at  # a rule gave it to their queue
        came = last.at if last else seen
    return rows.filter(at__gte=came)


def note_for(user: User, step: Step) -> str:
    """What was written with a step. Others' words are not disclosed to a marketer."""
    theirs = step.actor is None or step.actor.role == Role.MARKETER
    return step.note if theirs or user.role != Role.MARKETER else ""
