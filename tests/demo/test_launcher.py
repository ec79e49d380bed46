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
from urllib.error import HTTPError

import psutil
import pytest

from config.paths import ROOT

pytestmark = pytest.mark.faults
SYSTEM = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
PATIENCE = 90.0


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data directory whose path is long, with blanks and quotes in it, as clones have them."""
    return tmp_path_factory.mktemp("demo") / "it's a long way" / ("d" * 100) / "var"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, *words: str, command: str = "demo", **extra: str) -> subprocess.Popen[bytes]:
    """A demo, as the system's own Python starts it; `said` reads what it says."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "KLATSCH_", "CELERY_", "PYTEST"))}
    data.parent.mkdir(parents=True, exist_ok=True)
    with _output(data, port).open("wb") as out:
        return subprocess.Popen(
            [SYSTEM, ROOT / "manage.py", command, "--customers", "20", *words, "--port", str(port), "--data-dir", data],
            env={**own, **extra}, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip


def said(data: Path, port: int) -> str:
    return _output(data, port).read_text()


def _output(data: Path, port: int) -> Path:
    return data.with_name(f"{data.name}.{port}.out")


@contextmanager
def demo(data: Path, port: int, command: str = "demo"):
    """A demo that has said it is ready."""
    process = start(data, port, command=command)
    try:
        until(lambda: "Ctrl-C stops everything" in said(data, port) or process.poll() is not None)
        assert answers(port), said(data, port)
        yield process
    finally:
        process.kill()
        process.wait()
        until(lambda: not living(data))


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def until(condition, found=lambda: "") -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for {condition}: {found()}"
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
    port, other = free_port(), free_port()
    with demo(data, port) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5) as door:
            assert "marketer" in door.read().decode()  # the demo names its logins
        second = start(data, other, command="dev")
        assert second.wait(PATIENCE) == 1
        assert "running already" in said(data, other)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert living(data) == []
    words = said(data, port)
    assert [word for word in ("agent", "klatsch", f"http://localhost:{port}/desk/") if word not in words] == []
    assert {log.name for log in (data / "logs").iterdir()} >= {"web.log", "worker.log", "puller.log", "beat.log"}


def test_a_start_after_everybody_was_killed_clears_up_and_uses_the_same_world_and_sigkill_leaves_no_process(data):
    port = free_port()
    with demo(data, port) as process:
        guardian = next(c for c in psutil.Process(process.pid).children() if "config.launch.processes" in c.cmdline())
        guardian.kill()
        process.kill()
        process.wait()
        assert answers(port)  # nobody is left to clear up
        with demo(data, port) as again:
            web = next(c for c in psutil.Process(again.pid).children() if "granian" in c.cmdline())
            web.kill()
            until(lambda: "web ended by itself" in said(data, port) and answers(port))
            again.kill()
            again.wait()
            until(lambda: not living(data), lambda: living(data))
    assert "Telling" not in said(data, port)


def test_dev_runs_the_same_world_with_errors_that_can_be_read(data):
    port = free_port()
    with demo(data, port, "dev") as process:
        with pytest.raises(HTTPError) as missing:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/nowhere/", timeout=5)
        assert "Using the URLconf defined in" in missing.value.read().decode()
        web = next(c for c in psutil.Process(process.pid).children() if "granian" in c.cmdline())
        web.kill()
        until(lambda: "web has ended" in said(data, port))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert living(data) == []


@pytest.mark.parametrize("when", ["while PostgreSQL is made", "while the world is made"])
def test_ctrl_c_while_starting_leaves_no_process(tmp_path, when):
    data, port = tmp_path / "var", free_port()
    process = start(data, port)
    if "PostgreSQL" in when:
        until(lambda: list(data.glob("postgres.*.new")))
    else:
        until(lambda: "Making the tables" in said(data, port))
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert "Stopped while starting" in said(data, port)
    assert living(data) == []


def test_a_port_that_is_taken_is_said_before_any_work(tmp_path):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        assert start(tmp_path / "var", port).wait(PATIENCE) == 1
    assert f"port {port} is taken" in said(tmp_path / "var", port)
    assert not (tmp_path / "var" / "postgres").exists()


def test_fresh_does_not_empty_a_database_of_the_users_without_being_sure(tmp_path):
    port = free_port()
    theirs = "postgresql://nobody@nowhere.invalid/precious"
    assert start(tmp_path / "var", port, "--fresh", DATABASE_URL=theirs).wait(PATIENCE) == 1
    assert "--yes" in said(tmp_path / "var", port)
