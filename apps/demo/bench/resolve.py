"""Finding out who a batch of events is about: the database's own time for a thousand claims at a time, some of people
known, some of people new, among all the identifiers of the data set."""

from statistics import median

from apps.demo.bench.dataset import Dataset, result_of, unchanged
from apps.demo.bench.figures import BenchReport, Effort, Target

BATCHES = 12
SIZE = 1000


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("resolve")
    with dataset.connect() as connection:
        row = connection.execute("SELECT count(*) FROM customers_identifier").fetchone()
    with unchanged(dataset):
        measured = result_of("apps.demo.bench.resolve_job", dataset, dataset.customers, BATCHES, SIZE)
    new, known, mixed = (measured[name][2:] for name in ("news", "again", "mixed"))
    report.figures = {
        "identifiers": int(row[0]) if row else 0,
        "claims a batch": SIZE,
        "three in ten new: database, ms a batch": round(median(mixed), 1),
        "something new of everybody: database, ms a batch": round(median(new), 1),
        "something new of everybody: database, ms, worst": round(max(new), 1),
        "nothing new: database, ms a batch": round(median(known), 1),
    }
    report.targets = [
        Target("a batch, three in ten new: database, ms", "<= 150", round(median(mixed), 1)),
        Target("a batch, all new: database, ms", "<= 150", round(median(new), 1)),
    ]
    report.notes.append(
        f"{BATCHES} batches of {SIZE} claims. New are, in turn: somebody known under a new profile, somebody known "
        "with a new address, somebody never seen. The first two batches are not counted."
    )
    return report
