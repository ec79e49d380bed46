"""What is text goes out compressed, what is not does not, and its length says nothing about a secret in it."""

import gzip
import json
import os
import time
from pathlib import Path

import brotli
import pytest
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from apps.foundation.compression import PageCompression, compressed

WORDS = "The parcel is late, and nobody has called. " * 200


def answered(response, accepts="gzip, br"):
    return PageCompression(lambda request: response)(RequestFactory().get("/", headers={"Accept-Encoding": accepts}))


@pytest.mark.parametrize("response", [HttpResponse(WORDS), JsonResponse({"words": WORDS})])
def test_a_page_is_a_fraction_of_itself(response):
    plain = response.content
    sent = answered(response)
    assert (sent["Content-Encoding"], gzip.decompress(sent.content)) == ("gzip", plain)
    assert len(sent.content) < len(plain) / 10
    assert "Accept-Encoding" in sent["Vary"]


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(WORDS, content_type="image/png"),
        HttpResponse("short"),
        StreamingHttpResponse(iter([WORDS])),
        FileResponse(iter([WORDS.encode()]), content_type="text/plain"),
    ],
)
def test_what_is_no_text_short_or_streamed_is_left_alone(response):
    assert "Content-Encoding" not in answered(response)


def test_a_browser_that_takes_none_gets_none():
    assert "Content-Encoding" not in answered(HttpResponse(WORDS), accepts="")


def test_the_length_of_one_page_varies():
    assert len({len(answered(HttpResponse(WORDS)).content) for _time in range(40)}) > 5


def test_a_file_is_compressed_once_and_anew_when_it_changes(tmp_path):
    file, folder = tmp_path / "a.css", tmp_path / "made"
    file.write_text(WORDS)
    made = compressed(file, folder)
    readers = {"br": brotli.decompress, "gzip": gzip.decompress}
    read = {name: readers[name](Path(place).read_bytes()).decode() for name, place in made.items()}
    assert read == {"br": WORDS, "gzip": WORDS}
    times = [os.stat(place).st_mtime_ns for place in made.values()]
    assert compressed(file, folder) == made
    assert [os.stat(place).st_mtime_ns for place in made.values()] == times
    file.write_text(WORDS + "more")
    assert set(compressed(file, folder).values()).isdisjoint(made.values())
    assert len(list(folder.iterdir())) == 4


def test_a_short_file_has_no_other_form(tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    assert compressed(tmp_path / "a.css", tmp_path / "made") == {}


@pytest.mark.parametrize(("accepts", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None)])
def test_the_style_sheet_comes_as_the_browser_likes_it_best(client, accepts, encoding):
    response = client.get("/static/desktop/desk.css", headers={"Accept-Encoding": accepts})
    plain = client.get("/static/desktop/desk.css").getvalue()
    sent = response.getvalue()
    assert response.get("Content-Encoding") == encoding
    assert int(response["Content-Length"]) == len(sent)
    assert "Accept-Encoding" in response["Vary"]
    if encoding:
        assert {"br": brotli.decompress, "gzip": gzip.decompress}[encoding](sent) == plain
        assert len(sent) < len(plain) / 4


def test_what_a_page_costs_is_a_millisecond_or_two(record_property):
    page = json.dumps([{"entry": number, "words": WORDS[: number % 300]} for number in range(600)])  # some 100 kB
    began = time.process_time()
    for _time in range(10):
        sent = answered(HttpResponse(page))
    took = (time.process_time() - began) / 10
    record_property("compression", f"{len(page)} -> {len(sent.content)} bytes, {took * 1000:.1f} ms")
    assert took < 0.02
