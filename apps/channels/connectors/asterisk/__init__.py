"""Asterisk: the call records it appends to Master.csv.

Format: "CDR specification" and `cdr_csv.conf` of the Asterisk documentation.
"""

from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.asterisk import rows
from apps.channels.connectors.asterisk.normalise import normalise
from apps.channels.contract import About, RawEvent, Secret, SourceFacts, StoredEvent
from apps.channels.toolkit.calls import NumbersForm
from apps.channels.toolkit.files.drop import FilePlaceForm, FilePush
from apps.interactions.drafts import Draft


class AsteriskForm(NumbersForm, FilePlaceForm):
    """Where Master.csv is looked for, and which numbers are the company's."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["growing"].initial = True  # it is a log, and the exchange is always writing to it


class Asterisk(FilePush):
    """`FileConnector` for Master.csv, which may be posted as well."""

    about = About(
        name=_("Asterisk"),
        summary=_("Every call in Master.csv: who called, how long it took, and whether anybody answered."),
        group="calls",
        icon="phone",
        secret=Secret.OURS,
        steps=(
            _("Give the folder of Master.csv (usually /var/log/asterisk/cdr-csv), or post the file to {address}"),
            _("Set the source's time zone to the exchange's: its records do not say."),
            _("In cdr_csv.conf turn on loguniqueid and newcdrcolumns, so that the legs of a call are put together."),
        ),
        settings_form=AsteriskForm,
        known=frozenset({*rows.BASE, *rows.NEWER, "uniqueid", "userfield", "way", "phone"}),
    )

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        yield from rows.read(file, source)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return normalise(event, source)
