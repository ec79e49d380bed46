"""The suppression list as a file: taken in from elsewhere, and given away.

CSV in UTF-8 with a heading: `type` (as in `IdentifierType`, or `person`), `value` (a phone in any spelling, an e-mail
address, a customer's id), `reason`. Other columns are ignored. Cells that a spreadsheet would take for a formula are
given away with an apostrophe before them, and taken in without it.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TextIO
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.actions import audit
from apps.accounts.models import User
from apps.contact.locks import hold_the_list
from apps.contact.models import Suppression
from apps.customers.models import IdentifierType
from apps.customers.normalisation import INVISIBLE, normalise
from apps.foundation.db.rows import recordset

PERSON = "person"
COLUMNS = ("type", "value", "reason", "source", "since")
BATCH = 5000
NAMED = 1000  # bad rows that are named; the others are counted
FORMULA = ("=", "+", "-", "@", "\t", "\r")

# The survivor of each customer named, and their eldest profile: what stops a person hangs on.
PEOPLE = """
    WITH RECURSIVE chain AS (
        SELECT n.line, n.reason, c.id, c.merged_into_id
        FROM json_to_recordset(%s) AS n(line int, value uuid, reason text)
        JOIN customers_customer c ON c.public_id = n.value
        UNION ALL
        SELECT chain.line, chain.reason, c.id, c.merged_into_id FROM chain
        JOIN customers_customer c ON c.id = chain.merged_into_id
    ),
    living AS (
        SELECT line, reason,
               (SELECT min(p.id) FROM customers_sourceprofile p WHERE p.customer_id = chain.id) AS profile,
               EXISTS (SELECT FROM contact_suppression s JOIN customers_sourceprofile p ON p.id = s.profile_id
                       WHERE p.customer_id = chain.id AND s.lifted_at IS NULL) AS known
        FROM chain WHERE merged_into_id IS NULL
    ),
    added AS (
        INSERT INTO contact_suppression (profile_id, type, value, reason, source, added_by_id, at, lifted_why)
        SELECT DISTINCT ON (profile) profile, '', '', reason, %s, %s::bigint, now(), '' FROM living
        WHERE profile IS NOT NULL AND NOT known ORDER BY profile, line
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM added), COALESCE(array_agg(line) FILTER (WHERE profile IS NOT NULL), '{}') FROM living
"""
VALUES = """
    WITH added AS (
        INSERT INTO contact_suppression (type, value, reason, source, added_by_id, at, lifted_why)
        SELECT DISTINCT ON (type, value) type, value, reason, %s, %s::bigint, now(), ''
        FROM json_to_recordset(%s) AS n(line int, type text, value text, reason text) ORDER BY type, value, line
        ON CONFLICT DO NOTHING RETURNING 1
    ) SELECT count(*) FROM added
"""


class BadRow(NamedTuple):
    """A row that was left out, by its line in the file, and why."""

    line: int
    why: str


@dataclass
class ImportReport:
    """What became of a file: stops that are new, rows that say what is known (or say it twice), and the bad ones."""

    added: int = 0
    known: int = 0
    bad: int = 0
    rows: list[BadRow] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.bad += 1
        if len(self.rows) < NAMED:
            self.rows.append(BadRow(line, why))


class NotAList(ValueError):
    """The file is not such a list at all; the message tells a person why."""


def take_in(*, actor: User | None, file: TextIO, source: str, region: str = "") -> ImportReport:
    """Add the rows of a file to the list, `BATCH` at a time: what was taken in stays, and the same file again adds
    nothing. `region` reads phones without a country code. Raises `NotAList`."""
    report = ImportReport()
    rows = _rows(file, report, region)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            hold_the_list()
            added = _write(actor, batch, source, report)
            audit(actor, "suppression.import", source=source, rows=len(batch), added=added)
    report.rows.sort()
    return report


def _rows(file: TextIO, report: ImportReport, region: str) -> Iterator[dict[str, Any]]:
    """The rows that make sense, as they are kept."""
    try:
        reader = csv.DictReader((line.replace("\0", "") for line in file), dialect=_dialect(file))
        names = {name.strip().lower(): name for name in reader.fieldnames or []}
        if not {"type", "value"} <= names.keys():
            raise NotAList(_("The first line must name the columns: type, value, reason."))
        for row in reader:
            cells = {name: bare(row.get(column) or "") for name, column in names.items() if name in COLUMNS}
            if not any(cells.values()):
                continue
            kept = _kept(cells, region)
            if isinstance(kept, str):
                report.refuse(reader.line_num, kept)
            else:
                yield {**kept, "line": reader.line_num, "reason": cells.get("reason", "")[:200] or _("On a list")}
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotAList(_("This is not a text file with commas (CSV) in UTF-8.")) from error


def _dialect(file: TextIO) -> type[csv.Dialect]:
    """Commas, or the semicolons of spreadsheets in half of the world."""
    head = file.read(200)
    file.seek(0)

    class Found(csv.excel):
        delimiter = ";" if head.partition("\n")[0].count(";") else ","

    return Found


def _kept(cells: dict[str, str], region: str) -> dict[str, str] | str:
    """Type and value as they are kept, or what is wrong with them."""
    kind, value = cells["type"].strip().lower(), cells["value"].strip()
    if kind == PERSON:
        try:
            return {"type": kind, "value": str(UUID(value))}
        except ValueError:
            return _("A person is named by their id.")
    if kind not in IdentifierType.values:
        return _("There is no such type: %(type)s.") % {"type": INVISIBLE.sub("", kind)[:40]}
    spelt = normalise(kind, value, region)
    return {"type": kind, "value": spelt} if spelt else _("This value names nobody.")


def _write(actor: User | None, batch: list[dict[str, Any]], source: str, report: ImportReport) -> int:
    who = actor.pk if actor else None
    people = [row for row in batch if row["type"] == PERSON]
    values = [row for row in batch if row["type"] != PERSON]
    added, found = 0, []
    with connection.cursor() as cursor:
        if values:
            cursor.execute(VALUES, [source[:80], who, recordset(values)])
            added += cursor.fetchone()[0]
        if people:
            cursor.execute(PEOPLE, [recordset(people), source[:80], who])
            more, found = cursor.fetchone()
            added += more
    for row in people:
        if row["line"] not in found:
            report.refuse(row["line"], _("There is no such customer."))
    report.added += added
    report.known += len(values) + len(found) - added
    return added


def give_away(actor: User | None, file: Any) -> int:
    """Write the stops in force, oldest first; how many they were. Leaves a row in the audit trail before it begins."""
    audit(actor, "suppression.export", purpose="export")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    standing = Suppression.objects.in_force().select_related("profile__customer").order_by("pk")
    count = 0
    for count, cells in enumerate(_cells(standing.iterator(chunk_size=BATCH)), start=1):  # noqa: B007 - counts
        writer.writerow(map(quoted, cells))
    return count


def _cells(suppressions: Iterable[Suppression]) -> Iterator[tuple[str, ...]]:
    for stop in suppressions:
        who = (stop.type, stop.value) if stop.profile is None else (PERSON, str(stop.profile.customer.public_id))
        yield (*who, stop.reason, stop.source, stop.at.isoformat(timespec="seconds"))


def quoted(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def bare(cell: str) -> str:
    """The cell as it was before `quoted`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
