"""What is done about people here; every room writes its audit rows through `audit`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import ApiToken, Role, Submission, Team, User, digest_of, new_secret
from apps.accounts.roles import grantable_by, is_owner, is_staff_role
from apps.foundation.db.rows import rows
from apps.foundation.db.server_cursor import planned_rows

# Every page that shows a customer writes one, so it is planned once.
AUDIT = """
    INSERT INTO accounts_auditentry (at, actor_id, actor_label, action, subject, purpose, address, detail)
    VALUES (%s, %s::bigint, %s, %s, %s, %s, %s::inet, %s::jsonb)
"""

AUDIT_EACH = """
    INSERT INTO accounts_auditentry (at, actor_id, actor_label, action, subject, purpose, detail)
    SELECT %s, %s::bigint, %s, %s, subject, '', detail
    FROM unnest(%s::uuid[], %s::text[]::jsonb[]) AS each(subject, detail)
"""


def audit(
    actor: User | None,
    action: str,
    *,
    subject: Any = None,
    purpose: str = "",
    label: str = "",
    address: str | None = None,
    **detail: Any,
) -> None:
    """Write one row of the audit trail, in the transaction of what it records.

    `subject` is a customer's public id; `label` names the system when no person acted.
    """
    planned_rows(
        AUDIT,
        now(),
        actor.pk if actor else None,
        label or str(actor or "system")[:120],
        action,
        subject,
        purpose,
        address,
        json.dumps(detail),
    )


def audit_each(
    actor: User | None, action: str, subjects: Iterable[tuple[Any, Mapping[str, Any]]], *, label: str = ""
) -> None:
    """The same as `audit` of many customers at once, each with its detail, in one statement; none for nobody."""
    found = list(subjects)
    if found:
        rows(
            AUDIT_EACH,
            now(),
            actor.pk if actor else None,
            label or str(actor or "system")[:120],
            action,
            [str(subject) for subject, _detail in found],
            [json.dumps(detail) for _subject, detail in found],
        )


# What somebody sent with this key, if it is the first time; what is old is forgotten on the way.
SUBMIT = """
    WITH old AS (
        DELETE FROM accounts_submission WHERE user_id = %s::bigint AND at < now() - interval '14 days'
    )
    INSERT INTO accounts_submission (user_id, key, at) VALUES (%s::bigint, %s::uuid, now())
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING id
"""


def submit(*, actor: User, key: UUID) -> bool:
    """Note, in the transaction of what it does, that something was sent with this key. Whether it is the first time;
    who sends it a second time meanwhile waits for the end of the first."""
    return bool(planned_rows(SUBMIT, actor.pk, actor.pk, key))


def withdraw(*, actor: User, key: UUID) -> None:
    """What was sent with this key did nothing: it may be sent again."""
    Submission.objects.filter(user=actor, key=key).delete()


@transaction.atomic
def add_person(
    *,
    actor: User | None,
    username: str,
    password: str,
    role: str = Role.AGENT,
    team: Team | None = None,
    **details: Any,
) -> User:
    """Give somebody an account. `details` are further fields, such as `first_name`; `actor` None: the system.

    Raises PermissionDenied where the actor may not give this role.
    """
    _check_grant(actor, role)
    person: User = User.objects.create_user(
        username, password=password, role=role, team=team, is_staff=is_staff_role(role), **details
    )
    audit(actor, "person.add", person=person.pk, username=username, role=str(role))
    return person


@transaction.atomic
def set_role(*, actor: User | None, user: User, role: str) -> bool:
    """Change what somebody may do, from their next click on. Whether it changed.

    Raises PermissionDenied where the actor may not give or take this role, or would leave no owner behind.
    """
    before = User.objects.select_for_update().get(pk=user.pk)
    if before.role == role:
        return False
    check_managing(actor, before)
    _check_grant(actor, role)
    if before.role == Role.OWNER:
        _check_other_owner(before)
    user.role, user.is_staff = Role(role), is_staff_role(role) or user.is_superuser
    user.save(update_fields=["role", "is_staff"])
    audit(actor, "person.role", person=user.pk, before=before.role, after=str(role))
    return True


@transaction.atomic
def set_active(*, actor: User | None, user: User, active: bool) -> bool:
    """Let somebody in again, or end all their sessions from the next click on. Whether it changed.

    Raises PermissionDenied for oneself, for an owner unless an owner asks, and for the last owner.
    """
    before = User.objects.select_for_update().get(pk=user.pk)
    if before.is_active == active:
        return False
    check_managing(actor, before)
    if actor and actor.pk == user.pk:
        raise PermissionDenied("nobody shuts themselves out")
    if not active and before.role == Role.OWNER:
        _check_other_owner(before)
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit(actor, "person.activate" if active else "person.deactivate", person=user.pk)
    return True


def check_managing(actor: User | None, user: User) -> None:
    """Raise PermissionDenied unless the actor, or the system (None), may change this person's account."""
    if actor and not User.objects.manageable_by(actor).filter(pk=user.pk).exists():
        raise PermissionDenied("this account is for an owner to change")


def _check_grant(actor: User | None, role: str) -> None:
    if actor and role not in grantable_by(actor):
        raise PermissionDenied("this role is not yours to give")


def _check_other_owner(user: User) -> None:
    if not User.objects.other_owners(user).exists():
        raise PermissionDenied("somebody must remain the owner")


@transaction.atomic
def issue_token(*, actor: User | None, name: str, scopes: Sequence[str], acts_as: User) -> tuple[ApiToken, str]:
    """A bearer token for another system, and its secret, which is shown now and never again."""
    if actor and not is_owner(actor):
        raise PermissionDenied("tokens are an owner's to give")
    secret = new_secret()
    token = ApiToken.objects.create(name=name, scopes=list(scopes), acts_as=acts_as, digest=digest_of(secret))
    audit(actor, "token.issue", token=token.pk, name=name, scopes=list(scopes), acts_as=acts_as.pk)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User | None, token: ApiToken) -> bool:
    """The token opens nothing from now on. Whether it did until now."""
    if actor and not is_owner(actor):
        raise PermissionDenied("tokens are an owner's to take")
    revoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now())
    if revoked:
        audit(actor, "token.revoke", token=token.pk, name=token.name)
    return bool(revoked)
