"""What others run us with is understood by them, and says the same everywhere."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.paths import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SCHEMAS = [
    ("compose-spec", ["compose.yaml"]),
    ("github-workflows", [".github/workflows/ci.yml"]),
    ("github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]),
    ("github-issue-forms", [f".github/ISSUE_TEMPLATE/{name}.yml" for name in ("bug", "idea", "source")]),
]


def schema(name: str, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def hadolint(text: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("hadolint")
    return subprocess.run([program, "-"], input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "files"), SCHEMAS, ids=[name for name, _files in SCHEMAS])
def test_every_file_follows_the_schema_of_who_reads_it(name, files):
    done = schema(name, *(ROOT / file for file in files))
    assert done.returncode == 0, done.stdout


def test_a_word_they_do_not_know_is_seen(tmp_path):
    odd = tmp_path / "compose.yaml"
    odd.write_text((ROOT / "compose.yaml").read_text().replace("restart:", "restarts:"))
    assert schema("compose-spec", odd).returncode == 1


def test_the_dockerfile_is_one_and_its_processes_are_nobody_special():
    text = (ROOT / "Dockerfile").read_text()
    assert hadolint(text).stdout == ""
    assert hadolint(text.replace("USER 10001", "USER root")).stdout != ""
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["10001"]


def test_the_image_holds_what_runs_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().split()
    needed = {"apps", "config", "manage.py", "pyproject.toml", "static", "templates"}
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == needed | {"locale"}
    assert {name for name in needed if not (ROOT / name).exists()} == set()


def test_extras_of_the_image_exist():
    asked = re.search(r'ARG EXTRAS="(.*)"', (ROOT / "Dockerfile").read_text())
    known = re.findall(r"^(\w+) = \[", section("project.optional-dependencies"), re.MULTILINE)
    assert asked
    assert set(asked[1].replace("--extra", "").split()) == set(known) - {"embedded"}


def section(name: str) -> str:
    """Of pyproject.toml."""
    return (ROOT / "pyproject.toml").read_text().partition(f"[{name}]\n")[2].partition("\n[")[0]


def test_compose_starts_the_processes_of_the_procfile_after_the_migrations():
    lines = (line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    procfile = {name: re.sub(r"\$\{\w+:-(\w+)\}", r"\1", command) for name, _, command in lines}
    procfile["migrate"] = procfile.pop("release")
    services: dict[str, Any] = {name: service for name, service in COMPOSE["services"].items() if name != "postgres"}
    assert {name: " ".join(service["command"]) for name, service in services.items()} == procfile
    after = {name for name, service in services.items() if "migrate" in service["depends_on"]}
    assert after == services.keys() - {"migrate"}


def test_every_service_has_an_image_a_way_to_start_again_and_a_word_on_its_health():
    for name, service in COMPOSE["services"].items():
        assert service.keys() >= {"image", "restart"}, name
        assert "healthcheck" in service or name == "web", name  # which has the image's


def test_settings_of_the_example_are_documented():
    names = set(re.findall(r"^#?([A-Z_]{5,})=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    documented = (ROOT / "docs" / "deploy.md").read_text()
    assert "KLATSCH_HOSTS" in names
    assert {name for name in names if f"`{name}`" not in documented} == set()


def test_every_check_is_called_where_changes_arrive():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert ".ci/run" in [step.get("run") for step in workflow["jobs"]["everything"]["steps"]]
    assert "\n.ci/lint\n" in (ROOT / ".ci/run").read_text()


def test_hooks_call_the_tools_of_the_project():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    named = {hook["entry"].partition("--all-extras ")[2].split()[0] for hook in hooks[0]["hooks"]}
    linters = (ROOT / ".ci/lint").read_text()
    assert {tool for tool in named if tool not in linters} == set()


def test_what_the_justfile_runs_is_there():
    recipes = dict(re.findall(r"^(\w+)[\w *]*:\n +(\S.*)$", (ROOT / "justfile").read_text(), re.MULTILINE))
    assert recipes.keys() >= {"demo", "dev", "test", "lint", "format", "bench", "shell"}
    scripts = [words.split()[0] for words in recipes.values() if words.startswith(".ci/")]
    assert [script for script in scripts if not (ROOT / script).exists()] == []
