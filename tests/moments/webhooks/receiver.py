"""Another system's end of a webhook: a real HTTP server on loopback that proves what it gets and fails as told."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from standardwebhooks.webhooks import Webhook


class Got(NamedTuple):
    """One request. `event` is its body as the specification's own library read it."""

    identity: str
    event: dict
    signatures: list[str]
    headers: dict
    path: str


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Whoever called may have hung up."""


class Receiver:
    """`answers` are used up one a request, then `usual`: a status, or (status, headers, body). `secret` is whom it
    believes; `got` is what it believed, `refused` counts what it did not. `hold` is how long it takes, in seconds; with
    `meet` nobody is answered before so many are there."""

    def __init__(self, secret):
        self.secret, self.got, self.refused, self.paths = secret, [], 0, []
        self.answers, self.usual, self.hold, self.meet = [], 200, 0.0, None
        self.under_way, self.most = 0, 0
        self._lock = threading.Lock()
        handler = type("Served", (Handler,), {"receiver": self})
        self.server = Quiet(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def types(self):
        return [one.event["type"] for one in self.got]

    def takes(self, path, body, headers):
        """Whether the request is believed; kept if so."""
        self.paths.append(path)
        try:
            event = Webhook(self.secret).verify(body, dict(headers))
        except Exception:
            self.refused += 1
            return False
        signatures = headers["webhook-signature"].split(" ")
        self.got.append(Got(headers["webhook-id"], event, signatures, dict(headers), path))
        return True

    def __enter__(self):
        with self._lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)

    def __exit__(self, *_exception):
        with self._lock:
            self.under_way -= 1


class Handler(BaseHTTPRequestHandler):
    receiver = None
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        receiver = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver:
            if receiver.meet:
                receiver.meet.wait(10)
            time.sleep(receiver.hold)
            believed = receiver.takes(self.path, body, self.headers)
        answer = receiver.answers.pop(0) if receiver.answers else receiver.usual
        status, headers, said = answer if isinstance(answer, tuple) else (answer, {}, b"thank you")
        self.send_response(status if believed else 401)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments):
        """Quiet."""
