"""`manage.py recompute_identity`: is everybody who the evidence says they are?"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from apps.customers.identity.recomputation import Recomputed, recompute


class Command(BaseCommand):
    help = (
        "Draw every customer anew from all the evidence, in the order it came to be, and say where they differ. "
        "Nothing is changed without --apply."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="make the customers what the evidence says")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("customers", total=None)
            report = recompute(
                apply=options["apply"], on_progress=lambda done, total: bars.update(task, completed=done, total=total)
            )
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report) | {"applied": options["apply"]}))
        else:
            self._say(report, applied=options["apply"])

    def _say(self, report: Recomputed, *, applied: bool) -> None:
        self.stdout.write(f"{report.customers:,} customers of several source profiles or with something in common.")
        if not report.drifted:
            self.stdout.write("All of them are who the evidence says they are.")
            return
        were = "were" if applied else "would be"
        self.stdout.write(
            f"{report.joined:,} {were} joined, {report.left:,} source profiles {were} taken out, "
            f"{report.shared:,} values {were} shared."
        )
        for line in report.named:
            self.stdout.write(f"  {line}")
        if not applied:
            self.stdout.write("Run it with --apply to do so. Each change can be taken back on the customer's page.")
