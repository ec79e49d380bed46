"""Where people may go from anywhere on the desk: once, for the head of the page, the menu and the palette."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.customers.identity.actions import may_merge
from apps.desktop.listening.page import may_listen

TOP, MENU, PALETTE = "top", "menu", "palette"


def everybody(user: User) -> bool:
    return True


def permission(name: str) -> Callable[[User], bool]:
    return lambda user: user.has_perm(name)


@dataclass(frozen=True, slots=True)
class Place:
    """One destination: the name of its view, the key that is pressed after G, where it stands and who may go there."""

    label: Promise | str
    view: str
    icon: str
    key: str = ""
    stands: tuple[str, ...] = (MENU, PALETTE)
    allowed: Callable[[User], bool] = everybody


PLACES = (
    Place(_("To the desk"), "desk", "house", "h", (PALETTE,)),
    Place(_("Promises"), "promises", "handshake", "p", (TOP, MENU, PALETTE)),
    Place(_("Moments"), "moments", "flag", "m", (TOP, MENU, PALETTE)),
    Place(_("Listening"), "listening", "headphones", "l", (TOP, MENU, PALETTE), may_listen),
    Place(_("Reports"), "reports", "gauge", "n", (TOP, MENU, PALETTE)),
    Place(_("Possible duplicates"), "matches", "git-compare", "d", allowed=may_merge),
    Place(_("Sources"), "sources", "plug", allowed=permission("channels.view_source")),
    Place(_("Connect a source"), "kinds", "plus", "", (PALETTE,), permission("channels.add_source")),
    Place(_("New customer"), "create", "user-plus", "", (PALETTE,)),
    Place(_("Administration"), "admin:index", "settings", "", (MENU,), lambda user: user.is_staff),
)


def places_for(user: User) -> list[Place]:
    return [place for place in PLACES if place.allowed(user)]
