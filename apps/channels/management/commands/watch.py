"""`manage.py watch`: hear of new mail at once. A process of its own, beside the web, the workers and the beat."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from apps.channels.sync.watch import Watch


class Command(BaseCommand):
    help = "Listen to the sources that can tell at once when there is something new. Ends on SIGTERM or SIGINT."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            stopped.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        Watch().run(stopped)
