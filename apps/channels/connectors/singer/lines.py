"""What a tap prints, line by line, within bounds: a line may be long, late, or never end."""

import os
import selectors
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import IO

from apps.channels.contract import Unavailable

LONGEST = 1024 * 1024  # bytes of a line that is read
ENDLESS = 64 * LONGEST  # bytes after which a line has no end
CHUNK = 1 << 16
SILENCE = 15.0  # seconds without a word after which the reader is told that nothing is known yet
BEGINNING = 2000  # bytes that are kept of a line that is too long
LAST_WORDS = 40  # lines


@dataclass(frozen=True, slots=True)
class TooLong:
    """A line nobody will read to its end."""

    beginning: bytes
    size: int


@dataclass(slots=True)
class Begun:
    """A line whose end has not come yet. Of one that is too long only the beginning is held."""

    longest: int
    held: bytearray = field(default_factory=bytearray)
    size: int = 0

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size <= self.longest:
            self.held += part
        else:
            del self.held[BEGINNING:]
            self.held += part[: BEGINNING - len(self.held)]

    def end(self) -> bytes | TooLong:
        line, self.held, size, self.size = bytes(self.held), bytearray(), self.size, 0
        return line if size <= self.longest else TooLong(line, size)


class Lines:
    """The lines of a running tap. `errors` holds the last it said on its other channel."""

    def __init__(self, process: subprocess.Popen[bytes], *, longest: float, longest_line: int = LONGEST) -> None:
        if process.stdout is None or process.stderr is None:
            raise ValueError("Both its channels must be pipes.")
        self.process, self.stdout, self.until = process, process.stdout, monotonic() + longest
        self.longest_line = longest_line
        self.errors: deque[bytes] = deque(maxlen=LAST_WORDS)
        self._listener = threading.Thread(target=self._listen, args=(process.stderr,), daemon=True)
        self._listener.start()

    def __iter__(self) -> Iterator[bytes | TooLong | None]:
        """None after a while of silence. Ends with the output. Raises Unavailable for a tap that takes too long."""
        begun = Begun(self.longest_line)
        for chunk in self._chunks():
            if chunk is None:
                yield None
                continue
            *ended, rest = chunk.split(b"\n")
            for part in ended:
                begun.add(part)
                yield begun.end()
            begun.add(rest)
            if begun.size > ENDLESS:
                raise Unavailable("The tap writes a line without an end.")
        if begun.size:
            yield begun.end()

    def _chunks(self) -> Iterator[bytes | None]:
        with selectors.DefaultSelector() as selector:
            selector.register(self.stdout, selectors.EVENT_READ)
            while True:
                patience = self.until - monotonic()
                if patience <= 0:
                    raise Unavailable("The tap takes too long.")
                if not selector.select(min(SILENCE, patience)):
                    yield None
                    continue
                chunk = os.read(self.stdout.fileno(), CHUNK)
                if not chunk:
                    return
                yield chunk

    def status(self) -> int:
        """How the tap ended, once its output has. One that stays on afterwards is a failure."""
        try:
            status = self.process.wait(5)
        except subprocess.TimeoutExpired:
            return -1
        self._listener.join(2)
        return status

    def _listen(self, stderr: IO[bytes]) -> None:
        """It must be read, or the tap stops when the pipe is full."""
        try:
            while line := stderr.readline(CHUNK):
                self.errors.append(line)
        except (OSError, ValueError):
            return  # closed
