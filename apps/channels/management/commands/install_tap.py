"""`manage.py install_tap PACKAGE`: a Singer tap in a virtual environment of its own, from where sources may run it."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.channels.connectors.singer.taps import NAME, installed

PATIENCE = 900  # seconds; some taps bring a hundred packages
VERSION = r"(?:==|>=|<=|~=|!=|<|>)[\w.*+!]+"
REQUIREMENT = re.compile(rf"[A-Za-z0-9][\w.\-]*(?:\[[\w,\-]+\])?(?:{VERSION}(?:,{VERSION})*)?")


class Command(BaseCommand):
    help = (
        "Install a Singer tap from its package (pipelinewise-tap-postgres, tap-github==2.1) into a virtual environment "
        "of its own. Without a package: list those that are installed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("package", nargs="?", help="The package, with a version if you want a certain one.")
        beside = "Another package beside it; also pins one that the tap is not content with."
        parser.add_argument("--with", dest="extra", action="append", default=[], metavar="PACKAGE", help=beside)
        parser.add_argument("--tap", default="", help="The name of its program, where the package brings several.")
        parser.add_argument("--remove", default="", metavar="TAP", help="Remove an installed tap.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove(options["remove"])
        elif options["package"]:
            tap = self._install([options["package"], *options["extra"]], options["tap"])
            self.stdout.write(f"{tap} is installed. Connect it as a source of the kind “Database or service”.")
        else:
            self.stdout.write("\n".join(installed()) or "No tap is installed.")

    def _remove(self, tap: str) -> None:
        if tap not in installed():
            raise CommandError(f"There is no tap “{tap}”.")
        shutil.rmtree(Path(settings.TAPS_DIR) / tap)

    def _install(self, packages: Sequence[str], name: str) -> str:
        """The program's name. A tap that was there before is replaced once the new one is whole."""
        for package in packages:
            if not REQUIREMENT.fullmatch(package):
                raise CommandError(f"“{package}” is not the name of a package.")
        root = Path(settings.TAPS_DIR)
        root.mkdir(parents=True, exist_ok=True)
        # Made where it will stay: the programs of a virtual environment carry its path.
        before = {home.name for home in root.iterdir()}
        tap = name or _likely(packages[0])
        if not NAME.fullmatch(tap):
            raise CommandError(f"“{tap}” is no name of a program.")
        home, old = root / tap, root / f".{tap}.old"
        shutil.rmtree(old, ignore_errors=True)
        if tap in before:
            home.rename(old)
        try:
            _make(home, packages)
            found = _taps(home)
            if tap not in found:
                there = f"It has {', '.join(found)}: name one with --tap." if found else "It has no program of a tap."
                raise CommandError(f"{packages[0]} has no program “{tap}”. {there}")
        except CommandError:
            shutil.rmtree(home, ignore_errors=True)
            if old.exists():
                old.rename(home)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return tap


def _likely(package: str) -> str:
    """`pipelinewise-tap-postgres==2.1` has the program `tap-postgres`."""
    plain = re.split(r"[\[=<>~!]", package)[0].lower().replace("_", "-")
    return plain[plain.index("tap-") :] if "tap-" in plain else plain


def _taps(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "bin").glob("tap*") if os.access(path, os.X_OK))


def _make(home: Path, packages: Sequence[str]) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    python = str(home / "bin" / "python")
    if uv:
        _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(home)])
        _run([uv, "pip", "install", "--quiet", "--python", python, *packages])
    else:
        _run([sys.executable, "-m", "venv", str(home)])
        _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])


def _run(command: Sequence[str]) -> None:
    """From the root folder: in ours, uv would hold the tap to the versions of our own packages."""
    left_out = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    try:
        done = subprocess.run(
            list(command), env=environment, cwd=Path(sys.executable).anchor, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CommandError(f"{Path(command[0]).name} did not end within {PATIENCE} seconds.") from None
    if done.returncode:
        raise CommandError(f"{Path(command[0]).name} failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")
