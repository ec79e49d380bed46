"""Files as their connector wants them: decompressed, and on the disk where their format is read from its end."""

import gzip
import io
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from apps.channels.toolkit.files.places import Extract
from apps.channels.toolkit.payload import Refused

LARGEST = 4 * 1024**3  # bytes of a file once it is decompressed
BACKWARDS = (".parquet",)  # formats whose table of contents is at their end
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)


class Capped(Extract):
    """A decompressed file that may have `end` bytes. Raises Refused beyond."""

    def readinto(self, buffer: Any) -> int:
        read = self.raw.read(len(buffer))
        buffer[: len(read)] = read
        self.at += len(read)
        if self.at > self.end:
            raise Refused(413, "too_large", f"Decompressed it has more than {self.end} bytes.")
        return len(read)


@contextmanager
def unpacked(raw: IO[bytes], label: str) -> Iterator[tuple[IO[bytes], str]]:
    """What is in a file, and the name of that. Reading it raises one of `DAMAGED`, or Refused where it is too large."""
    file, name = raw, label
    if label.lower().endswith(".gz"):
        file, name = io.BufferedReader(Capped(gzip.GzipFile(fileobj=raw), LARGEST)), label[:-3]
    if not name.lower().endswith(BACKWARDS) or file.seekable():
        yield file, name
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, 1024 * 1024)
        copy.seek(0)
        yield copy, name


def position(raw: IO[bytes]) -> int:
    """How many bytes were read of a file as a place opened it."""
    return int(getattr(getattr(raw, "raw", None), "at", 0))
