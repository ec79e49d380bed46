"""The PostgreSQL that comes along, started for real under paths and leftovers that have bitten others."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.launch.postgres import _forget_the_dead
from config.paths import ROOT, data_dir

ASK = """
import json, psycopg
from config.launch.database import provide_database
first = provide_database(); second = provide_database()
with psycopg.connect(first) as connection:
    query = "SELECT current_database(), current_setting('server_version_num')::int"
    name, version = connection.execute(query).fetchone()
print(json.dumps({"first": first, "second": second, "name": name, "version": version}))
"""


def provide(directory) -> dict:
    """What a process of its own finds with `directory` as its data directory."""
    env = {**os.environ, "KLATSCH_DATA_DIR": str(directory)}
    env.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory the server's own user may enter; pytest closes its `tmp_path` to everybody else."""
    with tempfile.TemporaryDirectory(prefix="klatsch", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


# The second is too long for a socket, whose path may have 107 bytes.
@pytest.mark.parametrize("name", ["with spaces & signs %41", f"with spaces/{'long' * 25}"], ids=["short", "long"])
def test_any_path_works_and_a_second_call_changes_nothing(place, name):
    found = provide(place / name)
    assert (found["name"], found["version"] >= 150000) == ("klatsch", True)
    assert found["second"] == found["first"]


def test_it_stops_with_its_last_user_and_starts_again_with_its_data(place):
    first = provide(place / "data")["first"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first, connect_timeout=2)
    handles = place / "data" / "postgres" / ".handle_pids.json"
    handles.write_text("[2147483646]")  # a user that was killed
    assert provide(place / "data")["name"] == "klatsch"
    assert json.loads(handles.read_text()) == []


def test_pids_of_the_dead_are_struck_from_the_list(tmp_path):
    handles = tmp_path / "handles.json"
    handles.write_text(json.dumps([os.getpid(), 2147483646]))
    _forget_the_dead(handles)
    assert json.loads(handles.read_text()) == [os.getpid()]


def test_a_database_somebody_brought_is_left_alone(tmp_path):
    env = {**os.environ, "KLATSCH_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "postgresql://elsewhere/klatsch"}
    code = "from config.launch.database import provide_database; print(provide_database())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "postgresql://elsewhere/klatsch"
    assert not (tmp_path / "data" / "postgres").exists()


def test_data_dir_is_absolute(monkeypatch):
    monkeypatch.setenv("KLATSCH_DATA_DIR", "somewhere")
    assert data_dir().is_absolute()
