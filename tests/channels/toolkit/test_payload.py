"""Bytes as broken and hostile senders send them."""

import gzip
import zlib

import pytest

from apps.channels.toolkit.payload import Refused, inflate, parse

LARGEST = 1000


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
        ('{"a": 1}'.encode("utf-16"), "bad_text"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep"),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(body, code):
    assert refusal(parse, body) == (400, code)


def test_gzip_and_deflate_are_undone():
    assert inflate(gzip.compress(b"hello"), "gzip", LARGEST) == b"hello"
    assert inflate(zlib.compress(b"hello"), "deflate", LARGEST) == b"hello"
    assert inflate(b"hello", "", LARGEST) == b"hello"


def test_a_bomb_is_defused():
    assert refusal(inflate, gzip.compress(b"0" * 50_000_000), "gzip", LARGEST) == (413, "too_large")


def test_the_largest_body_allowed_is_allowed():
    assert inflate(gzip.compress(b"0" * LARGEST), "gzip", LARGEST) == b"0" * LARGEST
    assert refusal(inflate, b"0" * (LARGEST + 1), "", LARGEST) == (413, "too_large")


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"hello", mtime=0)[:-9], b""])
def test_broken_compression_is_a_bad_request(body):
    assert refusal(inflate, body, "gzip", LARGEST) == (400, "bad_encoding")


def test_an_unknown_encoding_is_unsupported():
    assert refusal(inflate, b"hello", "br", LARGEST) == (415, "unsupported_encoding")
