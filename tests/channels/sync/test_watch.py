"""Hearing of new mail at once: IDLE at a real server, and the threads of `manage.py watch`."""

import threading
from contextlib import closing
from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.db import OperationalError
from django.utils import timezone
from imapclient import IMAPClient

from apps.channels.connectors.imap import idle
from apps.channels.contract import Denied, SourceFacts
from apps.channels.models import SyncState
from apps.channels.registry import CONNECTORS
from apps.channels.sync import circuit_breaker
from apps.channels.sync import watch as watching
from apps.foundation.network.backoff import Backoff
from tests.channels.connectors.mails import mail
from tests.factories.channels import SourceFactory
from tests.stack import eventually

pytest_plugins = ["tests.machine.mail_server"]


def facts_for(mailbox, **settings) -> SourceFacts:
    return SourceFacts(pk=1, slug="mail", kind="imap", settings={**mailbox.settings, **settings})


def heard(words, *, within: float = 5.0) -> set[str]:
    """The folders named until the first tick after something was said."""
    found, until = set(), monotonic() + within
    for name in words:
        if name:
            found.add(name)
        elif found or monotonic() > until:
            return found
    return found


# IDLE
@pytest.fixture
def listening(dovecot):
    """Somebody listening to the mailbox, past the first look at both folders."""
    dovecot.deliver(mail().as_bytes())
    dovecot.deliver(mail().as_bytes(), "Sent")
    with closing(idle.watch(facts_for(dovecot))) as words:
        assert heard(words) == {"INBOX", "Sent"}  # what came before may not have been heard of
        assert next(words) == ""
        yield words


@pytest.mark.parametrize("folder", ["INBOX", "Sent"])
def test_a_delivered_mail_is_heard_of_in_its_folder(dovecot, listening, folder):
    dovecot.deliver(mail().as_bytes(), folder)
    assert heard(listening) == {folder}


def test_an_expunged_mail_is_no_news(dovecot, listening):
    dovecot.expunge()
    assert heard(listening, within=2) == set()


def test_a_quiet_mailbox_lets_go_twice_a_second(listening):
    began = monotonic()
    assert [next(listening) for _tick in range(3)] == ["", "", ""]
    assert monotonic() - began < 5


def test_over_tls_it_is_heard_just_the_same(dovecot, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.server.certificate))
    dovecot.deliver(mail().as_bytes())
    facts = facts_for(dovecot, security="tls", port=dovecot.server.secure_port)
    with closing(idle.watch(facts)) as words:
        assert heard(words) == {"INBOX"}
        assert next(words) == ""
        dovecot.deliver(mail().as_bytes())
        assert heard(words) == {"INBOX"}


def test_before_servers_hang_up_listening_is_renewed(dovecot, monkeypatch):
    assert idle.RENEWED < 9 * 60
    monkeypatch.setattr(idle, "RENEWED", 0.5)
    renewals = []
    idle_done = IMAPClient.idle_done
    monkeypatch.setattr(IMAPClient, "idle_done", lambda one: renewals.append(1) or idle_done(one))
    dovecot.deliver(mail().as_bytes())
    with closing(idle.watch(facts_for(dovecot))) as words:
        for _tick in range(8):
            next(words)
        assert len(renewals) >= 2
        dovecot.deliver(mail().as_bytes())
        assert heard(words) == {"INBOX"}


def test_a_server_without_idle_is_looked_at_now_and_then(dovecot, monkeypatch):
    monkeypatch.setattr(idle, "LOOKED", 0.5)
    has = IMAPClient.has_capability
    monkeypatch.setattr(IMAPClient, "has_capability", lambda one, name: name != "IDLE" and has(one, name))
    dovecot.deliver(mail().as_bytes())
    with closing(idle.watch(facts_for(dovecot))) as words:
        assert heard(words) == {"INBOX"}
        dovecot.deliver(mail().as_bytes())
        assert heard(words) == {"INBOX"}


def test_a_broken_connection_is_made_anew(dovecot, monkeypatch):
    monkeypatch.setattr(idle, "BACKOFF", Backoff((0.2,)))
    clients = []
    connect = idle.connect
    monkeypatch.setattr(idle, "connect", lambda account: clients.append(connect(account)) or clients[-1])
    dovecot.deliver(mail().as_bytes())
    with closing(idle.watch(facts_for(dovecot))) as words:
        assert heard(words) == {"INBOX"}
        clients[-1].socket().shutdown(2)
        dovecot.deliver(mail().as_bytes())
        assert heard(words) == {"INBOX"}
        assert len(clients) == 2


def test_at_most_five_folders_are_listened_to(dovecot):
    for number in range(8):
        dovecot.deliver(mail().as_bytes(), f"Box{number}")
    with closing(idle.watch(facts_for(dovecot, folders="all"))) as words:
        assert len(heard(words)) == idle.MOST == 5


def test_a_wrong_password_ends_the_listening(dovecot):
    with pytest.raises(Denied, match="Authentication failed"):
        next(idle.watch(facts_for(dovecot, password="wrong")))


# The process
class Tower:
    """A connector that says what a test wants it to say."""

    def __init__(self):
        self.open: list[str] = []
        self.words: list[str] = []
        self.error: Exception | None = None

    def watch(self, source):
        if self.error:
            raise self.error
        self.open.append(source.slug)
        try:
            while True:
                yield self.words.pop() if self.words else ""
                sleep(0.02)
        finally:
            self.open.remove(source.slug)


@pytest.fixture
def tower(monkeypatch):
    made = Tower()
    made.about = CONNECTORS["imap"].about
    for name in ("normalise", "check", "streams", "pull"):
        setattr(made, name, lambda *_arguments: None)
    monkeypatch.setitem(CONNECTORS, "tower", made)
    return made


@pytest.fixture
def sent_to(monkeypatch):
    """The streams workers were sent to."""
    found = []
    monkeypatch.setattr(watching.tasks.pull, "apply_async", lambda args, **_options: found.append(args[0]))
    return found


@pytest.fixture
def watch(transactional_db, tower, sent_to, monkeypatch):
    """`manage.py watch`, without its process."""
    monkeypatch.setattr(watching, "LOOKED", 0.1)
    monkeypatch.setattr(watching, "AGAIN", 0.2)
    stopped = threading.Event()
    made = watching.Watch()
    thread = threading.Thread(target=made.run, args=(stopped,))
    thread.start()
    yield made
    began = monotonic()
    stopped.set()
    thread.join(5)
    assert monotonic() - began < 2
    assert tower.open == []


def test_sources_that_come_and_go_are_noticed(watch, tower):
    source = SourceFactory(slug="one", kind="tower")
    SourceFactory(slug="two", kind="segment")
    eventually(lambda: tower.open == ["one"])
    circuit_breaker.pause(actor=None, source=source)
    eventually(lambda: tower.open == [])
    circuit_breaker.resume(actor=None, source=source)
    eventually(lambda: tower.open == ["one"])
    source.delete()
    eventually(lambda: tower.open == [])


def test_a_source_with_other_settings_is_listened_to_anew(watch, tower):
    source = SourceFactory(slug="one", kind="tower")
    eventually(lambda: tower.open == ["one"])
    first = watch.listeners[source.pk]
    source.settings = {"host": "elsewhere.example"}
    source.save()
    eventually(lambda: watch.listeners.get(source.pk) not in (None, first) and tower.open == ["one"])
    assert watch.listeners[source.pk].facts.settings == {"host": "elsewhere.example"}


def test_a_worker_is_sent_for_what_is_heard_until_it_was_read(watch, tower, sent_to):
    source = SourceFactory(slug="one", kind="tower")
    other = SyncState.objects.create(source=source, stream="Sent", next_at=timezone.now() + timedelta(hours=1))
    state = SyncState.objects.create(source=source, stream="INBOX", next_at=timezone.now() + timedelta(hours=1))
    tower.words.append("INBOX")
    eventually(lambda: sent_to.count(state.pk) >= 2)  # nobody came: again
    state.refresh_from_db()
    assert state.next_at < timezone.now() + timedelta(minutes=1)
    SyncState.objects.filter(pk=state.pk).update(last_ok_at=timezone.now())
    sleep(0.3)
    count = len(sent_to)
    sleep(0.6)
    assert len(sent_to) == count
    assert other.pk not in sent_to


def test_a_reading_that_began_too_early_is_waited_for(watch, tower, sent_to):
    source = SourceFactory(slug="one", kind="tower")
    busy = {"leased_until": timezone.now() + timedelta(minutes=1), "last_ok_at": timezone.now()}
    state = SyncState.objects.create(source=source, stream="INBOX", **busy)
    tower.words.append("INBOX")
    sleep(0.6)
    assert sent_to == []
    SyncState.objects.filter(pk=state.pk).update(leased_until=None)
    eventually(lambda: sent_to == [state.pk])


def test_words_of_a_stream_nobody_knows_are_forgotten(watch, tower, sent_to):
    SourceFactory(slug="one", kind="tower")
    tower.words.append("Unknown")
    eventually(lambda: tower.open == ["one"] and not tower.words)
    sleep(0.3)
    assert sent_to == []


def test_a_refused_source_is_left_alone_until_it_is_changed(watch, tower):
    tower.error = Denied("Authentication failed.")
    source = SourceFactory(slug="one", kind="tower")
    eventually(lambda: source.pk in watch.listeners)
    first = watch.listeners[source.pk]
    sleep(0.4)
    assert watch.listeners[source.pk] is first
    tower.error = None
    source.settings = {"password": "right"}
    source.save()
    eventually(lambda: tower.open == ["one"])


def test_a_restart_of_the_database_is_survived(watch, tower, sent_to, monkeypatch):
    source = SourceFactory(slug="one", kind="tower")
    state = SyncState.objects.create(source=source, stream="INBOX")
    eventually(lambda: tower.open == ["one"])
    gone = []

    def refuse(*_arguments, **_options):
        gone.append(1)
        raise OperationalError("the database is gone")

    with monkeypatch.context() as patch:
        patch.setattr(watching.Source.objects, "running", refuse)
        patch.setattr(watching.SyncState.objects, "filter", refuse)
        tower.words.append("INBOX")
        eventually(lambda: len(gone) > 5)
    eventually(lambda: state.pk in sent_to)
    assert tower.open == ["one"]


def test_mailboxes_can_be_listened_to():
    assert "imap" in watching.watched_kinds()
    assert "segment" not in watching.watched_kinds()
