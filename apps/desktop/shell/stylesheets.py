"""The desk's stylesheet as browsers get it: one file of many, put together when it is served, without a build step.

`static/desktop/desk.css` lists its parts with `@import`. Without this finder a browser would fetch each by itself, and
see the same.
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

SHEETS = ("desktop/desk.css",)
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
ADDRESS = re.compile(r'url\("([^":]+)"\)')
IDLE = re.compile(r"/\*.*?\*/\s*|^[ \t]+|\n(?=\n)", re.DOTALL | re.MULTILINE)  # comments, indents, empty lines


class StylesheetFinder(BaseFinder):
    """Comes before the finder that finds the file with the list."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.source = Path(settings.BASE_DIR, "static")
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "stylesheets")

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in SHEETS:
            return []
        made = str(self._made(path))
        return [made] if find_all else made

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path in SHEETS:
            self._made(path)
            yield path, self.storage

    def _made(self, path: str) -> Path:
        """The file, written only where it says something new: several processes may do so at once."""
        made, text = Path(self.storage.path(path)), whole(self.source / path)
        if not made.exists() or made.read_text() != text:
            made.parent.mkdir(parents=True, exist_ok=True)
            fresh = made.with_suffix(f".{os.getpid()}")
            fresh.write_text(text)
            fresh.replace(made)
        return made


def whole(sheet: Path) -> str:
    """The text with its imports in it, as little as means the same."""

    def imported(found: re.Match[str]) -> str:
        place = posixpath.dirname(found[1])
        text = (sheet.parent / found[1]).read_text()
        return ADDRESS.sub(lambda address: f'url("{posixpath.normpath(posixpath.join(place, address[1]))}")', text)

    return IDLE.sub("", IMPORT.sub(imported, sheet.read_text()))
