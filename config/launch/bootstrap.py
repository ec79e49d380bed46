"""Before anything else can be loaded: an environment with the packages, made by uv, which is found or fetched.

Standard library only, and no syntax that an older Python cannot read: it must at least be able to say what is missing.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.paths import ROOT, data_dir

OLDEST = (3, 11)
NEEDED = ("django", "granian")  # the first might be there for others as well
# The environment that was made ready, for everybody started from there: nobody asks twice.
PREPARED = "KLATSCH_ENVIRONMENT"
WHOLE = ("--all-extras",)
TESTED = (*WHOLE, "--group", "test")
# What these commands ask for by themselves. Every other one makes do with what is there.
ASKED = {"demo": WHOLE, "dev": WHOLE, "bench": TESTED, "test": TESTED}


class Impossible(Exception):
    """There is no way on; the message is one line that says what to install."""


def enter(argv: list[str]) -> None:
    """Return in an environment that has what the command needs: this one, or one this process becomes.

    Becoming it keeps the process number, so that Ctrl-C reaches the command itself. Exits with 1 and one line where
    something has to be installed by hand.
    """
    command = argv[1] if len(argv) > 1 else ""
    if not _wanting(command):
        return
    try:
        uv = find_uv()
        if uv is None and _usable():
            return  # as on a server that was furnished otherwise: what is missing will be said where it is missed
        uv = uv or fetch_uv()
        prefix = _make_environment(uv, ASKED.get(command, WHOLE))
    except Impossible as reason:
        sys.exit(f"klatsch: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)
    programs = Path(prefix) / "bin"
    python = str(programs / "python")
    path = os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])
    surroundings = {**os.environ, PREPARED: prefix, "UV": uv, "VIRTUAL_ENV": prefix, "PATH": path}
    os.execve(python, [python, str(ROOT / "manage.py"), *argv[1:]], surroundings)  # noqa: S606 - by its own path


def find_uv() -> str | None:
    """The path of a uv that starts, or None."""
    named = os.environ.get("UV"), shutil.which("uv")
    usual = Path(sys.executable).with_name("uv"), Path.home() / ".local" / "bin" / "uv", _tools() / "bin" / "uv"
    return next((str(path) for path in (*named, *usual) if path and _starts(path)), None)


def fetch_uv() -> str:
    """Bring uv into the data directory, with pip or else with the one that `venv` carries. Raises Impossible."""
    tools = _tools()
    if importlib.util.find_spec("pip"):
        # Not into the system's own packages, which may be "externally managed": that would be refused.
        pip = [sys.executable, "-m", "pip", "install", "--target", str(tools), "--upgrade"]
    elif importlib.util.find_spec("ensurepip"):
        pip = [str(tools / "bin" / "python"), "-m", "pip", "install"]
    else:
        raise Impossible("this Python has no pip to fetch uv with: apt install python3-pip")
    sys.stderr.write(f"klatsch: fetching uv into {tools} (once)\n")
    if pip[0] != sys.executable:
        _run([sys.executable, "-m", "venv", str(tools)])
    _run([*pip, "--quiet", "--no-warn-script-location", "uv"])
    uv = str(tools / "bin" / "uv")
    if not _starts(uv):
        raise Impossible(f"{uv} does not start on this machine: install uv by other means and set UV to its path")
    return uv


def provide_uv() -> str:
    """The one that is there, else one that is fetched. `python3 -m config.launch.bootstrap` tells scripts its path."""
    return find_uv() or fetch_uv()


def _wanting(command: str) -> bool:
    if os.environ.get(PREPARED) == sys.prefix:
        return False
    return command in ASKED or not _usable()


def _usable() -> bool:
    return sys.version_info >= OLDEST and all(importlib.util.find_spec(name) for name in NEEDED)


def _make_environment(uv: str, asked: tuple[str, ...]) -> str:
    """The environment in which uv has installed what is missing or outdated; 0.1 s where nothing is."""
    surroundings = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    oldest = ".".join(map(str, OLDEST))
    if sys.version_info < OLDEST:
        search = [uv, "python", "find", "--quiet", "--no-python-downloads", f">={oldest}"]
        if subprocess.run(search, env=surroundings, capture_output=True, check=False).returncode != 0:
            ours = ".".join(map(str, sys.version_info[:2]))
            raise Impossible(f"Python {oldest} or newer is needed, this is {ours}: apt install python{oldest}")
    command = [uv, "run", "--project", str(ROOT), *asked, "python", "-c", "import sys; print(sys.prefix)"]
    done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Impossible("uv could not install the packages; the reason stands above")
    return done.stdout.strip()


def _tools() -> Path:
    return data_dir() / "tools"


def _starts(program: str | Path) -> bool:
    try:
        return subprocess.run([str(program), "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: list[str]) -> None:
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Impossible(f"uv cannot be fetched ({lines[-1] if lines else done.returncode})")


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{provide_uv()}\n")
    except Impossible as reason:
        sys.exit(f"klatsch: {reason}")
