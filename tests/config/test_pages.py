"""What a page answers leaves its thread at once; what is long leaves as it is made."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.pages import HELD, Pages

SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "http_version": "1.1"}


def answer(*chunks):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield from chunks

    return app


def sent_by(app, heard=lambda message: None):
    sent = []

    async def send(message):
        heard(message)
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def page():
        await Pages(app, workers=1)(SCOPE, receive, send)

    with ThreadPoolExecutor(1) as thread:  # where a browser test has run before, this one has a loop already
        thread.submit(lambda: asyncio.run(page())).result()
    return sent


@pytest.mark.parametrize("chunks", [[], [b"one"], [b"one", b"two"], [b"x" * HELD, b"y", b"z" * HELD * 2, b"end"]])
def test_everything_is_sent_in_order_whatever_its_length(chunks):
    sent = sent_by(answer(*chunks))
    assert sent[0]["status"] == 200
    assert b"".join(message["body"] for message in sent[1:]) == b"".join(chunks)
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * len(chunks) + [False]


def test_a_long_file_is_on_its_way_before_it_has_been_read():
    arrived, at_the_end = [], []

    def app(environ, start_response):
        start_response("200 OK", [])
        for _number in range(20):
            yield b"x" * (HELD + 1)
        at_the_end.append(len(arrived))

    sent_by(app, arrived.append)
    assert at_the_end[0] > 0


def test_what_goes_wrong_is_heard_of_and_nothing_half_is_sent():
    def app(environ, start_response):
        start_response("200 OK", [])
        yield b"half"
        raise LookupError

    sent = []
    with pytest.raises(LookupError):
        sent_by(app, sent.append)
    assert sent == []
