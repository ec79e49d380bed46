"""Style sheets and scripts are written to be read: small, by component and screen, as a formatter leaves them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from apps.desktop.shell.stylesheets import IMPORT, SHEETS
from config.paths import ROOT

FOLDER = ROOT / "static/desktop"
SHEET_FILES = sorted(FOLDER.rglob("*.css"))
SCRIPTS = sorted(FOLDER.rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LINES, LINE, FUNCTION_LINES = 300, 120, 50
REPEATED = 8  # lines
FUNCTION = re.compile(r"^(\s*)(?:export )?(?:async )?function (\w+)")
LIST = FOLDER / "desk.css"
DOOR = FOLDER / "door.css"  # before one has signed in


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Name and lines of every named function: it ends with the brace that stands below its beginning."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        if found := FUNCTION.match(line):
            end = next(place for place in range(start, len(lines)) if lines[place] == f"{found[1]}}}")
            yield found[2], end - start + 1


def crowded(text: str) -> list[str]:
    """Lines with more than one declaration, or with a declaration beside its selector."""
    plain = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in plain.splitlines())
    return [line for line in lines if line.count(";") > 1 or re.search(r"\{.+[:;]", line)]


def repeated(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of places where the same `REPEATED` lines stand, white space aside."""
    seen = defaultdict(list)
    for where, text in texts.items():
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        for start in range(len(lines) - REPEATED + 1):
            part = lines[start : start + REPEATED]
            seen["\n".join(line for _number, line in part)].append(f"{where}:{part[0][0]}")
    return [pair for places in seen.values() for pair in pairwise(places)]


@pytest.mark.parametrize("path", [*SHEET_FILES, *SCRIPTS], ids=name)
def test_file_is_short_enough_to_be_read(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= LINES
    assert [number for number, line in enumerate(lines, 1) if len(line) > LINE] == []


@pytest.mark.parametrize("path", SHEET_FILES, ids=name)
def test_sheet_has_one_declaration_a_line(path):
    assert crowded(path.read_text()) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_function_of_a_script_is_short(path):
    assert {found: lines for found, lines in functions(path.read_text()) if lines > FUNCTION_LINES} == {}


def test_the_sheet_of_the_desk_lists_every_part():
    listed = [FOLDER / part for part in IMPORT.findall(LIST.read_text())]
    assert sorted(listed) == [path for path in SHEET_FILES if path not in {LIST, DOOR}]
    assert SHEETS == ("desktop/desk.css",)


def test_every_script_is_loaded_by_somebody():
    texts = [path.read_text() for path in (*SCRIPTS, *TEMPLATES)]
    loaded = {found for text in texts for found in re.findall(r"([\w-]+\.js)[\"']", text)}
    assert {path.name for path in SCRIPTS} <= loaded


@pytest.mark.parametrize("files", [TEMPLATES, SHEET_FILES, SCRIPTS], ids=["templates", "sheets", "scripts"])
def test_nothing_is_written_twice(files):
    assert repeated({name(path): path.read_text() for path in files}) == []


def test_the_looking_itself_sees():
    assert crowded("a {\n  color: red;\n}\n") == []
    assert crowded("a { color: red; }\nb {\n  margin: 0; padding: 0;\n}\n") == [
        "a { color: red; }",
        "margin: 0; padding: 0;",
    ]
    assert list(functions("function a() {\n  b();\n}\n")) == [("a", 3)]
    lines = "\n".join(f"line {number}" for number in range(REPEATED))
    assert repeated({"a": lines, "b": f"\n{lines}\n"}) == [("a:1", "b:2")]
    assert repeated({"a": lines, "b": lines[:-1]}) == []
