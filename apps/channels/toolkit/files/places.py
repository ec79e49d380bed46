"""Places where files lie: a folder on the server. `buckets` has the other kind, S3; `files` reads what is there."""

import fnmatch
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from django.conf import settings

from apps.channels.contract import Denied
from apps.foundation.masking import mask, storable

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp", ".lock", "~")
EDGE = 4096  # bytes at the start and at the end of a file by which it is known again
LAST_LINE = 1024 * 1024  # bytes from the end in which a growing file's last whole line must end
INSIDE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Gone(Exception):
    """The file was there just now."""


class Locked(Exception):
    """This one file may not be read. The message names it."""


class ReadFault(Exception):
    """The place failed while a file was read: another time it may not."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a place. `label` is its name as it may be stored and shown; `changed` is in seconds since 1970;
    `mark` is another one whenever it has changed."""

    name: str
    label: str
    size: int
    changed: float
    mark: str


class FilePlace(Protocol):
    """Where the files of a source lie."""

    def files(self) -> Iterator[FoundFile]:
        """All of them, those half written left out. Raises Denied."""

    def open(self, found: FoundFile) -> Any:
        """A context manager that gives the file (IO[bytes]) up to the size it was found with. Raises Gone, Fault."""

    def edge(self, found: FoundFile, known: str = "") -> str:
        """By what the file can be known again once it has grown. With `known`, the same of the part it described."""

    def words(self) -> str:
        """The place as a person would name it."""


def label_of(name: str) -> str:
    """A file's name without card numbers, and without what PostgreSQL refuses; names stay different."""
    shown = mask(storable(name))[:200]
    if shown == name:
        return name
    return f"{shown}~{hashlib.blake2b(name.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a file is one to read: neither hidden nor somebody's half-written one. `pattern` is as in a shell."""
    last = name.rpartition("/")[2]
    if not last or last.startswith((".", "~$")) or last.lower().endswith(UNFINISHED):
        return False
    return fnmatch.fnmatch(name.lower(), pattern.lower() or "*")


class DropFolder:
    """A folder below one of `settings.DROP_ROOTS`, its subfolders left out. Never through a symbolic link."""

    def __init__(self, path: str, *, pattern: str, quiet: float, growing: bool, now: float) -> None:
        self.path, self.pattern = path, pattern
        self.quiet, self.growing, self.now = quiet, growing, now

    def words(self) -> str:
        return self.path

    def files(self) -> Iterator[FoundFile]:
        with self._folder() as folder, os.scandir(folder) as entries:
            for entry in entries:
                if not is_wanted(entry.name, self.pattern):
                    continue
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode) and not self._is_being_written(status):
                        yield _found(entry.name, status)

    def _is_being_written(self, status: os.stat_result) -> bool:
        return not self.growing and abs(self.now - status.st_mtime) < self.quiet  # far ahead, a clock is wrong

    @contextmanager
    def open(self, found: FoundFile) -> Iterator[IO[bytes]]:
        with self._raw(found) as raw:
            yield io.BufferedReader(Extract(raw, self._end(raw, found)))

    def _end(self, raw: io.FileIO, found: FoundFile) -> int:
        """Up to where a file may be read: a log that is being written to, up to the end of its last whole line."""
        written = abs(self.now - found.changed) < max(self.quiet, 1)
        zipped = found.name.lower().endswith(".gz")
        return _last_line(raw, found.size) if self.growing and written and not zipped else found.size

    def edge(self, found: FoundFile, known: str = "") -> str:
        with self._raw(found) as raw:
            end = self._end(raw, found)
            size = int(known.partition(":")[0] or 0) if known else end
            if size > end:
                return ""
            digest = hashlib.blake2b(os.pread(raw.fileno(), min(EDGE, size), 0), digest_size=8)
            digest.update(os.pread(raw.fileno(), min(EDGE, size), max(0, size - EDGE)))
            return f"{size}:{digest.hexdigest()}"

    @contextmanager
    def _raw(self, found: FoundFile) -> Iterator[io.FileIO]:
        with self._folder() as folder:
            try:
                handle = os.open(found.name, INSIDE, dir_fd=folder)
            except FileNotFoundError:
                raise Gone from None
            except OSError as error:
                raise Locked(f"{found.label} cannot be read: {error.strerror}.") from None
        with io.FileIO(handle) as raw:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Gone
            yield raw

    @contextmanager
    def _folder(self) -> Iterator[int]:
        """The open folder, entered step by step from its root: no step may be a link."""
        root, steps = _steps(self.path)
        handle = _enter(str(root), None, self.path)
        try:
            for step in steps:
                outer, handle = handle, _enter(step, handle, self.path)
                os.close(outer)
            yield handle
        finally:
            os.close(handle)


def _steps(path: str) -> tuple[Path, tuple[str, ...]]:
    """The root a path lies below, and the names that lead there. Raises Denied."""
    wanted = PurePosixPath(path)
    if "\x00" in path or not wanted.is_absolute() or ".." in wanted.parts:
        raise Denied(f"“{path}” is not the full path of a folder.")
    for root in map(Path, settings.DROP_ROOTS):
        for known in map(PurePosixPath, (root, root.resolve())):
            if wanted.is_relative_to(known) and wanted != known:
                return root.resolve(), wanted.relative_to(known).parts
    roots = ", ".join(str(root) for root in settings.DROP_ROOTS) or "none"
    raise Denied(
        f"“{path}” does not lie below a folder that may be read ({roots}). Whoever runs Klatsch can allow others with "
        "KLATSCH_DROP_ROOTS."
    )


def _enter(step: str, outer: int | None, path: str) -> int:
    try:
        return os.open(step, INSIDE | os.O_DIRECTORY, dir_fd=outer)
    except FileNotFoundError:
        raise Denied(f"There is no folder “{path}”.") from None
    except NotADirectoryError:
        raise Denied(f"“{path}” is not a folder, or one of its parts is a link; links are not followed.") from None
    except OSError as error:
        raise Denied(f"“{path}” cannot be read: {error.strerror}.") from None


def _found(name: str, status: os.stat_result) -> FoundFile:
    mark = f"{status.st_size}.{status.st_mtime_ns}.{status.st_ino}"
    return FoundFile(name, label_of(name), status.st_size, status.st_mtime, mark)


def _last_line(raw: io.FileIO, size: int) -> int:
    """Where the last whole line ends: a log may be looked at while one is being written."""
    start = max(0, size - LAST_LINE)
    return start + os.pread(raw.fileno(), size - start, start).rfind(b"\n") + 1


class Extract(io.RawIOBase):
    """The first `end` bytes of a raw file. `at` is how many were read; whatever goes wrong is a Fault."""

    def __init__(self, raw: Any, end: int) -> None:
        self.raw, self.end, self.at = raw, end, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return isinstance(self.raw, io.FileIO)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.end}[whence]
        self.at = max(0, base + offset)
        self.raw.seek(self.at)
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: Any) -> int:
        try:
            read = self.raw.read(max(0, min(len(buffer), self.end - self.at)))
        except Exception as error:
            raise ReadFault(f"{type(error).__name__}: {error}") from error
        buffer[: len(read)] = read
        self.at += len(read)
        return len(read)
