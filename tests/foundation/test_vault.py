"""Credentials at rest."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.channels.actions import create_source, issue_key
from apps.channels.facts import opened
from apps.channels.models import Source, WriteKey
from apps.foundation import vault
from apps.foundation.vault import Unreadable, lock, relocked, unlock
from config.settings import fernet_key

OLD, NEW = fernet_key("old"), fernet_key("new")


def test_what_is_locked_can_be_read_again_and_not_without_the_key(settings):
    settings.CHANNEL_KEYS = [OLD]
    locked = lock({"password": "hunter-two"})
    assert "hunter" not in locked
    assert unlock(locked) == {"password": "hunter-two"}
    settings.CHANNEL_KEYS = [NEW]
    with pytest.raises(Unreadable):
        unlock(locked)


def test_nothing_is_locked_as_nothing():
    assert (lock({}), unlock("")) == ("", {})


def test_an_older_key_still_opens_while_a_newer_one_locks(settings):
    settings.CHANNEL_KEYS = [OLD]
    locked = lock({"token": "t"})
    settings.CHANNEL_KEYS = [NEW, OLD]
    anew = relocked(locked)
    settings.CHANNEL_KEYS = [NEW]
    assert unlock(anew) == {"token": "t"}


def test_relock_lets_the_old_key_go(db, settings, capsys):
    settings.CHANNEL_KEYS = [OLD]
    source = Source.objects.create(slug="a", name="A", kind="segment", vault=lock({"password": "p"}))
    WriteKey.objects.create(source=source, digest="d", hint="h", vault=lock({"secret": "s"}))
    settings.CHANNEL_KEYS = [NEW, OLD]
    call_command("relock")
    settings.CHANNEL_KEYS = [NEW]
    source.refresh_from_db()
    facts = opened(source)
    assert (facts.settings["password"], facts.secrets) == ("p", ("s",))


def test_relock_says_so_where_a_key_is_missing_and_changes_nothing(db, settings):
    settings.CHANNEL_KEYS = [OLD]
    Source.objects.create(slug="a", name="A", kind="segment", vault=lock({"password": "p"}))
    settings.CHANNEL_KEYS = [NEW]
    with pytest.raises(CommandError, match="KLATSCH_CHANNEL_KEYS"):
        call_command("relock")
    settings.CHANNEL_KEYS = [OLD]
    assert vault.unlock(Source.objects.get().vault) == {"password": "p"}


def test_a_write_key_that_signs_nothing_is_kept_as_a_digest_only(db):
    source = create_source(actor=None, slug="web", name="Web", kind="segment")
    issue_key(actor=None, source=source)
    assert WriteKey.objects.get().vault == ""
