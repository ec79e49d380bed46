"""A session is read as Django reads it: while it lasts, and no longer."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts.sessions import SessionStore
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_what_was_kept_is_read_in_one_statement(django_assert_num_queries):
    kept = SessionStore()
    kept["person"] = 4711
    kept.save()
    with django_assert_num_queries(1):
        assert SessionStore(kept.session_key)["person"] == 4711


@pytest.mark.parametrize("address", ["/desk/", "/accounts/session/", "/desk/nowhere/"])
def test_an_answer_to_an_ended_session_leaves_the_cookie_of_the_next_one(client, address):
    client.force_login(UserFactory())
    Session.objects.all().delete()
    assert settings.SESSION_COOKIE_NAME not in client.get(address).cookies


def test_who_signs_out_has_no_cookie_any_more(client):
    client.force_login(UserFactory())
    assert client.post("/accounts/logout/").cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0


def test_a_session_that_is_over_or_never_was_is_empty():
    kept = SessionStore()
    kept["person"] = 4711
    kept.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    for key in (kept.session_key, "nobody-has-this-key-0123456789ab", "x\u00e9'; --"):
        store = SessionStore(key)
        assert store.get("person") is None
        assert store.session_key is None
