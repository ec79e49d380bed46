"""Asking providers: where requests may go, what becomes of odd answers, and how often we ask."""

import gzip
import http.server
import socket
import ssl
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from apps.channels.contract import Denied, SourceFacts, Throttled, Unavailable
from apps.channels.toolkit.http.session import PacedSession, ask, understood
from apps.foundation.network import addresses
from apps.foundation.network import session as guarded
from apps.foundation.network.session import retry_after

UNSAVED = SourceFacts(pk=0, slug="shop", kind="segment")  # no bucket, no database
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
INSIDE = [
    "127.0.0.1", "127.8.9.1", "localhost", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0",
]  # fmt: skip
OUTSIDE = ["93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


def in_url(host):
    return f"http://[{host}]/x" if ":" in host else f"http://{host}/x"


@pytest.fixture
def names(monkeypatch):
    """Names that resolve to what the test says, one answer after the other; the last one stays. Addresses are real."""
    table, asked, real = {}, Counter(), socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host not in table:
            return real(host, port, *args, **kwargs)
        asked[host] += 1
        answers = table[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in answer.split()]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    table["asked"] = asked
    return table


@contextmanager
def provider(answer, secured=None):
    """A server whose every GET is `answer(handler)`, under TLS with the context `secured`; gives its port and the
    requests it got."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append((self.path, dict(self.headers)))
            answer(self)

        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_arguments: None  # a caller that hangs up
    if secured:
        server.socket = secured.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def saying(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def loopback_allowed(settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8"]


def asking(answer, **options):
    """What `ask` makes of such an answer."""
    with provider(answer) as (port, _heard):
        return ask(PacedSession(UNSAVED), f"http://127.0.0.1:{port}/orders", **options)


# where requests may go
@pytest.mark.parametrize("host", INSIDE)
def test_no_address_inside_is_called(host, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_arguments: pytest.fail("it connected"))
    with pytest.raises(Denied, match="KLATSCH_PRIVATE_PEERS"):
        addresses.reachable(host, 80)
    with pytest.raises(Denied, match="KLATSCH_PRIVATE_PEERS"):
        PacedSession(UNSAVED).get(in_url(host))


@pytest.mark.parametrize("host", OUTSIDE)
def test_public_addresses_may_be_called(host):
    assert addresses.reachable(host, 443) == host


def test_of_several_addresses_one_of_ipv4_is_called(names, settings):
    settings.PRIVATE_PEERS = ["127.0.0.0/8", "::1/128"]
    names["both.example"] = ["::1 127.0.0.1 127.0.0.2"]
    assert addresses.reachable("both.example", 80) == "127.0.0.1"
    names["inside.example"] = ["2606:2800:21f:cb07:6820:80da:af6b:8b2c 10.0.0.1"]
    with pytest.raises(Denied):
        addresses.reachable("inside.example", 80)


def test_a_name_that_leads_inside_is_refused(names):
    names["inside.example"] = ["10.0.0.5"]
    with pytest.raises(Denied):
        PacedSession(UNSAVED).get("https://inside.example/")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_is_resolved_once_and_that_address_is_called(names, monkeypatch, scheme):
    """A name that changes its mind between the look and the call gains nothing."""
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: called.append(address) or refuse())
    names["rebinding.example"] = ["93.184.215.14", "127.0.0.1"]
    with pytest.raises(Unavailable):
        PacedSession(UNSAVED).get(f"{scheme}://rebinding.example/")
    assert {address[0] for address in called} == {"93.184.215.14"}
    assert names["asked"]["rebinding.example"] == 1


def refuse():
    raise ConnectionRefusedError("refused")


def test_a_private_peer_that_changes_its_mind_gains_nothing(names, settings, monkeypatch):
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: called.append(address) or refuse())
    settings.PRIVATE_PEERS = ["10.1.0.0/16"]
    names["rebinding.example"] = ["10.1.2.3", "169.254.169.254"]
    with pytest.raises(Unavailable):
        PacedSession(UNSAVED).get("http://rebinding.example/")
    assert {address[0] for address in called} == {"10.1.2.3"}
    names["rebinding.example"] = ["10.1.2.3", "169.254.169.254"]
    assert addresses.reachable("rebinding.example", 80) == "10.1.2.3"


def test_a_private_peer_is_called_where_it_is_allowed_under_its_own_name(names, loopback_allowed):
    names["crm.example"] = ["127.0.0.1"]
    with provider(saying(200, b'{"a": 1}')) as (port, heard):
        session = PacedSession(UNSAVED)
        session.headers["Authorization"] = "Bearer token"
        assert ask(session, f"http://crm.example:{port}/orders", params={"page": 2}) == {"a": 1}
    ((path, headers),) = heard
    assert (path, headers["Host"], headers["Authorization"]) == (
        "/orders?page=2",
        f"crm.example:{port}",
        "Bearer token",
    )
    assert headers["User-Agent"] == "Klatsch"


@pytest.mark.parametrize("inside", ["10.0.0.1", "127.0.0.2", "::ffff:10.0.0.1"])
def test_what_is_allowed_is_that_network_alone(settings, inside):
    settings.PRIVATE_PEERS = ["127.0.0.1/32", "::1/128"]
    with pytest.raises(Denied):
        addresses.reachable(inside, 80)
    assert addresses.reachable("127.0.0.1", 80) == "127.0.0.1"
    assert addresses.reachable("::ffff:127.0.0.1", 80) == "127.0.0.1"
    assert addresses.reachable("::1", 80) == "::1"


def test_a_proxy_of_the_environment_and_a_netrc_have_no_say(monkeypatch, tmp_path, loopback_allowed):
    """A proxy would look names up for itself, past everything that was checked here."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login anna password secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with provider(saying(200, b"{}")) as (port, heard):
        assert ask(PacedSession(UNSAVED), f"http://127.0.0.1:{port}/") == {}
    assert "Authorization" not in heard[0][1]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://shop.example/x", "shop.example", "http://", "gopher://x:70/_"]
)
def test_what_is_no_web_address_is_denied(url):
    with pytest.raises(Denied, match="no address"):
        PacedSession(UNSAVED).get(url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("told", [{}, {"allow_redirects": True}], ids=["by default", "although told to"])
def test_a_redirect_is_not_followed(loopback_allowed, status, told):
    with provider(saying(status, Location="http://169.254.169.254/latest?token=x")) as (port, heard):
        answer = PacedSession(UNSAVED).get(f"http://127.0.0.1:{port}/", **told)
        assert (answer.status_code, len(heard)) == (status, 1)
        with pytest.raises(Denied, match=rf"HTTP {status}: http://169\.254\.169\.254/latest$"):
            understood(answer)


@pytest.fixture
def certificate(tmp_path):
    """A certificate of `crm.example`, as a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "crm.example")])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("crm.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    held = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "both.pem").write_bytes(built.public_bytes(Encoding.PEM) + key.private_bytes(*held))
    return tmp_path / "both.pem"


def test_a_certificate_is_that_of_the_host_and_not_of_its_address(names, loopback_allowed, certificate):
    names["crm.example"] = names["other.example"] = ["127.0.0.1"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with provider(saying(200, b"{}"), context) as (port, heard):
        session = PacedSession(UNSAVED)
        session.verify = str(certificate)
        assert ask(session, f"https://crm.example:{port}/") == {}
        for wrong in ("other.example", "127.0.0.1"):
            with pytest.raises(Unavailable, match=r"mismatch|doesn't match|not valid for"):
                session.get(f"https://{wrong}:{port}/")
        with pytest.raises(Unavailable, match="certificate"):
            PacedSession(UNSAVED).get(f"https://crm.example:{port}/")
    assert len(heard) == 1


# what becomes of answers
@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_that_asks_us_to_wait_says_how_long(loopback_allowed, status):
    with pytest.raises(Throttled, match="slow down") as waiting:
        asking(saying(status, b"slow down", Retry_After="7"))
    assert waiting.value.seconds == 7
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    with pytest.raises(Throttled) as waiting:
        asking(saying(status, b"", Retry_After=at))
    assert 80 < waiting.value.seconds <= 90


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("", 0), ("soon", 0), ("-5", 0), ("1.5", 0), ("9" * 400, 999_999_999), ("²", 0),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60), ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Monday, 02-Mar-26 12:01:00 GMT", 60), ("Mon, 02 Mar 2026 12:01:00", 0), ("Mon, 99 Mar 2026 12:01:00 GMT", 0),
    ],
)  # fmt: skip
def test_both_forms_of_retry_after_are_read(value, seconds):
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "failure", "said"),
    [
        (401, b"token expired", Denied, "HTTP 401: token expired"),
        (404, b"no such shop", Denied, "HTTP 404: no such shop"),
        (500, b"", Unavailable, "HTTP 500"),
        (503, b"back soon", Unavailable, "HTTP 503: back soon"),
        (408, b"", Unavailable, "HTTP 408"),
        (200, b"<!doctype html><title>Sign in</title>", Unavailable, "not JSON: <!doctype html>"),
        (200, b"", Unavailable, "not JSON"),
        (200, b'{"a": ', Unavailable, "not JSON"),
        (200, b"\xff\xfe", Unavailable, "not JSON"),
    ],
    ids=["expired", "gone", "broken", "closed", "slow", "a page", "nothing", "cut off", "no text"],
)
def test_an_answer_that_says_no_is_told_in_the_providers_words(loopback_allowed, status, body, failure, said):
    with pytest.raises(failure, match=said):
        asking(saying(status, body))


def test_an_answer_may_be_large_but_not_endless(loopback_allowed, monkeypatch):
    monkeypatch.setattr(guarded, "LARGEST", 1_000_000)
    assert len(asking(saying(200, b'"' + b"x" * 900_000 + b'"'))) == 900_000
    with pytest.raises(Unavailable, match="more than 1000000 bytes"):
        asking(saying(200, b'"' + b"x" * 1_100_000 + b'"'))
    bomb = gzip.compress(b'"' + b"x" * 5_000_000 + b'"')
    with pytest.raises(Unavailable, match="more than 1000000 bytes"):
        asking(saying(200, bomb, Content_Encoding="gzip"))


def test_an_answer_that_drips_is_given_up(loopback_allowed, monkeypatch):
    monkeypatch.setattr(guarded, "LONGEST_ANSWER", 0.3)

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _part in range(100):
                handler.wfile.write(b" " * 70_000)
                time.sleep(0.05)
        except OSError:
            pass

    started = time.monotonic()
    with pytest.raises(Unavailable, match="took longer"):
        asking(drip)
    assert time.monotonic() - started < 3


def test_a_provider_that_hangs_up_or_says_nothing_is_a_passing_fault(loopback_allowed):
    with pytest.raises(Unavailable):
        asking(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR))
    with pytest.raises(Unavailable, match="timed out"):
        asking(lambda _handler: time.sleep(0.5), timeout=(1, 0.1))
    with pytest.raises(Unavailable):
        PacedSession(UNSAVED).get("https://does-not-exist.invalid/")


def test_no_secret_of_a_query_is_told(loopback_allowed):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="refused") as failure:
            PacedSession(UNSAVED).get(
                f"http://127.0.0.1:{unused.getsockname()[1]}/x", params={"access_token": "secret"}
            )
    assert "secret" not in str(failure.value)


def test_whoever_wants_the_parts_gets_them(loopback_allowed):
    with provider(saying(200, b"one two")) as (port, _heard):
        answer = PacedSession(UNSAVED).get(f"http://127.0.0.1:{port}/", stream=True)
        assert not answer._content_consumed
        assert b"".join(answer.iter_content(3)) == b"one two"


def test_a_session_may_be_used_as_any_other(loopback_allowed):
    with provider(saying(200, b'{"a": 1}')) as (port, heard):
        session = PacedSession(UNSAVED)
        session.auth = requests.auth.HTTPBasicAuth("anna", "secret")
        for _time in range(2):
            answer = session.get(f"http://127.0.0.1:{port}/")
            assert (answer.ok, answer.text, answer.json()) == (True, '{"a": 1}', {"a": 1})
    assert [headers["Authorization"] for _path, headers in heard] == ["Basic YW5uYTpzZWNyZXQ="] * 2
