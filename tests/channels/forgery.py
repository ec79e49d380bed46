"""Requests nobody should send, made of requests somebody does: broken, absurd, or forged. Always the same ones."""

import base64
import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

import orjson

from tests.channels.samples import Call

ABSURD: list[Any] = [
    None, True, -1, 0, 1e300, 10**30, "", " ", "x" * 10_000, "\x00a\ud800", "null", "guest", "infinity", "-0",
    "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "=HYPERLINK(1)", "<script>", [], {},
    [[]], [None], {"a": {"b": []}}, [{"a": 1}], "\u202e\u0301" * 40, "%00%ff", 99999999999999,
]  # fmt: skip

# What is no event of anybody's, however it is signed. Names are for the test's title.
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "a space": b" ",
    "cut off": b'{"id": "1", "type": "ord',
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "objects too deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep but readable": b'{"a":' * 300 + b"1" + b"}" * 300,
    "a number of 5000 digits": b'{"id": %b}' % (b"9" * 5000),
    "just a number of 5000 digits": b"9" * 5000,
    "not a number": b'{"id": NaN, "amount": Infinity}',
    "beyond any float": b'{"id": 1e400, "amount": -1e400}',
    "the same key twice": b'{"id": "1", "id": "2", "type": "a", "type": "b"}',
    "UTF-16": '{"id": "1"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"id": "1"}',
    "invalid UTF-8": b'{"id": "\xff\xfe"}',
    "NUL": b'{"id": "1\\u0000", "type": "\\u0000"}',
    "raw NUL": b'\x00\x00{"id": "1"}\x00',
    "half a surrogate pair": b'{"id": "\\ud800", "email": "\\udfff@shop.example"}',
    "null": b"null",
    "true": b"true",
    "a word": b'"order"',
    "a list": b"[]",
    "a list of everything": b'[null, 1, "a", [], {}, {"id": []}]',
    "an empty object": b"{}",
    "objects for texts": b'{"id": {}, "type": [], "event": {"a": 1}, "data": 7, "object": null, "batch": {}}',
    "lists of null": b'{"data": [null], "batch": [null], "entry": [null], "events": [null], "records": [[]]}',
    "a form": b"a=1&b=&=&%ff=%00&cdr=%7B&data=!!!",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "entities within entities": b'<!DOCTYPE a [<!ENTITY b "1"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "an outside entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "one long line": b"a," * 500_000,
    "formulas": b'=1+1,"@x",-2\n=cmd|1,2,3\n',
}


def absurdities(body: bytes, content_type: str, seed: int, most: int = 250) -> Iterator[bytes]:
    """The body with one value at a time replaced, or left out: every place, with values that suit no place."""
    chance = random.Random(seed)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    if isinstance(value, dict | list):
        yield from _in_json(value, chance, most)
    elif "form" in content_type:
        yield from _in_form(parse_qsl(body.decode(), keep_blank_values=True), chance)
    else:
        yield from _in_text(body, chance, most)


def _in_json(value: Any, chance: random.Random, most: int) -> Iterator[bytes]:
    chosen = list(places(value))
    chance.shuffle(chosen)
    for place in chosen[: most // 4]:
        for absurd in chance.sample(ABSURD, 3):
            yield json.dumps(replaced(value, place, absurd)).encode()
        yield json.dumps(removed(value, place)).encode()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], absurd: Any) -> Any:
    if not path:
        return absurd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], absurd)
    return copy


def removed(value: Any, path: tuple[Any, ...]) -> Any:
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = removed(value[path[0]], path[1:])
    return copy


def _in_form(pairs: list[tuple[str, str]], chance: random.Random) -> Iterator[bytes]:
    for index, (name, value) in enumerate(pairs):
        rest = pairs[:index] + pairs[index + 1 :]
        yield urlencode(rest).encode()
        texts = [absurd for absurd in ABSURD if isinstance(absurd, str) and "\ud800" not in absurd]
        for absurd in chance.sample(texts, 4):
            yield urlencode([*rest, (name, absurd)]).encode()
        if value.startswith(("{", "[")):
            for inside in absurdities(value.encode(), "", chance.randrange(1000), 80):
                yield urlencode([*rest, (name, inside.decode())]).encode()


def _in_text(body: bytes, chance: random.Random, most: int) -> Iterator[bytes]:
    """CSV, XML, OFX: bytes swapped, dropped, doubled; the rest missing."""
    for _time in range(min(most, 120) if body else 0):
        at, length = chance.randrange(len(body)), chance.randrange(1, 12)
        filling = chance.choice([b"", b"\x00", b"\xff\xfe", b"9" * 40, b"x" * 300, b",", b"<", b">", b'"', b"\n", b"&"])
        yield body[:at] + filling + body[at + length :]
    yield body[: len(body) // 2]


# forged requests
TOKEN = re.compile(r"[A-Za-z0-9]")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def forged_headers(call: Call, names: Sequence[str], chance: random.Random) -> Call:
    """The call with one of its credentials changed: a letter or more, cut off, emptied, left out, made absurd."""
    name = chance.choice(names)
    value = call.headers[name]
    way = chance.randrange(8)
    if way == 0:
        return replace(call, headers={key: one for key, one in call.headers.items() if key != name})
    if way == 1:
        value = chance.choice(
            ["", " ", ",", "=", "é", "\x00", "v1,", "t=,v1=", "sha256=", "Bearer", "Basic !", "x" * 5000]
        )
    elif way == 2:
        value = value[: chance.randrange(len(value))]
    else:
        for _time in range(chance.choice([1, 1, 2, 5, 40])):
            value = _misspelt(value, chance)
    return replace(call, headers={**call.headers, name: value})


def _misspelt(text: str, chance: random.Random) -> str:
    """Another letter or digit in place of one, and not only in another case."""
    letters = [place for place, letter in enumerate(text) if TOKEN.match(letter)]
    if not letters:
        return text + "x"
    place = chance.choice(letters)
    return text[:place] + chance.choice(LETTERS.replace(text[place].lower(), "")) + text[place + 1 :]


def forged_body(call: Call, chance: random.Random) -> Call:
    """The call with its body changed somewhere, under the signature of what it was."""
    body = bytearray(call.body)
    for _time in range(chance.choice([1, 1, 1, 3, 20])):
        at = chance.randrange(len(body) + 1)
        way = chance.randrange(4)
        if way == 0:
            body[at:at] = bytes([chance.randrange(256)])
        elif way == 1:
            del body[at : at + chance.randrange(1, 9)]
        elif body:
            body[min(at, len(body) - 1)] ^= 1 << chance.randrange(8)
    return replace(call, body=bytes(body))


def forged_secret(call: Call, secret: str, chance: random.Random) -> Call:
    """The call as somebody sends it who knows a secret that is nearly right, wherever the call shows it."""
    guess = _misspelt(secret, chance) if chance.randrange(4) else secret[: chance.randrange(len(secret))]
    headers = {name: _retold(value.encode(), secret, guess).decode() for name, value in call.headers.items()}
    return replace(call, headers=headers, path=call.path.replace(secret, guess), body=_retold(call.body, secret, guess))


def _retold(told: bytes, secret: str, guess: str) -> bytes:
    """With the guess for the secret, also inside gzip, base64 and forms."""
    if told.startswith(b"\x1f\x8b"):
        return gzip.compress(_retold(gzip.decompress(told), secret, guess), mtime=0)
    for before in (b"data=", b"Basic "):
        if told.startswith(before):
            inside = _retold(base64.b64decode(unquote_to_bytes(told.removeprefix(before))), secret, guess)
            coded = base64.b64encode(inside)
            return before + (quote(coded).encode() if before == b"data=" else coded)
    return told.replace(secret.encode(), guess.encode())


def is_the_same(one: Call, other: Call) -> bool:
    """Whether both say the same, written differently: there is nothing forged about that."""
    if one == other:
        return True
    if one.headers != other.headers or one.path != other.path or "form" not in one.content_type:
        return False
    first, second = (sorted(parse_qsl(call.body.decode("latin-1"))) for call in (one, other))
    return first == second
