"""What the processes of the nursery have loaded before they begin."""

import django

django.setup()

from tests.faults import handoff, reader, sender  # noqa: E402, F401 - after the setup
