"""Undoing what senders compress with, never holding much more than `largest` bytes of the result: a few hundred bytes
may stand for gigabytes. Pure functions.

What is longer comes back cut after `largest`, by at least one byte more, so that whoever asked can tell.
"""

import zlib
from collections.abc import Callable, Mapping

import brotli
import zstandard

GZIP = b"\x1f\x8b"
RAW_DEFLATE = -zlib.MAX_WBITS
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
PIECE = 256  # bytes of Zstandard at a time: each four of them may stand for 128 KB
LARGEST_WINDOW = 128 * 1024 * 1024  # as browsers allow for Zstandard on the web (RFC 9659 says 8 MB)


class Damaged(Exception):
    """It is not what it says, or ends too early. The message is a sentence for people."""


UNREADABLE = "The compressed body cannot be read."
CUT = "The compressed body ends too early."


def _gzip(body: bytes, largest: int) -> bytes:
    """A gzip file may have several members, one after the other."""
    plain = b""
    while True:
        part, rest = _zlib(body, largest - len(plain), GZIP_OR_ZLIB)
        plain += part
        if len(plain) > largest or not rest.startswith(GZIP):
            return plain
        body = rest


def _deflate(body: bytes, largest: int) -> bytes:
    """HTTP's “deflate” has a zlib header by the letter, and none from many a sender. Some say so of gzip."""
    try:
        return _gzip(body, largest)
    except Damaged:
        return _zlib(body, largest, RAW_DEFLATE)[0]


def _zlib(body: bytes, largest: int, bits: int) -> tuple[bytes, bytes]:
    unpacker = zlib.decompressobj(wbits=bits)
    try:
        plain = unpacker.decompress(body, largest + 1)
    except zlib.error:
        raise Damaged(UNREADABLE) from None
    if not unpacker.eof and len(plain) <= largest:
        raise Damaged(CUT)
    return plain, unpacker.unused_data


def _brotli(body: bytes, largest: int) -> bytes:
    unpacker = brotli.Decompressor()
    plain = bytearray()
    try:
        while not unpacker.is_finished() and len(plain) <= largest:
            part = unpacker.process(body, output_buffer_limit=largest + 1 - len(plain))
            if not part and not body:
                raise Damaged(CUT)
            plain += part
            body = b""
    except brotli.error:
        raise Damaged(UNREADABLE) from None
    return bytes(plain)


def _zstandard(body: bytes, largest: int) -> bytes:
    plain, rest = bytearray(), memoryview(body)
    context = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    try:
        while rest and len(plain) <= largest:  # frame by frame
            frame = context.decompressobj()
            while rest and not frame.eof and len(plain) <= largest:
                plain += frame.decompress(rest[:PIECE])
                rest = rest[PIECE:]
            if not frame.eof and len(plain) <= largest:
                raise Damaged(CUT)
            rest = memoryview(frame.unused_data + bytes(rest))
    except zstandard.ZstdError:
        raise Damaged(UNREADABLE) from None
    return bytes(plain)


# By the names of HTTP's Content-Encoding, in lower case.
ENCODINGS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}


def unpack(body: bytes, encoding: str, largest: int) -> bytes:
    """Raises Damaged, and KeyError for an encoding that is none of `ENCODINGS`."""
    if not body:
        raise Damaged(CUT)
    return ENCODINGS[encoding](body, largest)
