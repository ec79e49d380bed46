"""`manage.py relock`: encrypt every source's credentials anew with the first of KLATSCH_CHANNEL_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.channels.actions import relock
from apps.foundation.vault import Unreadable


class Command(BaseCommand):
    help = "Encrypt the credentials of all sources with the newest of KLATSCH_CHANNEL_KEYS. Older keys may go then."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = relock(actor=None)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} encrypted anew.")
