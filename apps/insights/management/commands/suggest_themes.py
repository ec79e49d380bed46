"""`manage.py suggest_themes`: find what customers say alike that belongs to no theme, for people to name."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.foundation.extras import load


class Command(BaseCommand):
    help = "Compare what customers said in the last four weeks and suggest themes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        made = load("apps.insights.themes.suggestions", extra="listening").suggest()
        if not options["quiet"]:
            for suggestion in made:
                self.stdout.write(f"{suggestion.size:5} {', '.join(suggestion.terms)}")
            self.stdout.write(f"{len(made)} suggested.")
