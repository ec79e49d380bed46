import pytest

from apps.accounts.models import Role
from apps.accounts.permissions import granted_to, granted_to_anybody
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_permissions_are_those_of_the_role(role):
    person = UserFactory(role=role)
    assert person.get_all_permissions() == granted_to(role)
    assert [perm for perm in sorted(granted_to_anybody()) if person.has_perm(perm)] == sorted(granted_to(role))


@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE, Role.MARKETER])
def test_desk_roles_have_nothing_in_the_admin(role):
    assert UserFactory(role=role).get_all_permissions() == set()


def test_supervisor_manages_people_but_gives_no_tokens():
    supervisor = UserFactory(role=Role.SUPERVISOR)
    assert supervisor.has_perm("accounts.change_user")
    assert not supervisor.has_perm("accounts.add_apitoken")
    assert supervisor.has_module_perms("channels")


def test_nobody_may_write_facts():
    facts = {"interaction", "customer", "consent", "auditentry", "followup"}
    written = {perm for perm in granted_to_anybody() if not perm.split(".")[1].startswith("view_")}
    assert {perm for perm in written if perm.rpartition("_")[2] in facts} == set()


def test_account_that_is_closed_may_nothing():
    assert UserFactory(role=Role.OWNER, is_active=False).get_all_permissions() == set()


def test_permissions_cost_no_query(django_assert_num_queries):
    owner = UserFactory(role=Role.OWNER)
    with django_assert_num_queries(0):
        owner.has_perm("accounts.change_user")
