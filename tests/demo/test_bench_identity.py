"""People of whom the truth is known, and how a benchmark holds what becomes of them against it."""

import csv
import json
import subprocess
import sys

import pytest

from apps.demo.bench import truth
from config.paths import ROOT

PEOPLE = [
    # id, truth, source, first and last name, born, street, postcode, city, number
    ("a1", "anna", "shop", "Anna", "Lind", "1971-03-09", "12 Harbour Road", "BS1 4QA", "Bristol", "777001"),
    ("a2", "anna", "bank", "Anna", "Lind", "1971-03-09", "12 Harbour Road", "BS1 4QA", "Bristol", "777001"),
    ("b1", "ben", "shop", "Ben", "Lind", "1969-11-30", "12 Harbour Road", "BS1 4QA", "Bristol", "777001"),
    ("c1", "cora", "shop", "Cora", "Mills", "1990-02-01", "3 Hill Street", "LS1 1AA", "Leeds", "777003"),
    ("c2", "cora", "bank", "Cora", "Mils", "1990-01-02", "3 Hill St", "LS1 1AA", "Leeds", "777004"),
    ("d1", "dev", "bank", "Dev", "Patel", "1985-07-07", "9 Mill Lane", "M1 1AE", "Manchester", "777005"),
]
COLUMNS = ["id", "truth", "source", "first_name", "last_name", "born", "street", "postcode", "city", "number"]


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerows([COLUMNS, *PEOPLE])
    return path


def test_the_febrl_sets_are_there_and_complete():
    sizes = {name: len(truth.records(name)) for name in truth.FEBRL}
    assert sizes == {"febrl1": 1000, "febrl2": 5000, "febrl3": 5000, "febrl4": 10_000}
    one = truth.records("febrl1")[0]
    assert one.columns["born"] == "1908-12-09"
    assert one.source == "org"


def test_a_file_without_the_truth_is_refused(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,Anna\n")
    with pytest.raises(truth.NoDataset, match="needs the columns id and truth"):
        truth.records(str(path))
    with pytest.raises(truth.NoDataset, match="There is no data set"):
        truth.records("nowhere.csv")


def test_unless_it_is_sure_nothing_is_a_proof(people):
    found = truth.records(str(people))
    assert truth.mapping(found, sure=True)["who"] == {"user_id": "id", "loyalty": "number"}
    assert truth.mapping(found, sure=False)["who"] == {"user_id": "id", "unsure": {"loyalty": "number"}}


def test_it_says_how_many_were_rightly_joined_and_found(people):
    """Anna has one number twice; Ben has hers, and is not her; Cora's copies differ in everything a little."""
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "identity", "--dataset", str(people), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    figures = json.loads(done.stdout)["figures"]
    assert (figures["records"], figures["people"], figures["true pairs"]) == (6, 4, 2)
    assert (figures["automatic: precision"], figures["automatic: recall"]) == (1.0, 0.5)
    assert (figures["suggested from 0.5: precision"], figures["suggested from 0.5: recall"]) == (1.0, 1.0)
