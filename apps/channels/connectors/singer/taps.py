"""Taps as programs: which may be run, and running one so that it can do no harm by mistake.

A tap may be run if it is `<settings.TAPS_DIR>/<tap>/bin/<tap>`, where `manage.py install_tap` puts it. It gets a
session of its own, an environment without anything of ours, and a private folder for its files, which is gone after.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

from apps.channels.contract import Denied

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}", re.IGNORECASE)
FOLDER = "klatsch-tap-"
GRACE = 2.0  # seconds between asking a tap to end and ending it


def installed() -> list[str]:
    """Names of the taps that may be run."""
    root = Path(settings.TAPS_DIR)
    return sorted(home.name for home in root.iterdir() if _program(home.name)) if root.is_dir() else []


def _program(tap: str) -> Path | None:
    path = Path(settings.TAPS_DIR) / tap / "bin" / tap
    return path if NAME.fullmatch(tap) and path.is_file() and os.access(path, os.X_OK) else None


def program(tap: Any) -> Path:
    """Raises Denied for anything but an installed tap."""
    path = _program(tap) if isinstance(tap, str) else None
    if path is None:
        raise Denied(f"There is no tap “{str(tap)[:60]}” on this server. `manage.py install_tap` puts one there.")
    return path


@contextmanager
def started(tap: Any, config: Mapping[str, Any], *words: str, **files: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A running tap with its config; each of `files` becomes a JSON file, named on its command line (`--state`).

    However the block is left, the tap and all that it started are gone then, and so are the files.
    """
    path = program(tap)
    _sweep()
    home = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
    process = None
    try:
        given = {"config": config, **files}
        named = [part for name in given for part in (f"--{name}", str(home / f"{name}.json"))]
        for name, content in given.items():
            _write(home / f"{name}.json", content)
        process = subprocess.Popen(
            [str(path), *named, *words],
            cwd=home,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        yield process
    finally:
        if process is not None:
            _end(process)
        shutil.rmtree(home, ignore_errors=True)


def _write(path: Path, content: Any) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)


def _environment(home: Path) -> dict[str, str]:
    """Nothing of ours: neither the database's address nor a key. How to reach the world outside is passed on."""
    passed = {"PATH", "LANG", "TZ", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
    kept = {name: value for name, value in os.environ.items() if name in passed or name.lower().endswith("_proxy")}
    return {"LANG": "C.UTF-8", **kept, "HOME": str(home), "TMPDIR": str(home), "PYTHONUNBUFFERED": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """It may have started others, which outlive it: the whole group goes."""
    for number, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


def _sweep() -> None:
    """Remove what a killed process of ours could not."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        pid = left.name.removeprefix(FOLDER).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
