"""Bytes as broken and hostile senders send them."""

import gzip
import tracemalloc
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.channels.toolkit.payload import Refused, charset_of, inflate, parse

LARGEST = 1000
SOME = settings(max_examples=40, deadline=None)


def refusal(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return caught.value.status, caught.value.code


def test_nan_and_infinity_are_read_as_null():
    assert parse(b'{"a": NaN, "b": -Infinity, "c": 1e400}') == {"a": None, "b": None, "c": None}


def test_half_a_surrogate_pair_becomes_a_replacement_character():
    assert parse(rb'{"a": "x\ud800y"}') == {"a": "x\ufffdy"}


def test_a_5000_digit_integer_becomes_text():
    assert parse(b'{"a": %b}' % (b"9" * 5000)) == {"a": "9" * 5000}


def test_a_byte_order_mark_is_skipped():
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_of_duplicate_keys_the_last_counts():
    assert parse(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_json"),
        (b'{"a": ', "bad_json"),
        (b"<html>", "bad_json"),
        (b'{"a": "\xff"}', "bad_text"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep"),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(body, code):
    assert refusal(parse, body) == (400, code)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "utf-8"]
)
def test_encodings_of_json_are_seen(encoding):
    assert parse('{"name": "Zoë Łuksić 🫖"}'.encode(encoding)) == {"name": "Zoë Łuksić 🫖"}


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("application/json; charset=iso-8859-1", b'{"name": "Zo\xeb, 5 \x80"}'),
        ('application/json;charset="Windows-1252"', b'{"name": "Zo\xeb, 5 \x80"}'),
        ("text/json; boundary=x; Charset='latin1'", b'{"name": "Zo\xeb, 5 \x80"}'),
        ("application/json; charset=iso-8859-15", b'{"name": "Zo\xeb, 5 \xa4"}'),
        ("application/json; charset=cp1252", '{"name": "Zoë, 5 €"}'.encode()),
        ("application/json; charset=no-such-thing", '{"name": "Zoë, 5 €"}'.encode()),
    ],
)
def test_a_declared_charset_is_believed_where_utf_8_fails(header, body):
    assert parse(body, charset_of(header)) == {"name": "Zoë, 5 €"}


@pytest.mark.parametrize("charset", ["", "utf-8", "no-such-thing", "base64", "idna", "../etc"])
def test_bytes_of_no_known_charset_are_refused(charset):
    assert refusal(parse, b'{"a": "\xff"}', charset)[0] == 400


PACKED = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def raw_deflate(plain):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush()


@pytest.mark.parametrize("encoding", PACKED)
@given(plain=st.binary(max_size=LARGEST))
@SOME
def test_what_is_compressed_comes_back(encoding, plain):
    assert inflate(PACKED[encoding](plain), encoding, LARGEST) == plain


@given(plain=st.binary(max_size=LARGEST))
@SOME
def test_deflate_without_a_header_comes_back(plain):
    assert inflate(raw_deflate(plain), "deflate", LARGEST) == plain


@pytest.mark.parametrize("encoding", PACKED)
@given(body=st.binary(max_size=200))
@SOME
def test_any_bytes_are_unpacked_or_refused(encoding, body):
    with suppress(Refused):
        assert len(inflate(body, encoding, LARGEST)) <= LARGEST


def test_what_is_not_compressed_stays():
    assert inflate(b"hello", "", LARGEST) == inflate(b"hello", " Identity ", LARGEST) == b"hello"


def test_compressed_twice_is_undone_twice():
    assert inflate(brotli.compress(gzip.compress(b"hello")), "gzip, br", LARGEST) == b"hello"
    assert inflate(gzip.compress(b"hello"), "identity,GZIP", LARGEST) == b"hello"


def test_members_and_frames_follow_each_other():
    assert inflate(gzip.compress(b"hel") + gzip.compress(b"lo"), "gzip", LARGEST) == b"hello"
    assert inflate(PACKED["zstd"](b"hel") + PACKED["zstd"](b"lo"), "zstd", LARGEST) == b"hello"


def test_a_zstandard_frame_without_its_length_is_read():
    packer = zstandard.ZstdCompressor().compressobj()
    assert inflate(packer.compress(b"hello" * 100) + packer.flush(), "zstd", LARGEST) == b"hello" * 100


BOMBS = {name: pack(b" " * 100_000_000) for name, pack in PACKED.items()} | {"raw": raw_deflate(b" " * 100_000_000)}


@pytest.mark.parametrize("bomb", [*BOMBS, "twice"])
def test_a_bomb_is_defused(bomb):
    body = gzip.compress(BOMBS["gzip"]) if bomb == "twice" else BOMBS[bomb]
    encoding = {"raw": "deflate", "twice": "gzip, gzip"}.get(bomb, bomb)
    tracemalloc.start()
    assert refusal(inflate, body, encoding, 200_000) == (413, "too_large")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", PACKED)
def test_the_largest_body_allowed_is_allowed(encoding):
    assert inflate(PACKED[encoding](b"0" * LARGEST), encoding, LARGEST) == b"0" * LARGEST
    assert refusal(inflate, PACKED[encoding](b"0" * (LARGEST + 1)), encoding, LARGEST) == (413, "too_large")
    assert refusal(inflate, b"0" * (LARGEST + 1), "", LARGEST) == (413, "too_large")


@pytest.mark.parametrize("encoding", PACKED)
def test_broken_compression_is_a_bad_request(encoding):
    whole = PACKED[encoding](b"hello, hello and hello again")
    for body in (b"not compressed", whole[:-9], whole[:6], b""):
        assert refusal(inflate, body, encoding, LARGEST) == (400, "bad_encoding")


@pytest.mark.parametrize("encoding", ["compress", "lzma", "gzip, snappy", "x" * 500])
def test_an_unknown_encoding_is_unsupported(encoding):
    assert refusal(inflate, b"hello", encoding, LARGEST) == (415, "unsupported_encoding")
