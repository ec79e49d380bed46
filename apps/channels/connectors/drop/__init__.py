"""Files of any origin: CSV as spreadsheets, tills and exports write it (RFC 4180 and what became of it), JSON Lines,
JSON and Parquet, in a folder, in an S3 bucket, posted, or given to `manage.py sync`. What their columns mean is said
in a mapping (docs/mapping.md)."""

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from apps.channels.connectors.drop.csv_files import CsvRow
from apps.channels.connectors.drop.formats import rows
from apps.channels.connectors.drop.mapped_rows import MappedRows, refused
from apps.channels.contract import KEPT, About, Push, RawEvent, SourceFacts, StoredEvent
from apps.channels.toolkit.files.drop import FilePlaceForm, FilePush, readable
from apps.channels.toolkit.mapping import file_mappings, mapping
from apps.channels.toolkit.mapping.expressions import Value, value
from apps.channels.toolkit.mapping.records import mapping_of
from apps.interactions.drafts import Draft

LOOKED_AT = 200  # rows by which a file is known


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

    def said_of_files(self, source: SourceFacts) -> str:
        """Another one whenever files that wait for a mapping should be looked at again."""
        return file_mappings.said_of(source.settings)

    def unknown_columns(self, file: IO[bytes], name: str, source: SourceFacts) -> list[str]:
        """The columns of a file that no mapping of its source was made for; none where one was. Raises Refused."""
        mapped = mapping_of(source, name)
        begins = self.beginning(file, source, mapped.places.get("items") if mapped else _items(source))
        if not begins or (mapped and file_mappings.knows(source.settings, name, begins)):
            return []
        return list(dict.fromkeys(str(column) for row in begins for column in row))

    def beginning(self, file: IO[bytes], source: SourceFacts, items: Value | None = None) -> list[dict[str, Any]]:
        """The first rows of a file as they stand in it. Raises Refused."""
        found = islice(rows(file, items or _items(source)), LOOKED_AT)
        return [row.content for row in found if not row.refused and isinstance(row.content, dict)]

    def read_rows(self, found: Sequence[Any], name: str, source: SourceFacts) -> Iterator[RawEvent] | None:
        """The events of rows that were kept until a mapping knows them; None as long as none does."""
        kept = [row for row in found if isinstance(row, dict)]
        mapped = mapping_of(source, name)
        if mapped is None or not file_mappings.knows(source.settings, name, kept[:LOOKED_AT]):
            return None
        return MappedRows((CsvRow(line, row) for line, row in enumerate(kept, 1)), mapped, name)

    def split(self, push: Push, source: SourceFacts) -> Sequence[RawEvent]:
        """A posted file that no mapping was made for is kept as a whole: orders may have several rows."""
        name, body = self.posted(push)
        if not source.settings.get(file_mappings.MAPPING) and not source.settings.get(file_mappings.MAPPINGS):
            return super().split(push, source)
        with readable(source):
            if not self.unknown_columns(io.BytesIO(body), name, source):
                return super().split(push, source)
            found = list(rows(io.BytesIO(body), _items(source)))
        kept = [row.content for row in found if isinstance(row.content, dict) and not row.refused]
        content = {file_mappings.FILE: name, file_mappings.ROWS: kept}
        own = f"{KEPT}{name[-80:]}:{mapping.digest(content)}"
        return [
            RawEvent(own, content, refused=file_mappings.unexplained(name)),
            *(refused(row) for row in found if row.refused),
        ]

    def normalise(self, event: StoredEvent, source: SourceFacts) -> Draft:
        return file_mappings.normalise(event, source)


def _items(source: SourceFacts) -> Value | None:
    """Where the rows lie in JSON, said without a mapping."""
    written = source.settings.get("items")
    return value(written) if isinstance(written, str) and written else None


def _unexplained(found: Iterator[CsvRow]) -> Iterator[RawEvent]:
    for row in found:
        yield refused(row) if row.refused else RawEvent(f"row:{mapping.digest(row.content)}", row.content)
