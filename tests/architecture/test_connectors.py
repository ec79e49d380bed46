"""Connectors share modules beside their packages; none knows another. They are listed as they are offered."""

import ast
from itertools import groupby
from pathlib import Path

from apps.channels.registry import CONNECTORS, GROUPS
from config.embedded import ROOT

ROOM = "apps.channels.connectors"
FOLDER = ROOT / "apps" / "channels" / "connectors"


def imported(path: Path) -> set[str]:
    """The packages and modules of the room that a file imports."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.module]
    named = {node.module for node in nodes} | {f"{node.module}.{one.name}" for node in nodes for one in node.names}
    return {name.removeprefix(f"{ROOM}.").partition(".")[0] for name in named if name.startswith(f"{ROOM}.")}


def test_no_connector_imports_another():
    assert "stripe" in imported(FOLDER / "stripe" / "__init__.py")
    known = {
        str(path.relative_to(FOLDER)): imported(path) & CONNECTORS.keys() - {path.relative_to(FOLDER).parts[0]}
        for path in FOLDER.rglob("*.py")
    }
    assert {path: others for path, others in known.items() if others} == {}


def test_they_are_in_the_order_of_their_groups():
    groups = [group for group, _kinds in groupby(one.about.group for one in CONNECTORS.values())]
    assert groups == list(GROUPS)
