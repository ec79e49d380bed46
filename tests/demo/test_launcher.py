"""`manage.py demo` as a newcomer, a terminal and a machine that loses power treat it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from config.embedded import ROOT

pytestmark = pytest.mark.faults
PATIENCE = 90.0


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data directory whose path is long, with blanks and quotes in it, as clones have them."""
    return tmp_path_factory.mktemp("demo") / "it's a long way" / ("d" * 100) / "var"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, *words: str, **extra: str) -> subprocess.Popen[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "KLATSCH_", "CELERY_", "PYTEST"))}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port), "--data-dir", str(data), "--customers", "20", *words],
        env={**own, **extra}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


@contextmanager
def demo(data: Path, port: int):
    process = start(data, port)
    try:
        until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, process.communicate()[0]
        yield process
    finally:
        process.kill()
        process.communicate()
        until(lambda: not living(data))


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for {condition}"
        time.sleep(0.05)


def living(data: Path) -> list[str]:
    """Every process, anywhere, that works for this data directory."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("KLATSCH_DATA_DIR") == str(data) or str(data) in " ".join(process.cmdline())
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {' '.join(process.cmdline()[:6])}")
        except psutil.Error:
            pass
    return found


def test_it_answers_and_ctrl_c_leaves_no_process(data):
    port = free_port()
    with demo(data, port) as process:
        until(lambda: len(living(data)) >= 9)  # demo, guardian, 3 web, 3 worker, beat, postgres
        second = start(data, free_port())
        assert "running already" in second.communicate(timeout=PATIENCE)[0]
        assert second.returncode == 1
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=PATIENCE)[0]
        assert process.returncode == 0
        assert "agent" in said and "klatsch" in said and f"http://localhost:{port}/desk/" in said
        assert living(data) == []
    assert {log.name for log in (data / "logs").iterdir()} == {"web.log", "worker.log", "beat.log"}


def test_sigkill_leaves_no_process_and_the_next_start_uses_the_same_world(data):
    with demo(data, free_port()) as process:
        process.kill()
        process.wait()
        until(lambda: not living(data))
    port = free_port()
    with demo(data, port) as process:
        process.terminate()
        said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0
    assert "Telling" not in said
    assert living(data) == []


def test_a_start_at_once_after_sigkill_of_everybody_clears_up_what_is_left(data):
    port = free_port()
    with demo(data, port) as process:
        guardian = next(c for c in psutil.Process(process.pid).children() if "config.processes" in c.cmdline())
        guardian.kill()
        process.kill()
        process.wait()
        assert living(data) != []  # nobody was left to clear up: the web server still has the port
        with demo(data, port) as again:
            again.terminate()
            again.communicate(timeout=PATIENCE)
            assert again.returncode == 0
        assert living(data) == []


def test_a_child_that_dies_is_started_again(data):
    port = free_port()
    with demo(data, port) as process:
        web = next(c for c in psutil.Process(process.pid).children() if "granian" in c.cmdline())
        web.kill()
        until(lambda: not answers(port))
        until(lambda: answers(port))
        process.terminate()
        assert "web ended by itself" in process.communicate(timeout=PATIENCE)[0]


@pytest.mark.parametrize("moment", ["PostgreSQL", "tables", "customers"])
def test_ctrl_c_while_starting_leaves_no_process(tmp_path, moment):
    process = start(tmp_path, free_port())
    signs = {
        "PostgreSQL": lambda: list(tmp_path.glob("postgres*")),
        "tables": lambda: (tmp_path / "postgres" / "postmaster.pid").exists(),
        "customers": lambda: (tmp_path / "static").exists(),  # Django has been set up
    }
    until(signs[moment])
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 130, said
    assert "Stopped while starting" in said
    assert living(tmp_path) == []


def test_a_port_that_is_taken_is_said_before_any_work(tmp_path):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        process = start(tmp_path, port)
        said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 1
    assert f"port {port} is taken" in said
    assert not (tmp_path / "postgres").exists()


def test_fresh_does_not_empty_a_database_of_the_users_without_being_sure(tmp_path):
    process = start(tmp_path, free_port(), "--fresh", DATABASE_URL="postgresql://nobody@nowhere.invalid/precious")
    said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 1
    assert "--yes" in said
