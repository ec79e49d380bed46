"""Signing in and out, and being turned away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from apps.accounts.models import AuditEntry
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def agent():
    return UserFactory(username="Ada")


def sign_in(client, login="Ada", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def test_login_leads_to_the_desk_and_is_in_the_audit_trail(client, agent):
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.address) == ("session.open", agent, "127.0.0.1")


def test_name_is_read_in_any_case(client, agent):
    assert sign_in(client, login=" aDA ").status_code == 302


def test_login_leads_back_to_the_page_that_was_asked_for(client, agent):
    response = client.post(LOGIN, {"login": "Ada", "password": PASSWORD, "next": "/desk/pop?phone=1"})
    assert response["Location"] == "/desk/pop?phone=1"


def test_login_never_leads_to_another_site(client, agent):
    response = client.post(LOGIN, {"login": "Ada", "password": PASSWORD, "next": "https://evil.example/"})
    assert response["Location"] == "/desk/"


def test_wrong_password_is_said_beside_the_form_and_signs_nobody_in(client, agent):
    response = sign_in(client, password="wrong")
    assert response.status_code == 200
    assert len(response.context["form"].non_field_errors()) == 1
    assert "_auth_user_id" not in client.session


def test_logout_needs_a_post_and_is_in_the_audit_trail(client, agent):
    client.force_login(agent)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert "_auth_user_id" not in client.session
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("session.close", agent.pk)]


def test_closed_account_is_told_so_and_stays_outside(client):
    UserFactory(username="Ada", is_active=False)
    assert sign_in(client)["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/inactive/").status_code == 200


def test_password_is_changed_at_the_desk(client, agent):
    client.force_login(agent)
    new = "another long password"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", form).status_code == 302
    agent.refresh_from_db()
    assert agent.check_password(new)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "account_set_password"])
def test_nothing_else_of_allauth_is_open(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_five_wrong_passwords_lock_the_right_one_out_too(client, agent):
    for _try in range(4):
        assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client, password="wrong").status_code == 429
    response = sign_in(client)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "accounts/locked_out.html" in [template.name for template in response.templates]
    assert "_auth_user_id" not in client.session


def test_no_password_is_looked_at_while_locked(client, agent, monkeypatch):
    looked_at = []
    for _try in range(5):
        sign_in(client, password="wrong")
    monkeypatch.setattr("apps.accounts.models.User.check_password", lambda *args: looked_at.append(args))
    for _try in range(3):
        sign_in(client)
    assert looked_at == []


def test_spellings_of_one_name_are_counted_together(client, agent):
    for login in ("ada", "ADA", "aDa", "Ada ", "adA"):
        response = sign_in(client, login=login, password="wrong")
    assert response.status_code == 429
    assert list(AccessAttempt.objects.values_list("username", "failures_since_start")) == [("ada", 5)]


def test_lock_holds_for_one_name_at_one_address(client, agent):
    UserFactory(username="Grace")
    for _try in range(5):
        sign_in(client, password="wrong")
    assert sign_in(client, login="Grace").status_code == 302
    client.logout()
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_trying_again_while_locked_does_not_lengthen_the_wait(client, agent):
    for _try in range(5):
        sign_in(client, password="wrong")
    since = AccessAttempt.objects.get().attempt_time
    sign_in(client)
    assert AccessAttempt.objects.get().attempt_time == since


def test_right_password_forgets_the_wrong_ones(client, agent):
    for _try in range(4):
        sign_in(client, password="wrong")
    sign_in(client)
    assert AccessAttempt.objects.count() == 0


def test_password_is_kept_nowhere(client, agent):
    sign_in(client, password="nearly my password")
    attempt = AccessAttempt.objects.get()
    assert "nearly my password" not in f"{attempt.get_data} {attempt.post_data} {attempt.path_info}"


def test_form_without_token_is_refused_with_a_page_that_says_what_to_do(agent):
    response = Client(enforce_csrf_checks=True).post(LOGIN, {"login": "Ada", "password": PASSWORD})
    assert response.status_code == 403
    assert "accounts/csrf_failure.html" in [template.name for template in response.templates]


def test_demo_logins_are_named_in_the_demo_only(client, settings):
    assert client.get(LOGIN).context["form"].demo_logins() == []
    settings.DEMO = True
    names = [name for name, _role in client.get(LOGIN).context["form"].demo_logins()]
    assert names == ["agent", "store", "marketer", "supervisor"]


def test_the_login_keeps_the_strict_policy(client):
    policy = client.get(LOGIN)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_fields_tell_password_managers_what_they_are(client):
    fields = client.get(LOGIN).context["form"].fields
    kinds = [fields[name].widget.attrs["autocomplete"] for name in ("login", "password")]
    assert kinds == ["username", "current-password"]


@pytest.mark.django_db(transaction=True)
def test_guessing_in_parallel_gains_nothing(agent, monkeypatch):
    """Without the queue at one name, all eight read `no failures yet` before any has written its own."""
    evaluated = []

    def check(user, password):
        evaluated.append(password)
        return False

    def guess(number):
        try:
            return sign_in(Client(), password=f"guess {number}").status_code
        finally:
            connection.close()

    monkeypatch.setattr("apps.accounts.models.User.check_password", check)
    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(guess, range(16)))
    assert len(evaluated) == 5
    assert answers == [200] * 4 + [429] * 12
