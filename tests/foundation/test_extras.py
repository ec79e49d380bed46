"""Heavy parts that are not everywhere."""

import sys
import tomllib

import pytest

from apps.foundation.extras import EXTRAS, ExtraMissing, has, load
from config.paths import ROOT


def test_they_are_those_that_can_be_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"].keys() == EXTRAS.keys()
    assert all(has(extra) for extra in EXTRAS)  # in the tests


def test_one_that_is_missing_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "pyarrow.parquet", raising=False)
    assert not has("parquet")
    with pytest.raises(ExtraMissing, match="Reading Parquet files needs the extra “parquet”: run uv sync with --extra"):
        load("pyarrow.parquet", extra="parquet")


def test_one_that_is_there_is_given():
    assert load("pyarrow", extra="parquet").__name__ == "pyarrow"


def test_what_is_missing_for_another_reason_is_not_blamed_on_it():
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        load("apps.nowhere", extra="parquet")
