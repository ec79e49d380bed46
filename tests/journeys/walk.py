"""Doing what a page offers, the way its forms and links do it."""

import json
import re
import uuid
from html import unescape

FRAGMENT = {"HX-Request": "true"}


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def fields_of(text):
    """What the hidden fields and the draft of the composer on this page hold."""
    composer = text.split('id="composer"')[1]
    values = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', composer))
    body = re.search(r'name="body"[^>]*>([^<]*)</textarea>', composer)
    return {"mode": "call", **values, "body": unescape(body[1])}


def log(client, url, **typed):
    """Type into the composer of the page and save."""
    answer = client.post(f"{url}log/", {**fields_of(page(client, url)), **typed}, headers=FRAGMENT)
    assert answer.status_code == 200
    assert "story" in json.loads(answer["HX-Trigger"])
    assert "saved" in json.loads(answer["HX-Trigger-After-Settle"])


def story(client, url):
    """The titles of a customer's story, newest first."""
    titles = re.findall(r"<h3[^>]*>.*?<bdi>(.*?)</bdi></h3>", page(client, url), re.DOTALL)
    return [unescape(title) for title in titles]


def message_id():
    return str(uuid.uuid4())
