"""Files of any origin: CSV as spreadsheets, tills and exports write it (RFC 4180 and what became of it), JSON Lines,
JSON and Parquet, in a folder, in an S3 bucket, posted, or given to `manage.py sync`. What their columns mean is said
in a mapping (docs/mapping.md)."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.drop.csv_files import CsvRow
from apps.channels.connectors.drop.formats import rows
from apps.channels.connectors.drop.mapped_rows import MappedRows, refused
from apps.channels.contract import About, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.files.drop import FilePlaceForm, FilePush
from apps.channels.toolkit.mapping import file_mappings, mapping
from apps.channels.toolkit.mapping.expressions import Value, value
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
        mapped = mapping_of(source, name)
        found = rows(file, mapped.places.get("items") if mapped else _items(source))
        return MappedRows(found, mapped, name) if mapped else _unexplained(found)

    def reads_whole(self, name: str, source: SourceFacts) -> bool:
        """Whether rows anywhere in a file may belong to one thing: if it grew, all of it is read again."""
        mapped = mapping_of(source, name)
        return bool(mapped and mapped.group)

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return file_mappings.normalise(event, source)


def _items(source: SourceFacts) -> Value | None:
    """Where the rows lie in JSON, said without a mapping."""
    written = source.settings.get("items")
    return value(written) if isinstance(written, str) and written else None


def _unexplained(found: Iterator[CsvRow]) -> Iterator[RawEvent]:
    for row in found:
        yield refused(row) if row.refused else RawEvent(f"row:{mapping.digest(row.content)}", row.content)
