"""`manage.py suggest_matches`: find customers who may be the same person, for people to decide."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.foundation.extras import load


class Command(BaseCommand):
    help = "Compare customers who are new or have changed with everybody who is like them; with --all, everybody."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="learn from the whole base and compare all of it")
        parser.add_argument("--most", type=int, default=50, metavar="BATCHES", help="of customers who are due")

    def handle(self, *args: Any, **options: Any) -> None:
        suggestions = load("apps.customers.identity.suggestions", extra="matching")
        if options["all"]:
            model = suggestions.compare_all()
            self.stdout.write(
                f"Model {model.pk}: {model.customers:,} customers, {model.pairs:,} suggestions, {model.seconds:.1f} s."
            )
            if model.left_out:
                self.stdout.write(
                    self.style.WARNING(f"{model.left_out:,} more pairs may be the same: decide on these first.")
                )
            return
        compared = 0
        for _batch in range(options["most"]):
            if not (more := suggestions.compare_due()):
                break
            compared += more
        self.stdout.write(f"{compared:,} customers compared.")
