"""How large a thing may grow, and what no module may be called."""

import ast
from collections.abc import Iterator
from pathlib import Path

from config.paths import ROOT

FILE_LINES = 400
FUNCTION_LINES = 50
VIEW_LINES = 20
BANNED = {"common", "core", "helpers", "managers", "misc", "selectors", "services", "signals", "utils"}


def ours(*folders: str) -> list[Path]:
    """Python files that people write: migrations are not among them."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of every function, decorators and nested functions included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_400_lines():
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ours("apps", "config", "tests")
    }
    assert {path: count for path, count in lines.items() if count > FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines():
    lengths = dict(function for path in ours("apps", "config", "tests") for function in functions(path))
    assert {name: count for name, count in lengths.items() if count > FUNCTION_LINES} == {}


def test_no_view_is_longer_than_20_lines():
    views = [path for path in ours("apps") if path.name == "views.py" or path.parent.name == "views"]
    lengths = {name: n for path in views for name, n in functions(path) if not name.rpartition(":")[2].startswith("_")}
    assert lengths
    assert {name: count for name, count in lengths.items() if count > VIEW_LINES} == {}


def test_modules_are_named_after_what_they_hold():
    named = {path.stem for path in ours("apps", "config", "tests")} | {
        path.parent.name for path in ours("apps", "config")
    }
    assert named & BANNED == set()


def test_the_counting_itself_counts(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.architecture.test_budgets.ROOT", tmp_path)
    (tmp_path / "long.py").write_text("def long():\n" + "    pass\n" * 60)
    assert dict(functions(tmp_path / "long.py")) == {"long.py:long": 61}
