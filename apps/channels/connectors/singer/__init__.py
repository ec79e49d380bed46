"""Any Singer tap: a program that prints the rows of a database or a service (the Singer specification, version 0.3).

There are some hundreds of taps, of as many authors. Each runs as a program of its own from a virtual environment of
its own; nothing of a tap is ever imported. docs/connectors/singer.md tells how one is installed and connected.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.singer import pull as pulling
from apps.channels.connectors.singer.form import SingerForm
from apps.channels.connectors.singer.normalise import normalise
from apps.channels.contract import About, EventPage, ReadRange, Secret, SourceFacts, StoredEvent, Words
from apps.interactions.drafts import Draft


class Singer:
    """`PullConnector` for installed taps. A stream is one table, read by a run of the tap for it alone."""

    about = About(
        name=_("Database or service (Singer tap)"),
        summary=_("Rows of a database, a shop, an accounting or ticket system, read by one of the many Singer taps."),
        group="data",
        icon="database",
        secret=Secret.NONE,
        steps=(
            _("Have the tap installed on the server: `manage.py install_tap` with the name of its package."),
            _("Give it a login that may only read, and write its config as the tap's own page describes it."),
            _("Name the tables to read, try it out, and look at what is guessed about their columns."),
        ),
        every=600,
        settings_form=SingerForm,
    )

    def check(self, source: SourceFacts) -> Words:
        return pulling.check(source)

    def streams(self, source: SourceFacts) -> Sequence[str]:
        return pulling.wanted(source, pulling.discovered(source, fresh=True))

    def pull(self, source: SourceFacts, read_range: ReadRange) -> Iterator[EventPage]:
        return pulling.pull(source, read_range)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
