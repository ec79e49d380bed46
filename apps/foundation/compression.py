"""What is text goes out compressed: pages as they are made, static files once."""

import gzip
import os
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest  # noqa: TID251 - what a middleware takes
from django.http.response import HttpResponse, HttpResponseBase  # noqa: TID251
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")
SUFFIXES = (".css", ".js", ".mjs", ".svg", ".json", ".txt", ".html")
SHORTEST = 500  # bytes; below it nothing is gained
MAKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=9),
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}


class PageCompression(GZipMiddleware):
    """Django's, which gives what it compresses a random length more, so that its length says nothing about a secret in
    it (BREACH). Only text, and nothing that is streamed: files are what they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        text = response.headers.get("Content-Type", "").startswith(TEXTS)
        if not isinstance(response, HttpResponse) or not text or len(response.content) < SHORTEST:
            return response
        return super().process_response(request, response)


class CompressedFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Static files, also as brotli and gzip. These are made by the first process that serves them and kept beside the
    data: there is no step to forget, and the next process finds them."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        plain = super().get_static_file(path, url, stat_cache)
        if self.autorefresh or not path.endswith(SUFFIXES):
            return plain
        headers = next(headers for _accepted, place, headers in plain.alternatives if place == path)
        return StaticFile(path, headers, encodings=compressed(Path(path), settings.DATA_DIR / "compressed"))


def compressed(path: Path, folder: Path) -> dict[str, str]:
    """Where the file lies compressed, by encoding. One that has changed is another one."""
    stat = path.stat()
    if stat.st_size < SHORTEST:
        return {}
    name = sha256(f"{path}|{stat.st_size}|{stat.st_mtime_ns}".encode()).hexdigest()[:32]
    made = {encoding: folder / f"{name}.{encoding}" for encoding in MAKERS}
    for encoding, place in made.items():
        if not place.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fresh = place.with_suffix(f".{os.getpid()}")  # several processes may do so at once
            fresh.write_bytes(MAKERS[encoding](path.read_bytes()))
            fresh.replace(place)
    return {encoding: str(place) for encoding, place in made.items()}
