"""What the documentation refers to is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from apps.channels.registry import CONNECTORS
from config.paths import ROOT
from tests.architecture.test_budgets import ours

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:apps|config|docs|static|templates|tests)/[\w./<>*-]+)(?::\w+)?`")
NAME = re.compile(r"`((?:apps|config|tests)\.[\w.]+)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def links(page: Path) -> Iterator[str]:
    """Where a page leads within the project."""
    for target in LINK.findall(CODE.sub("", page.read_text())):
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def anchors(page: Path) -> set[str]:
    """The names of a page's headings in addresses: in lower case, without what is no word, dashes for spaces."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text)}


def leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or anchor in anchors(file))


def test_every_link_leads_to_something():
    found = [(page, target) for page in PAGES for target in links(page)]
    assert len(found) > 40
    assert [f"{page.relative_to(ROOT)}: {target}" for page, target in found if not leads_somewhere(page, target)] == []


def places(page: Path) -> Iterator[tuple[str, str]]:
    """Files and folders that a page names, by path or as modules (`apps.room.module.name`), as glob patterns."""
    for named in PATH.findall(page.read_text()):
        yield named, re.sub(r"<[^>]+>", "*", named)
    for named in NAME.findall(page.read_text()):
        parts = named.split(".")
        packages = next(n for n in range(len(parts), -1, -1) if (ROOT / Path(*parts[:n])).is_dir())
        module = Path(*parts[: packages + 1]).with_suffix(".py") if packages < len(parts) else Path(*parts)
        yield named, str(module)


def test_every_path_and_module_that_a_page_names_is_there():
    found = [(page, named, pattern) for page in PAGES for named, pattern in places(page)]
    assert len(found) > 40
    gone = [f"{page.relative_to(ROOT)}: {named}" for page, named, pattern in found if not any(ROOT.glob(pattern))]
    assert gone == []


def test_every_page_that_code_names_exists():
    named = {name for path in ours("apps", "config") for name in re.findall(r"\bdocs/[\w/-]+\.md", path.read_text())}
    assert "docs/channels.md" in named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_kind_of_source_has_a_page_in_the_table():
    listed = set(links(ROOT / "docs" / "channels.md"))
    assert {kind for kind in CONNECTORS if f"connectors/{kind}.md" not in listed} == set()
