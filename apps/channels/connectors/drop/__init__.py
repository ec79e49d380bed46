"""Files of any origin: CSV as spreadsheets, tills and exports write it (RFC 4180 and what became of it), JSON Lines,
JSON and Parquet, in a folder, in an S3 bucket, posted, or given to `manage.py sync`. What their columns mean is said
in a mapping (docs/mapping.md)."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.drop.formats import rows
from apps.channels.contract import About, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.files.drop import FilePlaceForm, FilePush
from apps.channels.toolkit.mapping import mapping
from apps.channels.toolkit.mapping.records import mapping_of
from apps.interactions.drafts import Draft


class DroppedFiles(FilePush):
    """`FileConnector` and `PushConnector` for files of rows."""

    about = About(
        name=_("Files (CSV, JSON, Parquet)"),
        summary=_("Exports of any system: put them into a folder or a bucket, and say what their columns mean."),
        group="data",
        icon="file-spreadsheet",
        steps=(
            _("Export what you have as CSV, JSON Lines or Parquet, with the names of the columns in the first row."),
            _("Put the file into the folder or bucket below, or post it to {address} with the key as bearer token."),
            _("Look at the mapping that is proposed from its first rows, and change what is wrong."),
        ),
        settings_form=FilePlaceForm,
        mapped=True,
    )

    def read(self, file: IO[bytes], name: str, source: SourceFacts) -> Iterator[RawEvent]:
        mapped = mapping_of(source)
        for row in rows(file, mapped.places.get("items") if mapped else None):
            if row.refused:
                yield RawEvent(f"row:{mapping.digest(row.content)}", row.content, {"line": row.line}, row.refused)
            elif mapped is None:
                yield RawEvent(f"row:{mapping.digest(row.content)}", row.content)
            elif mapped.wants(row.content):
                yield RawEvent(mapped.key(row.content), row.content, ids=mapped.ids)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return mapping.normalise(event, source)
