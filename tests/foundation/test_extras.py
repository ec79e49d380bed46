"""Heavy parts that are not everywhere."""

import io
import sys
import tomllib

import pytest

from apps.channels.connectors.drop.formats import rows
from apps.channels.contract import Denied, Refused, SourceFacts
from apps.channels.toolkit.files.forms import place_of
from apps.customers import tasks as customers_tasks
from apps.foundation.extras import EXTRAS, ExtraMissing, has, load
from apps.insights import tasks as insights_tasks
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


def test_what_is_due_waits_where_its_extra_is_missing(monkeypatch):
    asked = []
    monkeypatch.setattr("apps.customers.tasks.has", asked.append)
    monkeypatch.setattr("apps.insights.tasks.has", asked.append)
    assert not customers_tasks.compare_due()
    customers_tasks.compare_all()
    insights_tasks.suggest_themes()
    assert asked == ["matching", "matching", "listening"]


def test_a_parquet_file_and_a_bucket_say_which_extra_they_need(monkeypatch):
    def missing(_module, *, extra):
        raise ExtraMissing(extra)

    monkeypatch.setattr("apps.channels.connectors.drop.formats.load", missing)
    monkeypatch.setattr("apps.channels.toolkit.files.forms.load", missing)
    with pytest.raises(Refused, match="--extra parquet"):
        list(rows(io.BytesIO(b"PAR1 and more PAR1")))
    with pytest.raises(Denied, match="--extra s3"):
        place_of(SourceFacts(pk=1, slug="files", kind="drop", settings={"bucket": "orders"}))
