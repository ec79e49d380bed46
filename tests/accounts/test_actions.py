import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts.actions import add_person, audit, issue_token, revoke_token, set_active, set_role
from apps.accounts.models import ApiToken, AuditEntry, Role, User
from tests.factories.accounts import OwnerFactory, SupervisorFactory, UserFactory

pytestmark = pytest.mark.django_db


def trail():
    return list(AuditEntry.objects.order_by("id").values_list("action", "detail"))


def test_person_added_can_sign_in_and_is_in_the_trail():
    supervisor = SupervisorFactory()
    person = add_person(
        actor=supervisor, username="ada", password="long enough", role=Role.SUPERVISOR, first_name="Ada"
    )
    person.refresh_from_db()
    assert person.check_password("long enough")
    assert (person.role, person.is_staff, person.first_name) == (Role.SUPERVISOR, True, "Ada")
    assert trail() == [("person.add", {"person": person.pk, "username": "ada", "role": "supervisor"})]


@pytest.mark.parametrize(("role", "staff"), [(Role.AGENT, False), (Role.SUPERVISOR, True), (Role.OWNER, True)])
def test_staff_follows_the_role(role, staff):
    person = UserFactory(is_staff=not staff, role=Role.MARKETER)
    assert set_role(actor=OwnerFactory(), user=person, role=role)
    person.refresh_from_db()
    assert (person.role, person.is_staff) == (role, staff)
    assert trail() == [("person.role", {"person": person.pk, "before": "marketer", "after": role.value})]


def test_same_role_again_changes_nothing():
    person = UserFactory()
    assert not set_role(actor=None, user=person, role=Role.AGENT)
    assert trail() == []


@pytest.mark.parametrize("maker", [UserFactory, SupervisorFactory])
def test_nobody_but_an_owner_makes_an_owner(maker):
    actor, person = maker(), UserFactory()
    with pytest.raises(PermissionDenied):
        set_role(actor=actor, user=person, role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        add_person(actor=actor, username="new", password="long enough", role=Role.OWNER)
    assert not User.objects.filter(role=Role.OWNER).exists()
    assert trail() == []


def test_supervisor_cannot_touch_an_owner():
    OwnerFactory()
    owner = OwnerFactory(is_superuser=False)
    for act in (set_role, set_active):
        with pytest.raises(PermissionDenied):
            act(
                actor=SupervisorFactory(),
                user=owner,
                **{"role": Role.AGENT} if act is set_role else {"active": False},
            )


def test_agent_gives_no_role_at_all():
    with pytest.raises(PermissionDenied):
        set_role(actor=UserFactory(), user=UserFactory(), role=Role.STORE)


def test_last_owner_remains():
    owner = OwnerFactory()
    OwnerFactory(is_active=False)
    with pytest.raises(PermissionDenied):
        set_role(actor=owner, user=owner, role=Role.AGENT)
    with pytest.raises(PermissionDenied):
        set_active(actor=None, user=owner, active=False)
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == (Role.OWNER, True)


def test_nobody_shuts_themselves_out():
    supervisor = SupervisorFactory()
    with pytest.raises(PermissionDenied):
        set_active(actor=supervisor, user=supervisor, active=False)


def test_closing_an_account_ends_its_sessions(client):
    person = UserFactory()
    client.force_login(person)
    assert client.get("/desk/").status_code == 200
    assert set_active(actor=SupervisorFactory(), user=person, active=False)
    assert client.get("/desk/").status_code == 302
    assert trail()[-1] == ("person.deactivate", {"person": person.pk})


def test_token_opens_by_its_secret_until_revoked():
    owner, acts_as = OwnerFactory(), UserFactory()
    token, secret = issue_token(actor=owner, name="Shop", scopes=[ApiToken.Scope.READ], acts_as=acts_as)
    assert ApiToken.objects.bearing(secret).get() == token
    assert secret not in str(AuditEntry.objects.get().detail)
    assert revoke_token(actor=owner, token=token)
    assert not ApiToken.objects.bearing(secret).exists()
    assert not revoke_token(actor=owner, token=token)
    assert [action for action, _detail in trail()] == ["token.issue", "token.revoke"]


def test_tokens_are_for_owners():
    with pytest.raises(PermissionDenied):
        issue_token(actor=SupervisorFactory(), name="Shop", scopes=[], acts_as=UserFactory())
    assert ApiToken.objects.count() == 0


def test_audit_row_names_the_system_when_nobody_acted():
    audit(None, "sweep")
    assert AuditEntry.objects.get().actor_label == "system"
