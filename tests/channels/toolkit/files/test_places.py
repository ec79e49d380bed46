"""Looking for files in a folder: what cannot be read, where files may lie, what is said of them, and posted ones."""

import gzip
import os
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.channels.contract import Denied, Push, ReadRange, Refused, SourceFacts
from apps.channels.toolkit.files import archives
from apps.channels.toolkit.files import drop as module
from apps.channels.toolkit.files.drop import FilePlaceForm
from apps.channels.toolkit.files.forms import place_of
from apps.channels.toolkit.files.places import ReadFault
from tests.channels.toolkit.files.layout import LONG_AGO, Lines, keys, look, put


# what cannot be read
def test_a_file_that_makes_no_sense_does_not_stop_the_others(drop, source, folder):
    put(folder, "a.txt", "a1")
    put(folder, "b.txt", "b1", "bad", "b2", at=LONG_AGO + 1)
    put(folder, "c.txt", "c1", "bug", at=LONG_AGO + 2)
    put(folder, "d.txt", data=b"d1\n\xff\xfe\n", at=LONG_AGO + 3)
    put(folder, "e.txt", "e1", at=LONG_AGO + 4)
    events = [event for page in drop.pull(source, ReadRange("files")) for event in page.events]
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
    kept, pages = [], drop.pull(source, ReadRange("files"))
    with pytest.raises(Denied, match=r"a\.txt cannot be read: Permission denied"):
        kept.extend(iter(lambda: next(pages), None))
    assert keys(kept) == ["b1"]


def test_a_disk_that_fails_is_a_passing_fault(source, folder, monkeypatch):
    put(folder, "a.txt", "a1")
    place = place_of(source)
    (found,) = place.files()
    with place.open(found) as file:
        monkeypatch.setattr(file.raw, "raw", None)
        with pytest.raises(ReadFault):
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
    events = [event for page in drop.pull(source, ReadRange("files")) for event in page.events]
    refused = [event.refused for event in events if event.refused]
    assert len(events) > 2
    damage = "The compressed file is damaged. What comes before the damage was read."
    assert refused == [f"a.txt.gz: {damage}", f"b.txt.gz: {damage}"]


def test_a_decompression_bomb_is_cut_off(drop, source, folder, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST", 1_000_000)
    put(folder, "a.txt.gz", data=gzip.compress(b"a1\n" + b"x" * 50_000_000))
    put(folder, "b.txt", "b1", at=LONG_AGO + 1)
    events = [event for page in drop.pull(source, ReadRange("files")) for event in page.events]
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
    for attempt in (lambda: drop.check(elsewhere), lambda: list(drop.pull(elsewhere, ReadRange("files")))):
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
    for attempt in (lambda: drop.check(source), lambda: list(drop.pull(source, ReadRange("files")))):
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
    pages = list(drop.pull(source, ReadRange("files")))
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
    (page,) = drop.pull(source, ReadRange("files"))
    told = repr((page, drop.connector.named))
    assert "411111111111" not in told.replace("-", "")
    assert "1111.txt" in told
    assert len(page.cursor["files"]) == 2


def test_a_name_that_is_no_text_can_be_kept(drop, source, folder):
    name = os.fsdecode(b"caf\xe9\xff.txt")
    put(folder, name, "bad")
    (page,) = drop.pull(source, ReadRange("files"))
    repr(page).encode()  # no half surrogate pair anywhere
    assert look(drop, source, page.cursor)[0] == []


def test_a_hundred_thousand_records_fit_into_little_memory(drop, source, folder):
    with (folder / "a.txt").open("w") as file:
        file.writelines(f"row {number} {'x' * 200}\n" for number in range(100_000))
    os.utime(folder / "a.txt", (LONG_AGO, LONG_AGO))
    count = 0
    tracemalloc.start()
    for page in drop.pull(source, ReadRange("files")):
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
    assert FilePlaceForm(typed).is_valid() == valid
