"""`manage.py makemessages` reads the words of the desk's templates, too: Django's own knows only its own syntax."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages
from django.template import engines

from apps.desktop.shell.templates import is_desks
from config.paths import ROOT

TEMPLATES = ROOT / "templates"


class DeskBuildFile(makemessages.BuildFile):
    """A template of the desk is handed to xgettext as calls of gettext, each in the line in which it stands."""

    def preprocess(self) -> None:
        path = Path(self.path).resolve()
        if self.is_templatized and path.is_relative_to(TEMPLATES) and is_desks(str(path.relative_to(TEMPLATES))):
            Path(self.work_path).write_text(calls(path.read_text()), encoding="utf-8")
        else:
            super().preprocess()


def calls(template: str) -> str:
    """Python that says what the template says."""
    environment: Any = engines["desk"].env  # type: ignore[attr-defined]
    lines = defaultdict(list)
    for number, function, message in environment.extract_translations(template):
        words = message if isinstance(message, tuple) else (message,)
        said = ", ".join(repr(word) for word in words if word is not None)
        lines[number].append(f"{function}({said}{', 1' if function == 'ngettext' else ''})")
    return "".join("; ".join(lines[number]) + "\n" for number in range(1, max(lines, default=0) + 1))


class Command(makemessages.Command):
    build_file_class = DeskBuildFile
