"""What a person reads on a page, taken from its HTML."""

import json
import re
from html import unescape
from html.parser import HTMLParser

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.caches import as_committed

TITLE = re.compile(r"<h3[^>]*>.*?<bdi>(.*?)</bdi></h3>", re.DOTALL)


def html(response):
    return response.content.decode()


def titles(response):
    """Titles of the entries, as they stand."""
    return [unescape(title) for title in TITLE.findall(html(response))]


def places(response):
    return [int(place) for place in re.findall(r'aria-posinset="(\d+)"', html(response))]


def days(response):
    return re.findall(r'<h2 class="day"><span>(.*?)</span>', html(response))


def older(response):
    """The address of the entries before these, or None where the story begins."""
    found = re.search(r'class="older"[^>]*\shx-get="([^"]+)"', html(response))
    return unescape(found[1]) if found else None


def notice(response):
    """What is said about entries this role does not see."""
    found = re.search(r'<p class="notice">.*?</svg>(.*?)</p>', html(response), re.DOTALL)
    return found[1].strip() if found else None


def triggers(response):
    """The events an answer makes the page hear, with what they carry."""
    said = response["HX-Trigger"]
    return json.loads(said) if said.startswith("{") else {name: {} for name in said.split(", ")}


def kept_toast(client):
    """What the next whole page will say."""
    return client.session.get("toast")


def queries(client, url, **headers):
    """How many questions the page asks the database, once what is cached is known; planning one is none."""
    as_committed()
    client.get(url, headers=headers)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url, headers=headers).status_code == 200
    return sum(not query["sql"].startswith("PREPARE ") for query in asked.captured_queries)


class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse, and what htmx would evaluate."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")) or (value or "").startswith(("js:", "javascript:")):
                self.found.append(f"{tag} {name}")


def inline(response):
    return Inline(html(response)).found
