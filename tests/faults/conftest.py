"""A whole installation in processes of its own, on a PostgreSQL of its own, all of which may be killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from config.launch.postgres import EmbeddedServer
from config.paths import ROOT

KEY = "fault-key"
SETUP = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from apps.channels.actions import create_source, issue_key
issue_key(actor=None, source=create_source(actor=None, slug="shop", name="Shop", kind="segment"), secret="{KEY}")
"""


def wait_for(condition, seconds, what):
    """What `condition` returns once it is true; a failure (not an error) of it counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = condition()
        except (psycopg.Error, OSError):
            found = None
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen within {seconds} s")
    return None


class Stack:
    """Database (which is the broker too), web, worker and beat. `kill(name)` is SIGKILL to all of its processes."""

    def __init__(self, home):
        self.home = home
        pgdata = home / "postgres"
        pgdata.mkdir()
        self.database = EmbeddedServer(pgdata)
        self.create_database()
        self.url = self.database.get_uri("klatsch")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "KLATSCH_DATA_DIR": str(home),
            "KLATSCH_HTTPS": "false",
            "KLATSCH_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.environment.pop("PYTEST_CURRENT_TEST", None)
        self.commands = {
            "web": [
                "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(self.port),
                "config.asgi:application",
            ],
            "worker": ["celery", "-A", "config", "worker", "-c", "2", "--loglevel", "ERROR"],
            "beat": ["celery", "-A", "config", "beat", "--loglevel", "ERROR"],
        }  # fmt: skip
        self.running = {}

    def create_database(self):
        with psycopg.connect(self.database.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE klatsch")

    def start(self):
        self.run(["-c", SETUP])
        for name in self.commands:
            self.launch(name)
        wait_for(self.answers, 30, "the web server's start")

    def run(self, arguments):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=self.environment, check=True)

    def launch(self, name):
        log = (self.home / f"{name}.log").open("ab")
        command = [sys.executable, "-m", *self.commands[name]]
        self.running[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()

    def answers(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True

    def kill(self, name):
        """And start it again, as a supervisor of processes would."""
        if name == "database":
            self.kill_database()
            wait_for(self.restart_database, 60, "the database's recovery")
            return
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.launch(name)

    def kill_database(self):
        pid = int((self.database.pgdata / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def restart_database(self):
        """Its orphans may hold the shared memory for a moment longer."""
        try:
            self.database.ensure_postgres_running()
        except (subprocess.SubprocessError, TimeoutError, RuntimeError, AssertionError):
            return False
        return self.rows("SELECT 1")

    def rows(self, sql):
        with psycopg.connect(self.url, connect_timeout=5) as connection:
            return connection.execute(sql).fetchall()

    def stop(self):
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.database.cleanup()


@pytest.fixture
def stack():
    # A short path: the database's socket lies in it.
    home = Path(tempfile.mkdtemp(prefix="klatsch-", dir="/tmp"))
    running = Stack(home)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
