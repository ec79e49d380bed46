"""A mailbox is connected; what customers write is on their story seconds later."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from apps.channels import actions
from apps.channels.models import SyncState
from apps.customers.models import Customer, Identifier
from apps.interactions.models import Interaction
from config.paths import ROOT
from tests.channels.connectors.mails import mail
from tests.factories.accounts import UserFactory
from tests.journeys.walk import page, story
from tests.stack import environment, eventually

pytest_plugins = ["tests.machine.mail_server"]

COMMANDS = {
    "worker": ["-m", "celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "4", "--purge"],
    "beat": ["-m", "celery", "-A", "config", "beat", "--loglevel", "WARNING"],
    "watch": ["manage.py", "watch"],
}


@pytest.fixture
def processes(server, tmp_path):
    """`processes("worker", "watch")` runs them on the server's database until the test ends."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    surroundings = {**environment(server.files.parent), "KLATSCH_PRIVATE_PEERS": "127.0.0.0/8"}

    def run(*names: str) -> dict[str, subprocess.Popen[bytes]]:
        for name in names:
            log = (tmp_path / f"{name}.log").open("wb")
            running[name] = subprocess.Popen(
                [sys.executable, *COMMANDS[name]],
                cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return running

    yield run
    for process in running.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def mailbox(server, dovecot):
    """Somebody's mailbox, connected as a supervisor connects one; Anna is known from elsewhere."""
    UserFactory(username="agent")
    source = actions.create_source(actor=None, slug="mail", name="Help", kind="imap", **dovecot.settings)
    for folder in ("INBOX", "Sent"):
        dovecot.deliver(letter("Long ago", 0), folder, at=datetime(2020, 1, 1, tzinfo=UTC))
    return dovecot, source


def letter(subject: str, number: int, **headers: str) -> bytes:
    return mail(
        f"<b>{subject}</b>?", subject=subject, date="", message_id=f"<{number}@customer.example>", **headers
    ).as_bytes()


def is_told(title: str) -> Callable[[], bool]:
    return lambda: Interaction.objects.filter(title=title).exists()


def test_a_mail_is_on_the_right_story_within_seconds(mailbox, processes, tmp_path):
    (dovecot, source), watch_log = mailbox, tmp_path / "watch.log"
    running = processes("worker", "beat", "watch")
    eventually(lambda: SyncState.objects.filter(source=source).exclude(last_ok_at=None).count() == 3, within=60)
    eventually(lambda: watch_log.read_text().count("mail.listening") == 2, within=60)
    for number in range(1, 4):
        dovecot.deliver(letter(f"Question {number}", number))
        eventually(is_told(f"Question {number}"), within=10)

    # It stands on the story of whoever has that address, with the answer under it; its HTML is text.
    answer = {"from": "help@shop.example", "to": "anna@customer.example", "in_reply_to": "<3@customer.example>"}
    dovecot.deliver(letter("Answer", 4, **answer), "Sent")
    eventually(is_told("Answer"), within=10)
    identifier = Identifier.objects.get(type="email", value="anna@customer.example")
    anna = Customer.objects.get(profiles__evidence__identifier=identifier)
    agent = Client()
    agent.force_login(UserFactory(username="second"))
    assert story(agent, anna.get_absolute_url()) == ["Answer", "Question 3", "Question 2", "Question 1"]
    shown = page(agent, anna.get_absolute_url())
    assert "&lt;b&gt;Question 3&lt;/b&gt;?" in shown
    assert "<b>Question 3</b>" not in shown

    # Told to go, the watch is gone within two seconds.
    began = time.monotonic()
    running["watch"].send_signal(signal.SIGTERM)
    assert running["watch"].wait(10) == 0
    assert time.monotonic() - began < 3  # and a second for a busy machine

    # Without it, the mail comes with the next look.
    dovecot.deliver(letter("Unheard", 5))
    eventually(is_told("Unheard"), within=30)
