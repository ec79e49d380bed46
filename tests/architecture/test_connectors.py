"""The folder of connectors holds nothing but one package a kind; what they share is the toolkit's, and none knows
another. They are listed as they are offered."""

import ast
from itertools import groupby
from pathlib import Path

from apps.channels.registry import CONNECTORS, GROUPS
from config.paths import ROOT

ROOM = "apps.channels.connectors"
FOLDER = ROOT / "apps" / "channels" / "connectors"


def imported(path: Path) -> set[str]:
    """The packages and modules of the room that a file imports."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.module]
    named = {node.module for node in nodes} | {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return {name.removeprefix(f"{ROOM}.").partition(".")[0] for name in named if name.startswith(f"{ROOM}.")}


def test_the_folder_holds_nothing_but_a_package_for_each_kind():
    packages = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    others = {path.name for path in FOLDER.iterdir()} - packages - {"__init__.py", "__pycache__"}
    assert (packages, others) == (CONNECTORS.keys(), set())
    assert ast.parse((FOLDER / "__init__.py").read_text()).body[1:] == [], "no more than a docstring"


def test_no_connector_imports_another():
    assert "stripe" in imported(FOLDER / "stripe" / "__init__.py")
    known = {
        str(path.relative_to(FOLDER)): imported(path) & CONNECTORS.keys() - {path.relative_to(FOLDER).parts[0]}
        for path in FOLDER.rglob("*.py")
    }
    assert {path: others for path, others in known.items() if others} == {}


def test_they_are_in_the_order_of_their_groups():
    groups = [group for group, _kinds in groupby(connector.about.group for connector in CONNECTORS.values())]
    assert groups == list(GROUPS)
