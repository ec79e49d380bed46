"""Looking for files in a folder: which are read, in which order, how often, and what becomes of those that change."""

import os
import time
from dataclasses import replace

import pytest

from apps.channels.contract import ReadRange
from apps.channels.toolkit.files import drop as module
from apps.channels.toolkit.files.forms import place_of
from apps.channels.toolkit.files.places import Gone
from tests.channels.toolkit.files.layout import LONG_AGO, append, crashing, keys, look, put


# what is read
def test_files_are_read_once_the_eldest_first(drop, source, folder):
    put(folder, "b.txt", "b1", at=LONG_AGO + 1)
    put(folder, "c.txt", "c1", at=LONG_AGO)
    put(folder, "a.txt", "a1", "a2", at=LONG_AGO + 1)
    told, cursor = look(drop, source)
    assert told == ["c1", "a1", "a2", "b1"]
    assert set(cursor) == {"v", "files"}
    assert cursor["v"] == 1
    assert look(drop, source, cursor) == ([], cursor)
    assert drop.connector.named == ["c.txt", "a.txt", "b.txt"], "nobody looks into them again"


def test_a_new_file_is_read_however_old_it_says_it_is(drop, source, folder):
    put(folder, "b.txt", "b1")
    cursor = look(drop, source)[1]
    put(folder, "a.txt", "a1", at=LONG_AGO - 1_000_000)
    assert look(drop, source, cursor)[0] == ["a1"]


def test_only_files_of_the_wanted_names_are_read(drop, source, folder):
    for name in ("a.csv", "B.CSV", "c.txt", ".hidden.csv", "d.csv.part", "e.csv.tmp", "f.csv~", "~$g.csv"):
        put(folder, name, name)
    (folder / "h.csv").mkdir()
    os.mkfifo(folder / "i.csv")
    chosen = replace(source, settings={**source.settings, "pattern": "*.csv"})
    assert sorted(look(drop, chosen)[0]) == ["B.CSV", "a.csv"]
    assert sorted(look(drop, source)[0]) == ["B.CSV", "a.csv", "c.txt"]


def test_a_file_somebody_still_writes_to_waits(drop, source, folder):
    put(folder, "a.txt", "a1", at=time.time() - 5)
    assert look(drop, source) == ([], None)
    assert look(drop, replace(source, settings={**source.settings, "quiet": 3}))[0] == ["a1"]
    assert look(drop, replace(source, settings={**source.settings, "quiet": 0}))[0] == ["a1"]


def test_a_log_is_read_while_it_grows_but_never_half_a_line(drop, source, folder):
    log = replace(source, settings={**source.settings, "growing": True})
    path = put(folder, "cdr.csv", data=b"one\ntwo\nthr", at=time.time())
    told, cursor = look(drop, log)
    assert told == ["one", "two"]
    append(path, "ee", "four", at=time.time() + 1)
    told, cursor = look(drop, log, cursor)
    assert told[-2:] == ["three", "four"]
    put(folder, "cdr.csv", data=b"one\ntwo\nthree\nfour\nfive", at=LONG_AGO)
    assert look(drop, log, cursor)[0][-1] == "five", "nobody goes on with that line"


# what changes
def test_a_file_that_grew_is_read_on(drop, source, folder):
    path = put(folder, "log.txt", *(f"row {number}" for number in range(1000)))
    cursor = look(drop, source)[1]
    append(path, "row 1000", "row 1001")
    told, cursor = look(drop, source, cursor)
    assert told[-2:] == ["row 1000", "row 1001"]
    assert len(told) == 2 + module.LOOK_BACK
    assert look(drop, source, cursor)[0] == []


def test_a_replaced_file_is_read_anew(drop, source, folder):
    put(folder, "day.txt", *(f"monday {number}" for number in range(100)))
    cursor = look(drop, source)[1]
    tuesday = [f"tuesday {number}" for number in range(200)]
    put(folder, "day.txt", *tuesday, at=LONG_AGO + 1)
    assert look(drop, source, cursor)[0] == tuesday


def test_a_last_row_that_was_half_written_is_read_whole(drop, source, folder):
    put(folder, "log.txt", data=b"one\ntwo\nthr")
    told, cursor = look(drop, source)
    assert told == ["one", "two", "thr"]
    put(folder, "log.txt", data=b"one\ntwo\nthree\nfour\n", at=LONG_AGO + 1)
    assert look(drop, source, cursor)[0][-2:] == ["three", "four"]


def test_a_file_with_another_end_is_another_file(drop, source, folder):
    head = ["header" * 1000]
    put(folder, "day.txt", *head, *(f"a{number}" for number in range(100)))
    cursor = look(drop, source)[1]
    other = [*head, *(f"b{number}" for number in range(200))]
    put(folder, "day.txt", *other)
    assert look(drop, source, cursor)[0] == other


def test_a_shorter_file_is_another_file(drop, source, folder):
    put(folder, "day.txt", "a1", "a2", "a3")
    cursor = look(drop, source)[1]
    put(folder, "day.txt", "a1", "a2")
    assert look(drop, source, cursor)[0] == ["a1", "a2"]


def test_a_renamed_file_is_read_under_its_new_name_and_the_old_one_forgotten(drop, source, folder):
    path = put(folder, "a.txt", "a1")
    cursor = look(drop, source)[1]
    path.rename(folder / "b.txt")
    told, cursor = look(drop, source, cursor)
    assert told == ["a1"]
    assert set(cursor["files"]) == {"b.txt"}


def test_vanished_files_are_forgotten(drop, source, folder):
    put(folder, "a.txt", "a1")
    put(folder, "b.txt", "b1").unlink()
    path = put(folder, "b.txt", "b1")
    cursor = look(drop, source)[1]
    path.unlink()
    told, cursor = look(drop, source, cursor)
    assert (told, set(cursor["files"])) == ([], {"a.txt"})


def test_a_file_that_vanishes_between_two_looks_at_it_disturbs_nobody(drop, source, folder, monkeypatch):
    put(folder, "a.txt", "a1")
    put(folder, "b.txt", "b1")
    place = place_of(source)
    monkeypatch.setattr(module, "place_of", lambda _source: place)
    found = list(place.files())
    (folder / "a.txt").unlink()
    monkeypatch.setattr(place, "files", lambda: iter(found))
    assert look(drop, source)[0] == ["b1"]
    with pytest.raises(Gone), place.open(found[0] if found[0].name == "a.txt" else found[1]):
        pass


def test_a_file_that_is_written_to_while_it_is_read_is_read_as_it_was_found(drop, source, folder):
    path = put(folder, "a.txt", *(f"row {number}" for number in range(1200)))
    pages = drop.pull(source, ReadRange("files"))
    first = next(pages)
    append(path, "later")
    rest = list(pages)
    told = keys([first, *rest])
    assert told == [f"row {number}" for number in range(1200)]
    assert look(drop, source, rest[-1].cursor)[0][-1] == "later"


# crashes
@pytest.mark.parametrize("sizes", [(1200,), (1, 1, 1), (499, 2, 1000, 0, 7), (500, 500), (0,)])
def test_nothing_is_lost_if_every_reading_ends_after_one_page(drop, source, folder, sizes):
    for index, size in enumerate(sizes):
        put(folder, f"{index}.txt", *(f"{index} {number}" for number in range(size)), at=LONG_AGO + index)
    expected = [f"{index} {number}" for index, size in enumerate(sizes) for number in range(size)]
    assert crashing(drop, source) == expected


def test_a_crash_in_a_file_that_then_grows_loses_nothing(drop, source, folder):
    path = put(folder, "a.txt", *(f"row {number}" for number in range(700)))
    first = next(drop.pull(source, ReadRange("files")))
    append(path, "row 700")
    told = [event.key for event in first.events] + look(drop, source, first.cursor)[0]
    assert set(told) == {f"row {number}" for number in range(701)}


def test_a_crash_in_a_file_that_is_then_replaced_loses_nothing(drop, source, folder):
    put(folder, "a.txt", *(f"row {number}" for number in range(700)))
    first = next(drop.pull(source, ReadRange("files")))
    other = [f"other {number}" for number in range(900)]
    put(folder, "a.txt", *other, at=LONG_AGO + 1)
    assert look(drop, source, first.cursor)[0] == other


def test_many_small_files_share_a_page(drop, source, folder):
    for number in range(60):
        put(folder, f"{number:02}.txt", f"row {number}")
    pages = list(drop.pull(source, ReadRange("files")))
    assert [len(page.events) for page in pages] == [60]


def test_a_slow_file_gives_signs_of_life_that_nobody_goes_on_from(drop, source, folder, monkeypatch):
    path = put(folder, "a.txt", *(f"row {number}" for number in range(100)))
    cursor = look(drop, source)[1]
    append(path, "row 100")
    monkeypatch.setattr(module, "SLOW", -1.0)
    pages = list(drop.pull(source, ReadRange("files", cursor)))
    passing = [page for page in pages if not page.events]
    assert len(passing) > 50
    assert {page.cursor for page in passing[:50]} == {None}
    assert keys(pages)[-1] == "row 100"
