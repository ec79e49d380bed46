"""How many statements requests make: they are asked again in a process of its own, where each can be counted."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from apps.demo.bench.browser import Asked
from apps.demo.bench.dataset import Dataset
from config.paths import ROOT


def statements_of(dataset: Dataset, asked: Sequence[Asked]) -> list[int]:
    """For each request, the statements it made the second time: what is remembered by the process is warm."""
    words = json.dumps([[one.path, one.headers] for one in asked])
    env = {**os.environ, "DATABASE_URL": dataset.url, "KLATSCH_HTTPS": "false"}
    command = [sys.executable, "-m", "apps.demo.bench.statements_job"]
    done = subprocess.run(command, cwd=ROOT, env=env, input=words.encode(), stdout=subprocess.PIPE, check=True)
    counts: list[int] = json.loads(done.stdout)
    return counts
