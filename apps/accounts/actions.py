"""What is done about people here; every room writes its audit rows through `audit`."""

from typing import Any

from apps.accounts.models import AuditEntry, User


def audit(
    actor: User | None, action: str, *, subject: Any = None, purpose: str = "", label: str = "", address: str | None = None,
    **detail: Any,
) -> None:
    """Write one row of the audit trail, in the transaction of what it records.

    `subject` is a customer's public id; `label` names the system when no person acted.
    """
    AuditEntry.objects.create(
        actor=actor, actor_label=label or str(actor or "system"), action=action, subject=subject, purpose=purpose,
        address=address, detail=detail,
    )
