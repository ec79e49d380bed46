"""Where the mail server of the tests comes from."""

import pytest

from tests.machine import dovecot


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("KLATSCH_DOVECOT", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dovecot, "USUAL", str(tmp_path / "usual"))
    monkeypatch.setattr(dovecot, "install", lambda packages, *, takes: False)


def script(path, status=0):
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


def test_the_one_that_is_named_comes_first(monkeypatch, tmp_path):
    named = script(tmp_path / "named")
    script(tmp_path / "dovecot")
    monkeypatch.setenv("KLATSCH_DOVECOT", named)
    assert dovecot.provide_dovecot() == named


def test_one_that_does_not_start_is_passed_over(tmp_path):
    script(tmp_path / "dovecot", status=1)
    usual = script(tmp_path / "usual")
    assert dovecot.provide_dovecot() == usual
    assert dovecot.os.environ["KLATSCH_DOVECOT"] == usual


def test_where_there_is_none_it_is_installed(monkeypatch, tmp_path):
    asked = []

    def install(packages, *, takes):
        asked.append(packages)
        return bool(script(tmp_path / "usual"))

    monkeypatch.setattr(dovecot, "install", install)
    assert dovecot.provide_dovecot() == str(tmp_path / "usual")
    assert asked == [("dovecot-core", "dovecot-imapd")]


def test_where_none_can_be_had_it_says_what_to_do():
    with pytest.raises(dovecot.NoDovecot, match="apt-get install dovecot-imapd"):
        dovecot.provide_dovecot()
