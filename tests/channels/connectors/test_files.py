"""Looking for files in a folder: which are read, in which order, how often, and what becomes of those that change."""

import gzip
import io
import os
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.channels.connectors import files as module
from apps.channels.connectors import unpacking
from apps.channels.connectors.base import Denied, Push, RawEvent, Refused, SourceFacts, Stretch
from apps.channels.connectors.files import Drop, FilePush, PlaceForm
from apps.channels.connectors.placeform import place_of
from apps.channels.connectors.places import Fault, Gone

LONG_AGO = 1_700_000_000


class Lines(FilePush):
    """A file of lines, each an event whose key it is. `bad` as first line: it is something else."""

    def __init__(self):
        self.named = []

    def read(self, file, name, source):
        self.named.append(name)
        for line in io.TextIOWrapper(file, encoding="utf-8", newline="\n"):
            if line == "bad\n":
                raise Refused(400, "not_lines", "It is no file of lines.")
            if line == "bug\n":
                raise KeyError("bug")
            yield RawEvent(line.strip(), {"line": line.strip()})


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_ROOTS = [tmp_path / "drop"]
    path = tmp_path / "drop" / "tills"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def drop():
    return Drop(Lines())


@pytest.fixture
def source(folder):
    return SourceFacts(0, "tills", "lines", settings={"folder": str(folder)})


def put(folder, name, *lines, at=LONG_AGO, data=None):
    path = folder / name
    path.write_bytes("".join(f"{line}\n" for line in lines).encode() if data is None else data)
    os.utime(path, (at, at))
    return path


def append(path, *lines, at=LONG_AGO + 100):
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
    os.utime(path, (at, at))


def keys(pages):
    return [event.key for page in pages for event in page.events]


def look(drop, source, cursor=None, **stretch):
    """What a look finds, and the cursor after it."""
    pages = list(drop.pull(source, Stretch("files", cursor, **stretch)))
    return keys(pages), next((page.cursor for page in reversed(pages) if page.cursor), cursor)


def crashing(drop, source):
    """Everything that is kept where each reading is cut off after one page."""
    kept, cursor = [], None
    for _reading in range(1000):
        pages = drop.pull(source, Stretch("files", cursor))
        page = next(pages, None)
        pages.close()
        if page is None:
            return kept
        kept += [event.key for event in page.events]
        cursor = page.cursor or cursor
    pytest.fail("it never ends")


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
    pages = drop.pull(source, Stretch("files"))
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
    first = next(drop.pull(source, Stretch("files")))
    append(path, "row 700")
    told = [event.key for event in first.events] + look(drop, source, first.cursor)[0]
    assert set(told) == {f"row {number}" for number in range(701)}


def test_a_crash_in_a_file_that_is_then_replaced_loses_nothing(drop, source, folder):
    put(folder, "a.txt", *(f"row {number}" for number in range(700)))
    first = next(drop.pull(source, Stretch("files")))
    other = [f"other {number}" for number in range(900)]
    put(folder, "a.txt", *other, at=LONG_AGO + 1)
    assert look(drop, source, first.cursor)[0] == other


def test_many_small_files_share_a_page(drop, source, folder):
    for number in range(60):
        put(folder, f"{number:02}.txt", f"row {number}")
    pages = list(drop.pull(source, Stretch("files")))
    assert [len(page.events) for page in pages] == [60]


def test_a_slow_file_gives_signs_of_life_that_nobody_goes_on_from(drop, source, folder, monkeypatch):
    path = put(folder, "a.txt", *(f"row {number}" for number in range(100)))
    cursor = look(drop, source)[1]
    append(path, "row 100")
    monkeypatch.setattr(module, "SLOW", -1.0)
    pages = list(drop.pull(source, Stretch("files", cursor)))
    passing = [page for page in pages if not page.events]
    assert len(passing) > 50
    assert {page.cursor for page in passing[:50]} == {None}
    assert keys(pages)[-1] == "row 100"


# what cannot be read
def test_a_file_that_makes_no_sense_does_not_stop_the_others(drop, source, folder):
    put(folder, "a.txt", "a1")
    put(folder, "b.txt", "b1", "bad", "b2", at=LONG_AGO + 1)
    put(folder, "c.txt", "c1", "bug", at=LONG_AGO + 2)
    put(folder, "d.txt", data=b"d1\n\xff\xfe\n", at=LONG_AGO + 3)
    put(folder, "e.txt", "e1", at=LONG_AGO + 4)
    events = [event for page in drop.pull(source, Stretch("files")) for event in page.events]
    assert [event.key for event in events if not event.refused] == ["a1", "b1", "c1", "e1"]
    refused = {event.content["file"]: event.refused for event in events if event.refused}
    assert refused["b.txt"] == "b.txt: It is no file of lines."
    assert "KeyError" in refused["c.txt"]
    assert "UnicodeDecodeError" in refused["d.txt"]


def test_a_file_that_was_mended_is_read(drop, source, folder):
    put(folder, "a.txt", "bad")
    told, cursor = look(drop, source)
    put(folder, "a.txt", "a1", "a2", "a3", at=LONG_AGO + 1)
    assert told[0].startswith("file:a.txt:")
    assert look(drop, source, cursor)[0] == ["a1", "a2", "a3"]


def test_a_file_nobody_may_read_is_named_after_the_others_were_read(drop, source, folder, monkeypatch):
    put(folder, "a.txt", "a1")
    put(folder, "b.txt", "b1", at=LONG_AGO + 1)
    opening = os.open

    def guarded(path, *arguments, **named):
        if path == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opening(path, *arguments, **named)

    monkeypatch.setattr(os, "open", guarded)
    kept, pages = [], drop.pull(source, Stretch("files"))
    with pytest.raises(Denied, match=r"a\.txt cannot be read: Permission denied"):
        kept.extend(iter(lambda: next(pages), None))
    assert keys(kept) == ["b1"]


def test_a_disk_that_fails_is_a_passing_fault(source, folder, monkeypatch):
    put(folder, "a.txt", "a1")
    place = place_of(source)
    (found,) = place.files()
    with place.open(found) as file:
        monkeypatch.setattr(file.raw, "raw", None)
        with pytest.raises(Fault):
            file.read()


# compressed files
def test_compressed_files_are_read_as_what_is_in_them(drop, source, folder):
    put(folder, "a.txt.gz", data=gzip.compress(b"a1\na2\n"))
    assert look(drop, source)[0] == ["a1", "a2"]
    assert drop.connector.named == ["a.txt"]


def test_a_damaged_compressed_file_gives_what_comes_before_the_damage(drop, source, folder):
    lines = [os.urandom(20).hex().encode() for _line in range(30_000)]
    whole = gzip.compress(b"\n".join(lines))
    put(folder, "a.txt.gz", data=whole[: len(whole) // 2])
    put(folder, "b.txt.gz", data=b"not compressed", at=LONG_AGO + 1)
    events = [event for page in drop.pull(source, Stretch("files")) for event in page.events]
    refused = [event.refused for event in events if event.refused]
    assert len(events) > 2
    damage = "The compressed file is damaged. What comes before the damage was read."
    assert refused == [f"a.txt.gz: {damage}", f"b.txt.gz: {damage}"]


def test_a_decompression_bomb_is_cut_off(drop, source, folder, monkeypatch):
    monkeypatch.setattr(unpacking, "LARGEST", 1_000_000)
    put(folder, "a.txt.gz", data=gzip.compress(b"a1\n" + b"x" * 50_000_000))
    put(folder, "b.txt", "b1", at=LONG_AGO + 1)
    events = [event for page in drop.pull(source, Stretch("files")) for event in page.events]
    assert "more than 1000000 bytes" in next(event.refused for event in events if event.refused)
    assert events[-1].key == "b1"


# where files may lie
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/etc", "does not lie below"),
        ("{root}", "does not lie below"),
        ("{root}/../drop/tills", "not the full path"),
        ("tills", "not the full path"),
        ("{root}/none", "There is no folder"),
        ("{root}/tills/a.txt", "not a folder"),
        ("{root}/link", "links are not followed"),
        ("{root}/link/ssl", "links are not followed"),
        ("{root}/tills\x00", "not the full path"),
        ("{root}x", "does not lie below"),
    ],
)
def test_a_folder_elsewhere_is_refused_with_a_reason(drop, source, folder, path, words):
    root = folder.parent
    put(folder, "a.txt", "a1")
    (root / "link").symlink_to("/etc")
    elsewhere = replace(source, settings={"folder": path.format(root=root)})
    for attempt in (lambda: drop.check(elsewhere), lambda: list(drop.pull(elsewhere, Stretch("files")))):
        with pytest.raises(Denied, match=words):
            attempt()


def test_a_linked_file_is_not_read(drop, source, folder):
    (folder / "passwords.txt").symlink_to("/etc/passwd")
    put(folder, "a.txt", "a1")
    assert look(drop, source)[0] == ["a1"]


def test_a_file_that_becomes_a_link_after_it_was_found_is_not_read(source, folder):
    path = put(folder, "a.txt", "a1")
    place = place_of(source)
    (found,) = place.files()
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(Exception, match=r"a\.txt cannot be read"), place.open(found) as file:
        file.read()


def test_a_root_that_is_itself_a_link_may_be_used(drop, tmp_path, settings):
    (tmp_path / "real" / "tills").mkdir(parents=True)
    (tmp_path / "drop").symlink_to(tmp_path / "real")
    settings.DROP_ROOTS = [tmp_path / "drop"]
    put(tmp_path / "real" / "tills", "a.txt", "a1")
    source = SourceFacts(0, "tills", "lines", settings={"folder": str(tmp_path / "drop" / "tills")})
    assert look(drop, source)[0] == ["a1"]


def test_more_files_than_can_be_remembered_are_refused(drop, source, folder, monkeypatch):
    monkeypatch.setattr(module, "MOST_FILES", 3)
    for number in range(4):
        put(folder, f"{number}.txt", "row")
    for attempt in (lambda: drop.check(source), lambda: list(drop.pull(source, Stretch("files")))):
        with pytest.raises(Denied, match="more than 3 files"):
            attempt()


# what it says
def test_a_check_says_what_was_found(drop, source, folder):
    assert str(drop.check(source)) == f"There is no file of such a name in {folder} yet."
    put(folder, "a.txt", "a1", at=datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())
    assert str(drop.check(source)) == "1 file, the newest of 2 March 2026, 12:00."
    assert "files are posted" in str(drop.check(replace(source, settings={})))


def test_a_source_whose_files_are_posted_has_nothing_to_look_at(drop, source):
    assert drop.streams(source) == ["files"]
    posted = replace(source, settings={})
    assert drop.streams(posted) == []
    assert look(drop, posted) == ([], None)


def test_progress_is_told_in_bytes(drop, source, folder):
    put(folder, "a.txt", *(f"row {number:05}" for number in range(20_000)))
    put(folder, "b.txt", "b1", at=LONG_AGO + 1)
    pages = list(drop.pull(source, Stretch("files")))
    assert {page.total for page in pages} == {20_000 * 10 + 3}
    done = [page.done for page in pages]
    assert done == sorted(done)
    assert done[-1] == pages[-1].total


def test_a_backfill_reads_what_was_changed_in_its_time_once_more(drop, source, folder):
    now = timezone.now()
    for name, days in (("old", 40), ("recent", 10), ("new", 1)):
        put(folder, f"{name}.txt", name, at=(now - timedelta(days=days)).timestamp())
    cursor = look(drop, source)[1]
    window = {"since": now - timedelta(days=30), "until": now - timedelta(days=5)}
    told, older = look(drop, source, None, **window)
    assert told == ["recent"]
    assert look(drop, source, older, **window)[0] == []
    assert look(drop, source, cursor)[0] == []


def test_card_numbers_in_the_names_of_files_are_masked(drop, source, folder):
    put(folder, "4111111111111111.txt", "bad")
    put(folder, "4111-1111-1111-1111.txt", "a1", at=LONG_AGO + 1)
    (page,) = drop.pull(source, Stretch("files"))
    told = repr((page, drop.connector.named))
    assert "411111111111" not in told.replace("-", "")
    assert "1111.txt" in told
    assert len(page.cursor["files"]) == 2


def test_a_name_that_is_no_text_can_be_kept(drop, source, folder):
    name = os.fsdecode(b"caf\xe9\xff.txt")
    put(folder, name, "bad")
    (page,) = drop.pull(source, Stretch("files"))
    repr(page).encode()  # no half surrogate pair anywhere
    assert look(drop, source, page.cursor)[0] == []


def test_a_hundred_thousand_records_fit_into_little_memory(drop, source, folder):
    with (folder / "a.txt").open("w") as file:
        file.writelines(f"row {number} {'x' * 200}\n" for number in range(100_000))
    os.utime(folder / "a.txt", (LONG_AGO, LONG_AGO))
    count = 0
    tracemalloc.start()
    for page in drop.pull(source, Stretch("files")):
        count += len(page.events)
        assert len(page.events) <= 500
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_000
    assert peak < 4_000_000, "the file has 21 MB"


# posted files
def posted(body, call="a.txt"):
    return [event.key for event in Lines().split(Push(call, {}, body), SourceFacts(0, "tills", "lines"))]


def test_a_posted_file_is_read():
    assert posted(b"a1\na2\n") == ["a1", "a2"]
    assert posted(gzip.compress(b"a1\n"), "some/where/a.txt.gz") == ["a1"]


@pytest.mark.parametrize(
    ("body", "call", "status"),
    [
        (b"bad\n", "a.txt", 400),
        (b"bug\n", "a.txt", 400),
        (b"\xff", "a.txt", 400),
        (b"no gzip", "a.txt.gz", 400),
        (gzip.compress(b"x" * 10_000_000), "a.txt.gz", 413),
    ],
    ids=["refused", "bug", "not UTF-8", "not compressed", "bomb"],
)
def test_a_posted_file_that_cannot_be_read_is_turned_away(body, call, status):
    with pytest.raises(Refused) as refusal:
        posted(body, call)
    assert refusal.value.status == status


@pytest.mark.parametrize(
    ("typed", "valid"),
    [
        ({}, True),
        ({"folder": "/var/drop/a"}, True),
        ({"bucket": "b", "access_key": "k", "secret_key": "s", "endpoint": "https://s3.example.com"}, True),
        ({"bucket": "b", "access_key": "k", "secret_key": "s", "endpoint": "http://minio:9000"}, True),
        ({"folder": "/var/drop/a", "bucket": "b"}, False),
        ({"folder": "/var/drop/a", "quiet": "-1"}, False),
    ],
    ids=["posted", "folder", "bucket", "own bucket", "both", "negative"],
)
def test_a_place_is_a_folder_or_a_bucket(typed, valid):
    assert PlaceForm(typed).is_valid() == valid
