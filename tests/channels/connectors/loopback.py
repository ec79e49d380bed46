"""A provider's HTTP API on loopback, for the time of a test. What it says is up to the test."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any, Mapping[str, str]]  # status, JSON value or text of an HTML page, headers
Answering = Callable[[str, dict[str, str], Mapping[str, str]], Answer]  # of path, query and headers


class Handler(BaseHTTPRequestHandler):
    answering: Answering

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        code, told, headers = type(self).answering(parts.path, query, self.headers)
        page = isinstance(told, str)
        body = told.encode() if isinstance(told, str) else json.dumps(told).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/html" if page else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Quiet."""


@contextmanager
def serving(answering: Answering) -> Iterator[str]:
    """The address of a server that answers so, without a slash at its end."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"answering": staticmethod(answering)}))
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
