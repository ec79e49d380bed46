"""Laying files into a folder, and looking at what a reading makes of them."""

import io
import os

import pytest

from apps.channels.contract import RawEvent, ReadRange, Refused
from apps.channels.toolkit.files.drop import FilePush

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


def look(drop, source, cursor=None, **read_range):
    """What a look finds, and the cursor after it."""
    pages = list(drop.pull(source, ReadRange("files", cursor, **read_range)))
    return keys(pages), next((page.cursor for page in reversed(pages) if page.cursor), cursor)


def crashing(drop, source):
    """Everything that is kept where each reading is cut off after one page."""
    kept, cursor = [], None
    for _reading in range(1000):
        pages = drop.pull(source, ReadRange("files", cursor))
        page = next(pages, None)
        pages.close()
        if page is None:
            return kept
        kept += [event.key for event in page.events]
        cursor = page.cursor or cursor
    pytest.fail("it never ends")
