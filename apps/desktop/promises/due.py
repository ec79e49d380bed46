"""Until when something may be promised, as buttons say it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from apps.accounts.models import User
from apps.contact.permission import zone_of
from apps.customers.models import Customer
from apps.desktop.shell.dates import clock
from apps.interactions.models import DELIVERED, REFUND
from apps.interactions.promises.due_times import BusinessHours, DueTime, due_times
from apps.interactions.promises.orders import orders_of


@dataclass(frozen=True, slots=True)
class DueChoice:
    """A time to choose: as the field for a date and a time wants it, in words, and by the customer's clock where that
    is another."""

    value: str
    label: str
    there: str


def due_choices(user: User, zone: str = "") -> list[DueChoice]:
    """The times that are valid now for a promise this person gives to somebody in this time zone."""
    return [_choice(due, zone) for due in due_times(hours=BusinessHours.of(user.team))]


def _choice(due: DueTime, zone: str) -> DueChoice:
    local = timezone.localtime(due.at)
    return DueChoice(f"{local:%Y-%m-%dT%H:%M}", due.label, there(due.at, zone))


def there(at: datetime, zone: str) -> str:
    """“21:00 their time”, with the day where it is another there; nothing where their clock is ours."""
    here, theirs = timezone.localtime(at), at.astimezone(zone_of(zone))
    if not zone or theirs.utcoffset() == here.utcoffset():
        return ""
    said = clock(theirs.hour, theirs.minute, get_language())
    day = f"{date_format(theirs, 'D')} " if theirs.date() != here.date() else ""
    return gettext("%(time)s their time") % {"time": f"{day}{said}"}


def order_choices(customer: Customer, user: User) -> list[tuple[str, str]]:
    """What a promise may be about: the delivery or the refund of the customer's latest orders. One query."""
    kinds = ((DELIVERED, gettext("Order %(order)s: delivery")), (REFUND, gettext("Order %(order)s: refund")))
    return [
        (f"{awaited}:{number}", words % {"order": number})
        for number in orders_of(customer, user)
        for awaited, words in kinds
    ]
