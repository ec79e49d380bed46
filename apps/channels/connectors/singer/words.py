"""The last words of a tap that failed, fit to be shown: without its log's trimmings and without a secret."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from apps.foundation.masking import mask, storable

HIDDEN = "•••"
SECRET = re.compile(r"pass|secret|token|key|credential|auth|pwd|private|dsn|cookie", re.IGNORECASE)
IN_URL = re.compile(r"(\w+://[^\s:/@]*:)\S+@")  # passwords may have any of these signs themselves
LEVEL = re.compile(r"^(?:time=.*?|[\d\-:,.TZ ]*)?(?:name=\S+ )?(?:level=)?(?:CRITICAL|ERROR|FATAL)\b[:\s]*", re.I)
MESSAGE = re.compile(r"^(?:name=\S+ )?message=")
RAISED = re.compile(r"^[\w.]*(?:Error|Exception|Failure|Denied|Refused|Timeout)\b.*")
SHORTEST = 4  # characters of a secret; anything shorter would be found in every sentence
LONGEST = 400


def last_words(said: Iterable[bytes], config: Mapping[str, Any], secrets: Mapping[str, Any]) -> str:
    """What a tap says went wrong: its last exception or complaint, else its last line."""
    lines = [line.decode(errors="replace").strip() for line in said]
    lines = [line for line in lines if line]
    chosen = next((line for line in reversed(lines) if RAISED.match(line) or LEVEL.match(line)), "")
    plain = MESSAGE.sub("", LEVEL.sub("", chosen or (lines[-1] if lines else "")))
    return mask(storable(scrub(plain, config, secrets)))[:LONGEST]


def scrub(text: str, config: Mapping[str, Any], secrets: Mapping[str, Any]) -> str:
    """Without any secret, however it is written."""
    known = {*_texts(secrets), *_texts({name: value for name, value in config.items() if SECRET.search(str(name))})}
    spelled = {
        way
        for secret in known
        for way in (secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], secret[::-1])
    }
    for spelling in sorted(spelled, key=len, reverse=True):
        if len(spelling) >= SHORTEST:
            text = text.replace(spelling, HIDDEN)
    return IN_URL.sub(rf"\1{HIDDEN}@", text)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        yield from (line.strip() for line in value.splitlines())  # a private key is logged line by line
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
