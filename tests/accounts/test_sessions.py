"""A session is read as Django reads it: while it lasts, and no longer."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_what_was_kept_is_read_in_one_statement(django_assert_num_queries):
    kept = SessionStore()
    kept["person"] = 4711
    kept.save()
    with django_assert_num_queries(1):
        assert SessionStore(kept.session_key)["person"] == 4711


def test_a_session_that_is_over_or_never_was_is_empty():
    kept = SessionStore()
    kept["person"] = 4711
    kept.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    for key in (kept.session_key, "nobody-has-this-key-0123456789ab", "x\u00e9'; --"):
        store = SessionStore(key)
        assert store.get("person") is None
        assert store.session_key is None
