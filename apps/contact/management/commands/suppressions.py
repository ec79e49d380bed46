"""`manage.py suppressions`: the suppression list as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.contact.suppression_list import NotAList, give_away, take_in


class Command(BaseCommand):
    help = "Take in a list of people and values that are not to be contacted (CSV: type, value, reason), or print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        taken = verbs.add_parser("import", help="add the rows of a file to the list")
        taken.add_argument("file", type=Path)
        taken.add_argument("--source", help="who says so (the file's name)")
        taken.add_argument("--region", default="", help="of phone numbers without a country code, such as GB")
        verbs.add_parser("export", help="print the list as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "export":
            give_away(None, self.stdout)
        else:
            self._take_in(options["file"], options["source"] or options["file"].name, options["region"])

    def _take_in(self, path: Path, source: str, region: str) -> None:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                report = take_in(actor=None, file=file, source=source, region=region)
        except (OSError, NotAList) as error:
            raise CommandError(str(error)) from error
        for row in report.rows:
            self.stdout.write(f"line {row.line}: {row.why}")
        self.stdout.write(f"{report.added:,} added, {report.known:,} known already, {report.bad:,} left out.")
