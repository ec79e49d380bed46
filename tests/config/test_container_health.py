"""Whether the web server of a container lives, asked in a name it answers to."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.launch.health import main


@pytest.fixture
def neighbour():
    """`neighbour.status` is what it answers; `neighbour.hosts` what it was called by."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            server.hosts.append(self.headers["Host"])
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.status, server.hosts = 200, []
    server.address = f"http://127.0.0.1:{server.server_port}/healthz"
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("named", "host"),
    [
        ("desk.example.com, other", "desk.example.com"),
        (".example.com", "example.com"),
        ("*", "localhost"),
        ("", "localhost"),
    ],
)
def test_it_asks_in_the_first_name_people_use(neighbour, monkeypatch, named, host):
    monkeypatch.setenv("KLATSCH_HOSTS", named)
    assert main(neighbour.address) == 0
    assert neighbour.hosts == [host]


def test_a_server_that_is_unwell_or_not_there_is_told(neighbour):
    neighbour.status = 503
    assert main(neighbour.address) == 1
    assert main("http://127.0.0.1:1/healthz") == 1
