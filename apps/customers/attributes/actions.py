"""What people say a customer's attributes are: typed by hand, taken back, chosen where two customers become one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.customers.actions import DESK, desk_profile, held
from apps.customers.attributes.definitions import BadValue, definition_of, read
from apps.customers.attributes.traits import COMPARED, DAYS, SHOWN, show
from apps.customers.models import AttributeChange, Customer, MergeRecord, SourceProfile


@transaction.atomic
def edit_attribute(*, actor: User, customer: Customer, key: str, value: Any) -> Any:
    """Say by hand what an attribute of a customer is. It holds until a source says something else than it did.

    `value` None takes away what was typed by hand. Answers with what had been typed before, None where nothing had:
    given to this action again, it undoes. Raises `BadValue`, and PermissionDenied where the role does not see it.
    """
    definition = definition_of(key)
    if definition is None:
        raise BadValue(_("There is no such attribute."))
    if not definition.shown_to(actor):
        raise PermissionDenied("this attribute is not for everybody to see")
    if not definition.editable:
        raise BadValue(_("%(label)s is what the sources say; it is not changed here.") % {"label": definition.label})
    owner = held(customer.pk)
    typed = None if value is None else read(definition, value)
    before = _take_away(actor, owner, key) if typed is None else _say(actor, owner, key, typed, now())
    show([owner.pk])
    audit(actor, "attribute.clear" if typed is None else "attribute.edit", subject=owner.public_id, key=key)
    return before


def keep_chosen(*, actor: User, record: MergeRecord, chosen: Mapping[str, Any]) -> None:
    """Of two customers who have just become one, the values somebody chose to keep. In the merge's transaction."""
    for key, value in chosen.items():
        _say(actor, record.survivor, key, value, record.at)
        audit(actor, "attribute.edit", subject=record.survivor.public_id, key=key, record=record.pk)


def chosen_in(record: MergeRecord) -> dict[str, Any]:
    """What `keep_chosen` kept, by key: also once the merge was taken back."""
    return {change.key: change.value for change in _choices(record)}


def forget_chosen(*, actor: User, record: MergeRecord) -> None:
    """Take back what `keep_chosen` kept, unless somebody has changed it since. In the un-merge's transaction."""
    for change in _choices(record):
        newest = AttributeChange.objects.filter(profile=change.profile, key=change.key).order_by("-at", "-id")
        if newest.values_list("pk", flat=True).first() == change.pk:
            profile = SourceProfile.objects.get(pk=change.profile_id)
            _write(actor, profile, change.key, change.before, now())
            _clear([profile.customer_id], change.key)


def _choices(record: MergeRecord) -> QuerySet[AttributeChange]:
    chosen = AttributeChange.objects.filter(profile__source=DESK, at=record.at, actor=record.actor)
    living = Customer.objects.survivor_of(record.survivor.public_id).values_list("pk", flat=True).first()
    people = [record.survivor_id, record.absorbed_id, living]  # they may have been merged on since
    return chosen.filter(profile__customer__in=people).select_related("profile").order_by("id")


def _say(actor: User, owner: Customer, key: str, value: Any, at: datetime) -> Any:
    """Set it where it was last typed by hand: two customers who became one have a desk profile each."""
    typed = _typed(owner, key)
    before = typed[-1].traits.get(key) if typed else None
    profile = typed[-1] if typed else desk_profile(owner)
    if not typed:
        before = profile.traits.get(key)
    _write(actor, profile, key, value, at)
    return before


def _take_away(actor: User, owner: Customer, key: str) -> Any:
    typed = [profile for profile in _typed(owner, key) if key in profile.traits]
    for profile in typed:
        before = profile.traits[key]
        _write(actor, profile, key, None, now())
    _clear([owner.pk], key)
    return before if typed else None


def _typed(owner: Customer, key: str) -> list[SourceProfile]:
    """The desk's profiles of this customer on which somebody has typed it, the last one last."""
    changes = AttributeChange.objects.filter(profile__source=DESK, profile__customer=owner, key=key)
    newest = changes.order_by("profile", "-at", "-id").distinct("profile").select_related("profile")
    return [change.profile for change in sorted(newest, key=lambda change: (change.at, change.pk)) if change.actor_id]


def _write(actor: User, profile: SourceProfile, key: str, value: Any, at: datetime) -> None:
    traits = dict(profile.traits)
    before = traits.pop(key, None)
    if value is not None:
        traits[key] = value
    # Not `last_seen`: what else the desk said of them long ago is no fresher for it.
    SourceProfile.objects.filter(pk=profile.pk).update(traits=traits)
    AttributeChange.objects.create(profile=profile, key=key, value=value, before=before, at=at, actor=actor)
    profile.traits = traits


def _clear(customers: list[int], key: str) -> None:
    """What is shown is what sources say: what nobody says any longer goes."""
    if key in SHOWN:
        blank: dict[str, Any] = {key: None if key in DAYS else ""}
        again: dict[str, Any] = {"compared_at": None} if key in COMPARED else {}
        Customer.objects.filter(pk__in=customers).update(**blank, **again)
