"""A lower room knows no upper one by name either: not its modules, models, permissions, tables or templates."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from config.paths import ROOT

ROOMS = (
    {"demo"}, {"desktop"}, {"reports"}, {"moments"}, {"contact"}, {"channels", "insights"}, {"interactions"},
    {"customers"}, {"accounts"}, {"foundation"},
)  # fmt: skip
VERBS = ("view", "add", "change", "delete")


def above(room: str) -> set[str]:
    """Rooms that this one may not know: those above it, and its neighbours."""
    level = next(place for place, rooms in enumerate(ROOMS) if room in rooms)
    return set().union(*ROOMS[: level + 1]) - {room}


def names_of(room: str) -> str:
    """A pattern for the names by which a room can be meant in a text."""
    models = [model._meta for model in apps.get_models() if model._meta.app_label == room]
    labels = [
        re.escape(f"{room}.{prefix}{model.model_name}")
        for model in models
        for prefix in ("", *map("{}_".format, VERBS))
    ]
    tables = [model.db_table for model in models]
    folder = rf"(?:admin/)?{room}/[\w/]+\.(?:html|txt|css|js)"
    return rf"\bapps\.{room}\b|\b(?:{'|'.join([*labels, *tables, folder])})\b"


def texts(path: Path) -> list[tuple[int, str]]:
    """Line and text of every string that is not a docstring."""
    tree = ast.parse(path.read_text())
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs]
    return [(constant.lineno, constant.value) for constant in constants if isinstance(constant.value, str)]


def named(path: Path, rooms: set[str]) -> dict[int, str]:
    pattern = re.compile("|".join(names_of(room) for room in sorted(rooms)), re.IGNORECASE)
    return {line: found[0] for line, text in texts(path) for found in pattern.finditer(text)}


@pytest.mark.parametrize("room", sorted(set().union(*ROOMS) - {"demo"}))
def test_no_room_names_one_above_it(room):
    files = [path for path in (ROOT / "apps" / room).rglob("*.py") if "migrations" not in path.parts]
    found = {str(path.relative_to(ROOT)): named(path, above(room)) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    ["moments.change_moment", "apps.moments.tasks", "FROM moments_moment m", "moments/page.html", "moments.Moment"],
)
def test_a_name_is_found(tmp_path, text):
    (tmp_path / "file.py").write_text(f'"""Docstrings may: {text}."""\nNAME = "{text}"\n')
    assert list(named(tmp_path / "file.py", {"moments"})) == [2]


def test_words_are_no_names(tmp_path):
    (tmp_path / "file.py").write_text('NAMES = ["contact_id", "contact.created", "moments_by_mail", "reports"]\n')
    assert named(tmp_path / "file.py", {"contact", "moments", "reports"}) == {}
