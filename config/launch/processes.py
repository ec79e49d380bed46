"""The processes of `demo` and `dev`: started in groups of their own, watched, and never left behind.

Who and what runs is written to a record file in the data directory. Whatever ends the demo, somebody reads it: the
demo itself on its way out, the guardian after a SIGKILL (it waits for the demo's end of a pipe to close), or the
next start.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import psutil

from config.launch.database import provide_database
from config.paths import ROOT

GRACE = 2.0  # seconds a process has to end by itself; whatever it was doing is done again by a sweep
RESTARTS, WINDOW = 5, 60.0  # more deaths in so many seconds are a fault that a restart does not mend


KEEPER = "KLATSCH_KEEPER"  # in the environment of every child: the pid of the demo that started it


class AlreadyRunning(Exception):
    """Another demo uses this data directory; the message says which."""


class Record:
    """`demo.json`: the demo's own pid and port, and [name, pid, time of creation] of each child."""

    def __init__(self, data: Path) -> None:
        self.path = data / "demo.json"
        self._lock: IO[str] = (data / "demo.lock").open("a")

    def claim(self, patience: float = 30.0) -> None:
        """Become the only demo of this data directory. Waits while a killed one is being cleared away.

        Raises AlreadyRunning where another one lives.
        """
        deadline = time.monotonic() + patience
        while not self._locked():
            other = self.read()
            if _alive(other.get("pid"), other.get("created")) or time.monotonic() > deadline:
                raise AlreadyRunning(f"process {other.get('pid')}, http://localhost:{other.get('port')}/")
            time.sleep(0.2)

    def try_claim(self) -> bool:
        return self._locked()

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, port: int, children: Iterable[tuple[str, int, float]]) -> None:
        me = psutil.Process()
        known = {"pid": me.pid, "created": me.create_time(), "port": port, "children": list(children)}
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(known))
        draft.replace(self.path)

    def clear_away(self) -> int:
        """End what an earlier demo left running; how many processes it was."""
        known = self.read()
        left = {pid for _name, pid, created in known.get("children", []) if _alive(pid, created)}
        left |= _kept_by(known.get("pid"))  # killed between starting a child and writing it down
        end(sorted(left))
        self.path.unlink(missing_ok=True)
        return len(left)

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Children:
    """The demo's processes, each with a log file of its own."""

    def __init__(self, record: Record, port: int, logs: Path) -> None:
        self._record, self._port, self._logs = record, port, logs
        self._commands: dict[str, Sequence[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._created: dict[str, float] = {}
        self._deaths: list[float] = []
        logs.mkdir(parents=True, exist_ok=True)
        record.write(port, [])

    def start(self, name: str, command: Sequence[str]) -> None:
        self._commands[name] = command
        with (self._logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, KEEPER: str(os.getpid())},
            )  # fmt: skip
        self._running[name] = child
        self._created[name] = _created(child.pid)
        self._record.write(self._port, [(n, c.pid, self._created[n]) for n, c in self._running.items()])

    def revive(self) -> list[str]:
        """Start again whatever has died; their names. Raises RuntimeError where that happens too often."""
        dead = [name for name, child in self._running.items() if child.poll() is not None]
        for name in dead:
            self._deaths = [at for at in self._deaths if at > time.monotonic() - WINDOW] + [time.monotonic()]
            if len(self._deaths) > RESTARTS:
                raise RuntimeError(f"{name} keeps ending; see {self._logs / f'{name}.log'}")
            end([self._running[name].pid])  # its own children, if any are left
            self.start(name, self._commands[name])
        return dead

    def ended(self) -> list[str]:
        """Take leave of whatever has died; their names."""
        dead = [name for name, child in self._running.items() if child.poll() is not None]
        for name in dead:
            end([self._running.pop(name).pid])
        return dead

    def restart(self, ready: Callable[[], bool], patience: float = 30.0) -> None:
        """End all without much ado and start them anew: the first alone until it is `ready` or takes long.

        Where it dies instead, the others are left alone: they would only die of the same.
        """
        end([child.pid for child in self._running.values()], grace=0.3)
        deadline = time.monotonic() + patience
        first, *others = self._commands
        self.start(first, self._commands[first])
        while not ready() and self._running[first].poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        for name in others if self._running[first].poll() is None else []:
            self.start(name, self._commands[name])

    def stop(self) -> None:
        end([child.pid for child in self._running.values()])
        for child in self._running.values():
            child.poll()
        self._record.path.unlink(missing_ok=True)


def end(leaders: Sequence[int], grace: float = GRACE) -> None:
    """End process groups by their leaders: asked first, then killed, with everything below them."""
    members: set[psutil.Process] = set()
    for pid in leaders:
        try:
            leader = psutil.Process(pid)
            members |= {leader, *leader.children(recursive=True)}
            leader.terminate()
        except psutil.NoSuchProcess:
            pass
    psutil.wait_procs(members, timeout=grace)
    for pid in leaders:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    for member in members:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(members, timeout=grace)


class Guardian:
    """A process that outlives a SIGKILL of this one just long enough to clear up."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "config.launch.processes", str(os.getpid())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.communicate()


def guard(data: Path, keeper: int) -> None:
    """What the guardian does: wait for the end of the demo (its pid); if it was none of its choosing, end the rest."""
    for unwanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(unwanted, signal.SIG_IGN)
    sys.stdin.buffer.read()
    record = Record(data)
    if not record.path.exists():
        return  # a proper farewell
    # The pipe closes while the dying demo still holds its lock for a short while: wait for it.
    deadline = time.monotonic() + 10
    while not record.try_claim():
        if record.read().get("pid") != keeper or time.monotonic() > deadline:
            return  # somebody has started again and clears up
        time.sleep(0.05)
    record.clear_away()
    if not os.environ.get("DATABASE_URL") and (data / "postgres" / "postmaster.pid").exists():
        provide_database()  # the last to leave stops the server: that is us now


def _kept_by(keeper: object) -> set[int]:
    """The processes, wherever they are by now, that this demo started."""
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(KEEPER) == str(keeper):
                found.add(process.pid)
    return found


def _alive(pid: object, created: object) -> bool:
    """Whether that very process lives, and not another one that was given its number."""
    if not isinstance(pid, int) or not isinstance(created, float):
        return False
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - created) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _created(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


if __name__ == "__main__":
    guard(Path(os.environ["KLATSCH_DATA_DIR"]), int(sys.argv[1]))
