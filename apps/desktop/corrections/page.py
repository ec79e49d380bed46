"""What is shown of an entry that was logged wrongly: the entry as it was written, and what hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from apps.accounts.models import User
from apps.customers.models import Customer, Evidence, IdentifierType
from apps.desktop.customer.entries import Entry, entries
from apps.desktop.moments import panels
from apps.desktop.moments.page import PEOPLE
from apps.desktop.promises.line import PromiseLine, promise_line
from apps.foundation.text.phones import pretty_phone
from apps.interactions.corrections import may_move, may_retract
from apps.interactions.models import Attachment, Correction, FollowUp, Interaction, Pin
from apps.moments.models import Moment


@dataclass(frozen=True, slots=True)
class HangingOn:
    """What hangs on an entry: all but the moments goes where it goes."""

    wrap_up: str
    words: bool
    pinned: bool
    promises: list[PromiseLine]
    files: list[Attachment]
    moments: list[panels.PanelLine]

    def __bool__(self) -> bool:
        return any((self.wrap_up, self.words, self.pinned, self.promises, self.files, self.moments))


def hanging_on(reader: User, entry: Interaction) -> HangingOn:
    promises = FollowUp.objects.filter(interaction=entry).exclude(state=FollowUp.State.CANCELLED).with_owner()
    moments = Moment.objects.visible_to(reader).filter(origins=entry)
    return HangingOn(
        wrap_up=entry.disposition.label if entry.disposition else "",
        words=bool(entry.verbatim),
        pinned=Pin.objects.filter(interaction=entry).exists(),
        promises=[promise_line(promise) for promise in promises.order_by("due_at")],
        files=list(Attachment.objects.filter(interaction=entry).order_by("id")),
        moments=panels.panel(reader, list(moments.select_related("profile__customer", *PEOPLE).order_by("id"))),
    )


def correction_page(reader: User, entry: Interaction) -> dict[str, Any]:
    """The entry, what was put right about it, and what this person may do: of one that does not stand, take it back."""
    past = history(entry)
    stands = not entry.withdrawn
    return {
        "entry": entry,
        "customer": entry.profile.customer,
        "shown": as_written(entry),
        "hanging": hanging_on(reader, entry),
        "history": past,
        "in_force": next((one for one in past if one.taken_back_at is None and _allowed(reader, one)), None),
        "may_move": stands and may_move(reader, entry),
        "may_retract": stands and may_retract(reader, entry),
    }


def history(entry: Interaction) -> Sequence[Correction]:
    """What became of it and how it came here, the newest first."""
    of_it = Correction.objects.filter(Q(interaction=entry) | Q(copy=entry))
    return list(of_it.with_names().order_by("-at", "-id"))


def _allowed(reader: User, correction: Correction) -> bool:
    return correction.kind != Interaction.Withdrawn.UNDONE and (
        may_move(reader, correction.interaction) if correction.copy else may_retract(reader, correction.interaction)
    )


def known_by(customer: Customer) -> list[str]:
    """A phone number and an e-mail address that tell them from others of their name."""
    types = (IdentifierType.PHONE, IdentifierType.EMAIL)
    known = Evidence.objects.filter(profile__customer=customer, active=True, identifier__type__in=types)
    first = known.order_by("identifier__type", "-verified", "-last_seen", "id").distinct("identifier__type")
    values = dict(first.values_list("identifier__type", "identifier__value"))
    phone, email = (values.get(kind, "") for kind in types)
    return [value for value in (pretty_phone(phone) if phone else "", email) if value]


def as_written(entry: Interaction) -> Entry:
    """The entry as it stood in the story, whatever has become of it."""
    (shown,) = entries([entry], originals=True)
    return shown
