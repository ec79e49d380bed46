"""What SDKs hear from us, to the letter."""

import base64
import gzip
import time
import zlib

import brotli
import orjson
import pytest
import zstandard
from django.db import OperationalError

from apps.channels import views
from apps.channels.models import Envelope
from tests.channels.conftest import KEY
from tests.factories.channels import SourceFactory

pytestmark = pytest.mark.django_db
CALLS = ["identify", "track", "page", "screen", "group", "alias", "i", "t", "p", "s", "g", "a"]
EVENT = {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": "e1"}


def answer(response):
    return response.status_code, response.content


def code(response):
    body = orjson.loads(response.content)
    assert sorted(body) == ["code", "message"]
    return response.status_code, body["code"]


SUCCESS = (200, b'{"success": true}')


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_answered_with_exactly_success(post, call, slash):
    assert answer(post(call + slash, {"userId": "u1", "event": "Signed Up", "messageId": "e1"})) == SUCCESS
    kinds = {name[0]: name for name in CALLS[:6]}
    assert Envelope.objects.get().payload["type"] == kinds[call[0]]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("deflate", lambda b: zlib.compress(b)[2:-4]),
    ],
    ids=["br", "zstd", "raw deflate"],
)
def test_a_call_may_be_compressed_as_its_sender_likes(client, encoding, pack):
    SourceFactory(slug="shop", key=KEY)
    body = pack(orjson.dumps({**EVENT, "writeKey": KEY}))
    headers = {"Content-Encoding": encoding}
    assert answer(client.post("/v1/track", body, content_type="application/json", headers=headers)) == SUCCESS
    assert Envelope.objects.get().payload["userId"] == "u1"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [("application/json", "utf-16"), ("application/json", "utf-8-sig"), ("text/plain; charset=iso-8859-1", "latin-1")],
)
def test_a_call_may_be_written_in_another_charset(client, header, encoding):
    SourceFactory(slug="shop", key=KEY)
    text = orjson.dumps({**EVENT, "event": "Größe gewählt", "writeKey": KEY}).decode()
    assert answer(client.generic("POST", "/v1/track", text.encode(encoding), content_type=header)) == SUCCESS
    assert Envelope.objects.get().payload["event"] == "Größe gewählt"


@pytest.mark.parametrize("path", ["batch", "batch/", "b", "b/"])
def test_a_batch_is_stored_before_it_is_acknowledged(post, messages, path):
    events = [{**EVENT, "messageId": f"e{number}"} for number in range(3)]
    assert answer(post(path, {"batch": events, "sentAt": "2026-01-05T09:00:00Z"})) == SUCCESS
    assert Envelope.objects.waiting().count() == 3


def test_what_is_common_to_a_batch_reaches_each_event(post):
    own = {**EVENT, "context": {"page": {"url": "https://shop.example/own"}}}
    post(
        "batch",
        {
            "batch": [own],
            "context": {"ip": "192.0.2.1", "page": {}},
            "integrations": {"All": True},
            "sentAt": "2026-01-05",
        },
    )
    payload = Envelope.objects.get().payload
    assert payload["context"] == {"ip": "192.0.2.1", "page": {"url": "https://shop.example/own"}}
    assert (payload["integrations"], payload["sentAt"]) == ({"All": True}, "2026-01-05")


def test_the_key_may_come_in_the_body(post):
    assert answer(post("track", {**EVENT, "writeKey": KEY}, key="")) == SUCCESS
    assert answer(post("b", {"batch": [], "writeKey": KEY}, key="", Authorization="Bearer token")) == SUCCESS
    assert "writeKey" not in Envelope.objects.get().payload


def test_a_browser_posts_plain_text(post):
    assert answer(post("t", {**EVENT, "writeKey": KEY}, key="", content_type="text/plain")) == SUCCESS


def test_compressed_bodies_are_read(post):
    assert answer(post("track", EVENT, zipped=True)) == SUCCESS
    assert Envelope.objects.get().dedupe_key == "e1"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic w6k=",
        "Basic " + base64.b64encode(b"wrong:").decode(),
        "Bearer shop-key",
        "Digest x",
        "Basic \x00",
    ],
)
def test_without_a_good_key_nothing_is_stored(post, authorization):
    assert code(post("track", EVENT, key="", Authorization=authorization)) == (401, "invalid_write_key")
    assert not Envelope.objects.exists()


def test_a_key_of_another_kind_of_source_opens_nothing(post, shop):
    shop.kind = "imap"
    shop.save()
    assert code(post("track", EVENT)) == (401, "invalid_write_key")


def test_an_inactive_source_takes_nothing(post, shop):
    shop.active = False
    shop.save()
    assert code(post("track", EVENT)) == (401, "invalid_write_key")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "bad_json")),
        (b"{", (400, "bad_json")),
        (b"[]", (400, "bad_body")),
        (b'"text"', (400, "bad_body")),
        (b'{"userId": "\xff"}', (400, "bad_text")),
        (b"[" * 100_000, (400, "too_deep")),
        (b'{"batch": {}}', (400, "bad_batch")),
        (b'{"batch": [%b1]}' % (b"1," * 5000), (413, "too_many")),
        (b'{"batch": "%b"}' % (b"x" * 4 * 1024 * 1024), (413, "too_large")),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_words(post, body, expected):
    assert code(post("batch", body)) == expected
    assert not Envelope.objects.exists()


def test_a_compressed_bomb_is_refused(post):
    assert code(post("batch", gzip.compress(b" " * 60_000_000), **{"Content-Encoding": "gzip"})) == (413, "too_large")
    assert code(post("batch", zlib.compress(b"{}")[:-3], **{"Content-Encoding": "gzip"})) == (400, "bad_encoding")


@pytest.mark.parametrize(
    "bad",
    [
        b'{"type":"track","event":"A\\u0000B\\ud800","userId":"u1","messageId":"e1"}',
        b'{"type":"track","event":"A","userId":"u1","messageId":"e1","properties":{"total":NaN,"x":1e400}}',
        b'{"type":"track","event":"A","userId":"u1","messageId":"e1","n":%b}' % (b"9" * 5000),
        b'{"type":"track","event":"A","userId":"u1","messageId":"e1","timestamp":"infinity"}',
    ],
)
def test_odd_but_readable_events_arrive(post, process_all, bad):
    assert answer(post("batch", b'{"batch":[%b]}' % bad)) == SUCCESS
    assert process_all() == (1, 0)


@pytest.mark.parametrize(
    "bad",
    [
        b"null", b"7", b'"text"', b"[]", b"{}", b'{"type":"track"}', b'{"type":"track","event":{},"userId":"u1"}',
        b'{"type":"nonsense","userId":"u1"}', b'{"type":"track","event":"A","userId":"guest"}',
        b'{"type":"track","event":"A","userId":[1]}', b'{"type":["track"],"userId":"u1"}',
        b'{"type":"track","event":"A","userId":1e300}', b'{"a":' * 300 + b"1" + b"}" * 300,
    ],
)  # fmt: skip
def test_one_bad_event_never_fails_its_batch(post, process_all, bad):
    good = orjson.dumps({**EVENT, "messageId": "good"})
    assert answer(post("batch", b'{"batch":[%b,%b]}' % (bad, good))) == SUCCESS
    assert process_all()[0] == 1
    assert sorted(Envelope.objects.values_list("state", flat=True)) == ["done", "quarantined"]


def test_a_browser_may_ask_before_it_posts(client):
    response = client.options(
        "/v1/t", headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    )
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, "*")
    assert "content-type" in response["Access-Control-Allow-Headers"]


def test_answers_may_be_read_by_a_browser_even_when_they_refuse(post):
    assert post("track", EVENT)["Access-Control-Allow-Origin"] == "*"
    assert post("track", EVENT, key="wrong")["Access-Control-Allow-Origin"] == "*"


def test_events_are_not_fetched(client):
    assert code(client.get("/v1/track")) == (405, "method_not_allowed")


def test_the_workers_are_woken_after_events_and_not_after_refusals(post, monkeypatch):
    rung = []
    monkeypatch.setattr(views.workers, "notify", lambda: rung.append(True))
    post("track", EVENT, key="wrong")
    assert rung == []
    post("track", EVENT)
    assert rung == [True]


def test_without_a_database_the_sender_is_told_to_come_back(post, monkeypatch):
    def fail(*_arguments, **_options):
        raise OperationalError

    monkeypatch.setattr(views, "receive", fail)
    response = post("track", EVENT)
    assert code(response) == (503, "unavailable")
    assert response["Retry-After"] == "1"


def test_collecting_asks_the_database_for_nothing_but_its_own(post, django_assert_num_queries):
    post("track", EVENT)
    with django_assert_num_queries(3):  # savepoint, insert, release
        post("track", {**EVENT, "messageId": "e2"})


@pytest.mark.parametrize(
    "body",
    [
        b"4 " * 400_000,
        b'{"a": "' + b"4 " * 400_000 + b'"}',
        b'{"writeKey": ' * 60_000,
        b'{"writeKey":"x",' * 50_000,
        b"[" * 800_000,
    ],
    ids=["digits", "digits in JSON", "keys without a value", "keys that open nothing", "brackets"],
)
def test_without_a_key_nothing_is_read(client, body):
    """However large the body is, it costs next to nothing to say no; the machine may be busy once or twice."""
    spent = []
    for _time in range(3):
        begun = time.process_time()
        response = client.post("/v1/track", body, content_type="application/json")
        spent.append(time.process_time() - begun)
        assert response.status_code == 401
    assert min(spent) < 0.2


def test_a_key_that_stands_elsewhere_in_the_body_opens_nothing(post):
    assert post("track", {**EVENT, "properties": {"writeKey": KEY}}, key="").status_code == 401
