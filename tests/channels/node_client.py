"""Segment's SDK for Node, fetched with npm once and driven by a small script."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from config.paths import data_dir

PACKAGE, VERSION = "@segment/analytics-node", "3.1.0"
OLDEST_NODE = 20
# Reads {settings, calls} as JSON, makes the calls, and says what was delivered and what failed.
SCRIPT = """
const { Analytics } = require(process.argv.at(-1));
const { settings, calls } = JSON.parse(require('fs').readFileSync(0));
const analytics = new Analytics(settings);
const failures = [], statuses = [];
analytics.on('error', (error) => failures.push(String(error.reason && error.reason.message || error.code)));
analytics.on('http_request', () => statuses.push(1));
for (const [name, message] of calls) analytics[name](message);
analytics.closeAndFlush({ timeout: 15000 }).then(() => {
  process.stdout.write(JSON.stringify({ failures, requests: statuses.length }));
});
"""


def installed() -> Path:
    """The directory of the package. Skips the test on a machine that has no Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        pytest.skip("node and npm are not installed: the SDK for Node cannot be run")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node {version.strip()} is older than {OLDEST_NODE}: the SDK for Node cannot be run")
    home = data_dir() / "node" / f"analytics-node-{VERSION}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        # Built aside and renamed at the end, so that half a download is never taken for the package.
        with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
            flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier", "--silent"]
            command = [npm, "install", *flags, "--prefix", f"{scratch}/home", f"{PACKAGE}@{VERSION}"]
            subprocess.run(command, check=True, timeout=120, stdin=subprocess.DEVNULL)
            try:
                Path(scratch, "home").rename(home)
            except OSError:
                assert home.exists(), "another process was quicker"
    return home / "node_modules" / PACKAGE


def run(package: Path, settings: dict, calls: list[tuple[str, dict]]) -> dict:
    """Let the SDK make these calls and hand over everything. Its failures, and how many requests it made."""
    told = subprocess.run(
        ["node", "-e", SCRIPT, "--", str(package)],
        input=json.dumps({"settings": settings, "calls": calls}),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return json.loads(told.stdout)
