"""Every write in the admin, and every look at a customer's data, leaves its row in the audit trail."""

import pytest

from apps.accounts.models import AuditEntry, Role, Team, User
from apps.interactions.models import Disposition
from tests.factories.accounts import OwnerFactory, TeamFactory, UserFactory
from tests.factories.channels import EnvelopeFactory
from tests.factories.customers import ConsentFactory, CustomerFactory
from tests.factories.interactions import DispositionFactory, FollowUpFactory, InteractionFactory

pytestmark = pytest.mark.django_db


def trail():
    return list(AuditEntry.objects.order_by("id").values_list("action", "detail"))


def person_form(person, **changes):
    form = {
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "role": person.role,
        "team": person.team_id or "",
        "language": person.language,
        "is_active": "on" if person.is_active else "",
    }
    return {name: value for name, value in {**form, **changes}.items() if value != ""}


def test_team_added_changed_and_removed(as_supervisor, supervisor):
    form = {"name": "Lyon", "kind": "store", "place": "Lyon", "region": "FR", "timezone": "Europe/Paris"}
    assert as_supervisor.post("/admin/accounts/team/add/", form).status_code == 302
    team = Team.objects.get()
    as_supervisor.post(f"/admin/accounts/team/{team.pk}/change/", {**form, "place": "Part-Dieu"})
    as_supervisor.post(f"/admin/accounts/team/{team.pk}/delete/", {"post": "yes"})
    assert not Team.objects.exists()
    assert trail() == [
        ("team.add", {"id": team.pk, "name": "Lyon"}),
        ("team.change", {"id": team.pk, "name": "Lyon", "fields": ["Place"]}),
        ("team.delete", {"id": team.pk, "name": "Lyon"}),
    ]
    assert set(AuditEntry.objects.values_list("actor", "address")) == {(supervisor.pk, "127.0.0.1")}


def test_team_somebody_belongs_to_stays(as_supervisor):
    team = UserFactory(team=TeamFactory()).team
    as_supervisor.post(f"/admin/accounts/team/{team.pk}/delete/", {"post": "yes"})
    assert Team.objects.get() == team
    assert trail() == []


def test_person_added(as_supervisor):
    form = {"username": "ada", "password1": "correct horse", "password2": "correct horse", "role": "marketer"}
    assert as_supervisor.post("/admin/accounts/user/add/", form).status_code == 302
    ada = User.objects.get(username="ada")
    assert (ada.role, ada.is_staff, ada.check_password("correct horse")) == (Role.MARKETER, False, True)
    assert trail() == [("person.add", {"person": ada.pk, "username": "ada", "role": "marketer"})]


def test_person_changed_role_and_account_each_have_their_row(as_supervisor):
    person = UserFactory(first_name="Ada")
    form = person_form(person, first_name="Grace", role="supervisor", is_active="")
    assert as_supervisor.post(f"/admin/accounts/user/{person.pk}/change/", form).status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.role, person.is_staff, person.is_active) == (
        "Grace",
        "supervisor",
        True,
        False,
    )
    assert trail() == [
        ("person.deactivate", {"person": person.pk}),
        ("person.role", {"person": person.pk, "before": "agent", "after": "supervisor"}),
        ("person.change", {"id": person.pk, "name": "Grace", "fields": ["First name", "Role", "May sign in"]}),
    ]


def test_password_set_for_somebody(as_supervisor):
    person = UserFactory()
    form = {"password1": "correct horse", "password2": "correct horse"}
    assert as_supervisor.post(f"/admin/accounts/user/{person.pk}/password/", form).status_code == 302
    person.refresh_from_db()
    assert person.check_password("correct horse")
    assert [action for action, _detail in trail()] == ["person.change"]


def test_supervisor_can_neither_make_nor_change_an_owner(as_supervisor):
    owner, person = OwnerFactory(), UserFactory()
    as_supervisor.post(f"/admin/accounts/user/{person.pk}/change/", person_form(person, role="owner"))
    assert as_supervisor.post(f"/admin/accounts/user/{owner.pk}/change/", {}).status_code == 403
    assert as_supervisor.post(f"/admin/accounts/user/{owner.pk}/password/", {}).status_code == 403
    person.refresh_from_db()
    assert person.role == Role.AGENT
    assert trail() == []


def test_only_owner_is_told_why_they_must_stay(as_owner, owner):
    response = as_owner.post(f"/admin/accounts/user/{owner.pk}/change/", person_form(owner, role="agent"))
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["role"]


def test_nobody_closes_their_own_account(as_supervisor, supervisor):
    form = person_form(supervisor, is_active="")
    response = as_supervisor.post(f"/admin/accounts/user/{supervisor.pk}/change/", form)
    assert list(response.context["adminform"].form.errors) == ["is_active"]


def test_people_are_never_deleted(as_owner):
    person = UserFactory()
    assert as_owner.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403


def test_wrap_up_codes_reordered_in_the_list(as_supervisor):
    first, second = DispositionFactory(position=1), DispositionFactory(position=2)
    form = {
        "form-TOTAL_FORMS": 2,
        "form-INITIAL_FORMS": 2,
        "form-0-id": first.pk,
        "form-0-position": 9,
        "form-0-active": "on",
        "form-1-id": second.pk,
        "form-1-position": 2,
        "form-1-active": "on",
        "_save": "Save",
    }
    assert as_supervisor.post("/admin/interactions/disposition/", form).status_code == 302
    assert list(Disposition.objects.filter(pk__in=[first.pk, second.pk]).order_by("position")) == [second, first]
    assert trail() == [("disposition.change", {"id": first.pk, "name": first.label, "fields": ["Position"]})]


@pytest.mark.parametrize(
    ("page", "make"),
    [
        ("interactions/interaction", InteractionFactory),
        ("interactions/followup", FollowUpFactory),
        ("contact/consent", ConsentFactory),
        ("customers/customer", CustomerFactory),
    ],
)
def test_customers_data_opened_or_listed(as_supervisor, supervisor, page, make):
    row = make()
    customer = row if page == "customers/customer" else row.profile.customer
    as_supervisor.get(f"/admin/{page}/{row.pk}/change/")
    opened = AuditEntry.objects.get()
    assert opened.action.endswith(".view")
    assert (opened.actor, opened.subject, opened.purpose) == (supervisor, customer.public_id, "admin")
    as_supervisor.get(f"/admin/{page}/")
    listed = AuditEntry.objects.latest("id")
    assert listed.action.endswith(".list")
    assert listed.detail == {"customers": [str(customer.public_id)]}


def test_envelope_opened(as_supervisor):
    envelope = EnvelopeFactory()
    assert as_supervisor.get(f"/admin/channels/envelope/{envelope.pk}/change/").status_code == 200
    assert trail() == [("envelope.view", {"id": envelope.pk})]


def test_nothing_is_noted_for_who_was_turned_away(client):
    client.force_login(UserFactory(is_staff=True))
    interaction = InteractionFactory()
    assert client.get(f"/admin/interactions/interaction/{interaction.pk}/change/").status_code == 403
    assert trail() == []


def test_trail_cannot_be_written_through_the_admin(as_owner):
    AuditEntry.objects.create(actor_label="system", action="person.add")
    entry = AuditEntry.objects.get()
    for verb in ("change", "delete"):
        assert as_owner.post(f"/admin/accounts/auditentry/{entry.pk}/{verb}/", {"post": "yes"}).status_code == 403
    assert AuditEntry.objects.get().action == "person.add"
