import pytest
from django.db import DatabaseError, transaction

from apps.accounts.actions import audit
from apps.accounts.models import AuditEntry, User
from tests.factories.accounts import OwnerFactory, SupervisorFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("tamper", [lambda rows: rows.update(action="other"), lambda rows: rows.delete()])
def test_database_refuses_to_change_or_remove_audit_rows(tamper):
    audit(None, "person.add")
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        tamper(AuditEntry.objects.all())
    assert AuditEntry.objects.get().action == "person.add"


def test_owner_manages_everybody_supervisor_everybody_but_owners_agent_nobody():
    agent, supervisor, owner = UserFactory(), SupervisorFactory(), OwnerFactory()
    assert set(User.objects.manageable_by(owner)) == {agent, supervisor, owner}
    assert set(User.objects.manageable_by(supervisor)) == {agent, supervisor}
    assert set(User.objects.manageable_by(agent)) == set()


def test_superuser_of_any_role_is_for_owners_to_manage():
    root = UserFactory(is_superuser=True)
    assert set(User.objects.manageable_by(SupervisorFactory())) == set(User.objects.filter(role="supervisor"))
    assert root in User.objects.manageable_by(OwnerFactory())
