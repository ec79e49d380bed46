"""An orders API on loopback that misbehaves on demand, and a connector that asks it the way real ones ask theirs.

`GET /orders?since=&until=&cursor=&limit=` answers `{"orders": [...], "next": cursor or null, "total": n}`, in the order
of `updated_at`. Its faults are those providers are known for; each is used up by one request.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from django import forms

from apps.channels.contract import About, EventPage, RawEvent, ReadRange, SecretField, Unintelligible
from apps.channels.toolkit.http.session import PacedSession, ask
from apps.channels.toolkit.people import claim, emails
from apps.foundation.text.dates import instant
from apps.foundation.text.values import words
from apps.interactions.drafts import Draft, InteractionDraft

TOKEN = "orders-token-of-the-test"
KNOWN = frozenset({"id", "email", "updated_at", "total", "note"})


class Provider:
    """The API. `faults` are used up one a request; `asked` are the requests with the second they came."""

    def __init__(self):
        self.orders = []
        self.faults = deque()
        self.asked = []
        self.always = ""  # a fault of every request
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Handler,), {"provider": self}))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def add(self, *ids, at=None, email="", **more):
        """Orders, one a second up to `at` (now)."""
        at = at or datetime.now(UTC)
        for place, name in enumerate(ids):
            updated_at = (at - timedelta(seconds=len(ids) - 1 - place)).isoformat()
            who = email or f"customer-{name}@shop.example"
            self.orders.append({"id": str(name), "email": who, "updated_at": updated_at, "total": 1, **more})
        self.orders.sort(key=lambda order: instant(order["updated_at"]))

    @property
    def ids(self):
        return sorted(order["id"] for order in self.orders)

    def page(self, query, fault):
        since, until = instant(query.get("since", "1990-01-01")), instant(query.get("until", "2100-01-01"))
        limit, start = int(query.get("limit", 50)), int(query.get("cursor", 0))
        wanted = [order for order in self.orders if since <= instant(order["updated_at"]) <= until]
        if fault == "repeat":
            start = max(0, start - limit)
        if fault == "omit":
            start += limit
        end = start + limit
        following = str(end) if end < len(wanted) else None
        if fault == "loop":
            following = query.get("cursor", "0")
        chosen = wanted[start:end]
        return {"orders": chosen[::-1] if fault == "reorder" else chosen, "next": following, "total": len(wanted)}


class Handler(BaseHTTPRequestHandler):
    """Answers, or fails as it is told to: a method for each fault that is none of the page's."""

    provider: Provider
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append((time.monotonic(), query))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.say(401, b'{"error": "This token has been revoked."}')
            return
        fault = self.provider.faults.popleft() if self.provider.faults else self.provider.always
        kind, _, detail = fault.partition(":")
        getattr(self, f"fault_{kind}", self.answer)(detail, query, kind)

    def answer(self, _detail, query, kind):
        self.say(200, json.dumps(self.provider.page(query, kind)).encode())

    def fault_429(self, detail, _query, _kind):
        at = datetime.now(UTC) + timedelta(seconds=float(detail[5:] or 0)) if detail[:5] == "date=" else None
        wait = format_datetime(at, usegmt=True) if at else detail
        self.say(429, b"Too many requests, dear Klatsch.", {"Retry-After": wait} if wait else {})

    def fault_500(self, _detail, _query, _kind):
        self.say(500, b"<h1>Oops</h1>\x00\xff")

    def fault_403(self, detail, _query, _kind):
        self.say(403, detail.encode())

    def fault_html(self, _detail, _query, _kind):
        self.say(200, b"<!doctype html><title>Maintenance</title>", content_type="text/html")

    def fault_truncated(self, _detail, query, kind):
        self.say(200, json.dumps(self.provider.page(query, kind)).encode()[:-20])

    def fault_reset(self, _detail, _query, _kind):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def fault_drip(self, detail, query, kind):
        body = json.dumps(self.provider.page(query, kind)).encode()
        self.begin(200, len(body))
        for byte in body:
            try:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
            except OSError:
                return
            time.sleep(float(detail))

    def say(self, status, body, headers=None, content_type="application/json"):
        self.begin(status, len(body), headers, content_type)
        self.wfile.write(body)

    def begin(self, status, length, headers=None, content_type="application/json"):
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Type": content_type, "Content-Length": length}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def log_message(self, *_words):
        pass


class OrdersForm(forms.Form):
    url = forms.CharField()
    token = SecretField()
    size = forms.IntegerField(required=False)


class Orders:
    """`PullConnector` for `Provider`. The mark of an order that nobody understands is the total -1."""

    about = About(name="Orders", summary="", group="shop", icon="bag", settings_form=OrdersForm, known=KNOWN)
    mended = False  # a newer version understands those too

    def check(self, source):
        return f"{len(list(self.pull(source, ReadRange('orders'))))} pages"

    def streams(self, source):
        self.ask(source, limit=1)
        return ["orders"]

    def ask(self, source, **query):
        session = PacedSession(source)
        session.headers["Authorization"] = f"Bearer {source.settings['token']}"
        return ask(session, f"{source.settings['url']}/orders", params=query)

    def pull(self, source, read_range) -> Iterator[EventPage]:
        """The cursor is `{"v": 1, "since": latest moment, "window": beginning, "next": the provider's own}`."""
        cursor = dict(read_range.cursor or {})
        began = read_range.since or datetime(1990, 1, 1, tzinfo=UTC)
        window = cursor.get("window") or cursor.get("since") or began.isoformat()
        latest, following, done = cursor.get("since") or window, cursor.get("next"), cursor.get("done", 0)
        while True:
            query = {"since": window, "limit": source.settings.get("size") or 50}
            if read_range.until:
                query["until"] = read_range.until.isoformat()
            if following:
                query["cursor"] = following
            answer = self.ask(source, **query)
            orders, following = answer["orders"], answer["next"]
            latest = max([latest, *(order["updated_at"] for order in orders)], key=instant)
            done += len(orders)
            place = {"v": 1, "since": latest, "done": done}
            if following:
                place |= {"window": window, "next": following}
            yield EventPage([RawEvent(order["id"], order) for order in orders], place, done, answer["total"])
            if not following:
                return

    def normalise(self, event, source):
        order = event.payload
        if order.get("total") == -1 and not self.mended:
            raise Unintelligible("An order over less than nothing.")
        happened = instant(order["updated_at"])
        who = claim(source, happened, sure=emails(order["email"]))
        return Draft(who, InteractionDraft(event.key, happened, "order", "order", words(f"Order {order['id']}")))
