"""`manage.py masked_ids`: ids that earlier rules took for card numbers, by source and field."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.channels.masked_ids import MaskedField, masked_fields


class Command(BaseCommand):
    help = "Name the sources and fields whose ids were masked as card numbers: their customers may be missing or wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found = masked_fields()
        for masked in found:
            self.stdout.write(_described(masked))
        if found:
            self.stdout.write("What they were only their sources know: have them sent anew from the first day named.")
        else:
            self.stdout.write("No id was masked.")


def _described(masked: MaskedField) -> str:
    days = " to ".join(dict.fromkeys((f"{masked.first:%Y-%m-%d}", f"{masked.last:%Y-%m-%d}")))
    quarantined = f", {masked.quarantined:,} of them in quarantine" if masked.quarantined else ""
    examples = ", ".join(masked.examples)
    return f"{masked.source}: {masked.name} in {masked.events:,} events ({days}{quarantined}), such as {examples}"
