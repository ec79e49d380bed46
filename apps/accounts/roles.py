"""What each role may do in the supervisors' room, in Django's permission names.

`backends.RoleBackend` answers from this page; nothing is copied into groups, so a change here holds at once.
"""

from apps.accounts.models import Role, User

READ = ("view",)
MANAGE = ("view", "add", "change")


def _may(verbs: tuple[str, ...], *models: str) -> frozenset[str]:
    return frozenset(f"{app}.{verb}_{name}" for verb in verbs for app, name in (model.split(".") for model in models))


EVERYTHING = (
    _may(MANAGE, "accounts.user", "accounts.apitoken", "interactions.disposition", "channels.source")
    | _may((*MANAGE, "delete"), "accounts.team", "interactions.notetemplate", "customers.attributedefinition")
    | _may(("view", "change"), "channels.envelope", "customers.identityrule")
    | _may(MANAGE, "customers.identifier", "customers.suppression", "moments.contactpolicy")
    | _may((*MANAGE, "delete"), "moments.momentkind")
    | _may(READ, "moments.delivery", "moments.moment")
    | _may(MANAGE, "moments.webhookendpoint", "moments.momentrule")
    | _may(("view", "change"), "moments.webhookmessage")
    | _may(READ, "customers.matchmodel", "customers.matchcandidate", "customers.mergerecord", "customers.verdict")
    | _may(READ, "channels.writekey", "accounts.auditentry", "customers.customer", "customers.consent")
    | _may(MANAGE, "insights.theme")
    | _may(READ, "insights.themesuggestion")
    | _may(READ, "interactions.interaction", "interactions.followup")
)
PERMISSIONS: dict[str, frozenset[str]] = {
    Role.AGENT: frozenset(),
    Role.STORE: frozenset(),
    Role.MARKETER: frozenset(),
    # A token outlives the shift, and a webhook leads out of the house: they are the owner's to give.
    Role.SUPERVISOR: EVERYTHING
    - _may(MANAGE, "accounts.apitoken")
    - _may(("add", "change"), "moments.webhookendpoint"),
    Role.OWNER: EVERYTHING,
}


def permissions_of(user: User) -> frozenset[str]:
    """Nothing for somebody who has left; everything there is for a superuser of any role."""
    if not user.is_active:
        return frozenset()
    return EVERYTHING if user.is_superuser else PERMISSIONS.get(user.role, frozenset())


def is_staff_role(role: str) -> bool:
    return bool(PERMISSIONS.get(role))


def is_owner(user: User) -> bool:
    return user.is_superuser or user.role == Role.OWNER


def grantable_by(actor: User) -> list[Role]:
    """The roles this person may give to somebody: nobody makes an owner but an owner."""
    if "accounts.change_user" not in permissions_of(actor):
        return []
    return [role for role in Role if role != Role.OWNER or is_owner(actor)]
