"""What is done about customers by people: make one, hold one, find the profile the desk writes to."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.customers.drafts import Claim, Handle, ProfileKey
from apps.customers.identity.resolution import resolve
from apps.customers.models import Customer, SourceProfile

DESK = "desk"  # the source of what people type here


@transaction.atomic
def add_customer(*, actor: User, name: str, handles: Sequence[Handle]) -> Customer:
    """A customer met for the first time, or the one of this name whom these identifiers already name. What is typed
    proves nothing: it joins no two customers, and counts as verified once it comes in with proof."""
    key = ProfileKey(DESK, str(uuid4()))
    traits = {"name": name} if name else {}
    claim = Claim(key, now(), unverified=tuple(handles), traits=traits, typed_by=actor.pk)
    found = resolve([claim])[key]
    audit(actor, "customer.add", subject=found.public_id, identifiers=len(handles))
    return Customer.objects.get(pk=found.customer)


def desk_profile(customer: Customer, source: str = DESK) -> SourceProfile:
    """The profile under which `source` (the desk, the API) writes about a customer it found here."""
    found = SourceProfile.objects.filter(source=source, customer=customer).order_by("id").first()
    if found:
        return found
    owner = held(customer.pk)
    return SourceProfile.objects.get_or_create(
        source=source, external_id=str(owner.public_id), defaults={"customer": owner}
    )[0]


def held(pk: int) -> Customer:
    """The customer, or whoever absorbed them while we looked, kept from being merged until we are done."""
    owner = Customer.objects.select_for_update(no_key=True).get(pk=pk)
    return held(owner.merged_into_id) if owner.merged_into_id else owner


def owner_of(profile: int) -> Customer:
    """Whose the profile with this id is, kept from being merged and un-merged until we are done: it may have gone to
    somebody else while we waited for them, who is then let go again."""
    while True:
        before = transaction.savepoint()
        owner = held(_whose(profile))
        if _whose(profile) == owner.pk:
            transaction.savepoint_commit(before)
            return owner
        transaction.savepoint_rollback(before)


def owners_of(profiles: Collection[int]) -> dict[int, Customer]:
    """The same of many profiles at once, by profile: their customers are taken in the order of their ids."""
    while True:
        before = transaction.savepoint()
        whose = dict(SourceProfile.objects.filter(pk__in=profiles).values_list("pk", "customer_id"))
        people = Customer.objects.select_for_update(no_key=True).filter(pk__in={*whose.values()}).order_by("pk")
        owners = {owner.pk: owner for owner in people}
        if whose == dict(SourceProfile.objects.filter(pk__in=profiles).values_list("pk", "customer_id")):
            transaction.savepoint_commit(before)
            return {profile: owners[owner] for profile, owner in whose.items()}
        transaction.savepoint_rollback(before)


def _whose(profile: int) -> int:
    whose: int = SourceProfile.objects.values_list("customer_id", flat=True).get(pk=profile)
    return whose
