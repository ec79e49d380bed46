"""What the sheet needs in which promises are moved and given away."""

from collections.abc import Collection, Sequence
from typing import Any

from apps.accounts.models import Role, Team, User
from apps.customers.models import Customer
from apps.desktop.promises.due import due_choices
from apps.interactions.models import FollowUp
from apps.interactions.promises.actions import may_arrange, may_receive

AT_ONCE = 200  # promises that are chosen together
NAMED = 5  # of them whose words are shown
COLLEAGUES, TEAMS = 100, 100


def chosen_in(given: Sequence[str]) -> list[int]:
    """The promises that were chosen, by id."""
    return [int(text) for text in given[:AT_ONCE] if text.isdecimal() and len(text) < 19]


def to_arrange(user: User, chosen: Collection[int]) -> list[FollowUp]:
    """Those of the chosen that are open and this person may move, the soonest due first. One query."""
    seen = FollowUp.objects.visible_to(user).open().filter(pk__in=chosen)
    visible = seen.filter(profile__customer__in=Customer.objects.visible_to(user))
    return [row for row in visible.with_customer().order_by("due_at", "id") if may_arrange(user, row)]


def arrangement(user: User, promises: Sequence[FollowUp]) -> dict[str, Any]:
    """What the sheet shows of these. Two queries at most, however many."""
    zones = {promise.profile.customer.timezone for promise in promises}
    return {
        "promises": promises[:NAMED],
        "more": max(0, len(promises) - NAMED),
        "chosen": [promise.pk for promise in promises],
        "due_choices": due_choices(user, zones.pop() if len(zones) == 1 else ""),
        "colleagues": keepers_of(user, promises),
    }


def keepers_of(user: User, promises: Sequence[FollowUp]) -> list[User]:
    """The colleagues to whom these may be given: of the teams that keep them, and of one's own."""
    teams = {promise.team_id for promise in promises} | {user.team_id}
    here = User.objects.filter(is_active=True, team__in=[team for team in teams if team])
    return list(here.exclude(role=Role.MARKETER).order_by("first_name", "last_name", "id")[:COLLEAGUES])


def receivers(user: User) -> dict[str, Any]:
    """To whom this person may hand promises over. Two queries."""
    mates = User.objects.filter(is_active=True, team=user.team_id).exclude(pk=user.pk)
    colleagues = list(mates.order_by("first_name", "last_name", "id")[:COLLEAGUES]) if user.team_id else []
    teams = [team for team in Team.objects.order_by("name")[:TEAMS] if may_receive(team)]
    return {"colleagues": colleagues, "teams": teams}
