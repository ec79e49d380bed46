"""Packages of Debian's that tests need, installed where we may: as root."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence


def tell(line: str) -> None:
    sys.stderr.write(f"klatsch: {line}\n")
    sys.stderr.flush()


def install(packages: Sequence[str], *, takes: str) -> bool:
    """Whether they are installed now. `takes` says how long that lasts; False at once for anybody but root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    tell(f"installing {', '.join(packages)} with apt-get ({takes}, once)")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        command = ["/usr/bin/apt-get", *words]
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            tell(f"apt-get {words[0]} failed, going on without it: {done.stderr.strip()[-500:]}")
            return False
    return True
