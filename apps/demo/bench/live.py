"""From a shop's server to an open page: events come one by one, fifty a second.

A page that listens to the doorbell of one customer fetches the newest entries whenever it rings, and we note
when each event could be read there.
"""

import re
import secrets
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter, sleep

import orjson

from apps.demo.bench import fill
from apps.demo.bench.dataset import Dataset, unchanged
from apps.demo.bench.events import Shop
from apps.demo.bench.figures import BenchReport, Effort, Sample, Target, summed_up
from apps.demo.bench.stage import Stage, running
from apps.demo.bench.visitor import Visitor, same_session, sender, signed_in

RATE = 50  # events a second
EVERY = 5  # one in so many concerns the customer whose page is open
CONNECTIONS = 4  # of the sender, so that a slow answer does not slow the events down
PATIENCE = 15  # seconds after the last event
WATCHED = 7  # a customer of ordinary length
HTMX = {"HX-Request": "true", "HX-Target": "timeline"}
NUMBER = re.compile(rb"Ping (\d{6})")


@dataclass
class OpenPage:
    """An open customer page: what it has shown, and when."""

    visitor: Visitor
    path: str
    seen: dict[int, float] = field(default_factory=dict)
    rung: threading.Event = field(default_factory=threading.Event)
    closed: bool = False
    line: socket.socket | None = None
    fetched: int = 0

    def listen(self) -> None:
        """Read the stream until it ends."""
        stream = same_session(self.visitor)
        stream.connection.request(
            "GET",
            f"/live{self.path}?tab=bench",
            headers={"Cookie": f"sessionid={self.visitor.cookies['sessionid']}"},
        )
        self.line = stream.connection.sock
        response = stream.connection.getresponse()
        with suppress(OSError):
            while line := response.readline():
                if line.startswith((b"event: story", b"event: open")):
                    self.rung.set()
        stream.connection.close()

    def close(self) -> None:
        self.closed = True
        if self.line:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)

    def fetch(self) -> None:
        """Ask for the newest entries as often as it rings; rings that come meanwhile count as one."""
        while not self.closed:
            if self.rung.wait(0.1):
                self.rung.clear()
                feed = self.visitor.get(f"/desk{self.path}", HTMX)
                now = perf_counter()
                self.fetched += 1
                for number in NUMBER.findall(feed.body):
                    self.seen.setdefault(int(number), now)


def measure(dataset: Dataset, effort: Effort) -> BenchReport:
    report = BenchReport("live")
    with unchanged(dataset), running(dataset, worker=True) as stage:
        page = OpenPage(signed_in(stage), f"/customers/{fill.public_id(WATCHED)}/")
        with ThreadPoolExecutor(2) as threads:
            works = [threads.submit(work) for work in (page.listen, page.fetch)]
            try:
                sent = _send(stage, page, effort)
                _await_all(page, sent)
            finally:
                page.close()
            for work in works:
                work.result()
    seconds = [page.seen[number] - at for number, at in sent.items() if number in page.seen]
    latency = summed_up([Sample(took) for took in seconds])
    report.figures = {
        "sent to shown": latency,
        "slowest, seconds": round(max(seconds), 3),
        "never shown": len(sent) - len(seconds),
        "events a second": RATE,
        "events sent": len(sent) * EVERY,
        "fetches": page.fetched,
    }
    report.targets = [
        Target("sent to shown: p95 ms", "<= 1000", latency.p95),
        Target("never shown", "<= 0", report.figures["never shown"]),
    ]
    report.notes.append(f"One event in {EVERY} concerns the open page; the others are anybody's.")
    return report


def _send(stage: Stage, page: OpenPage, effort: Effort) -> dict[int, float]:
    """Post events at their pace; when each of the watched customer's was sent."""
    shop = Shop(secrets.token_hex(4), stage.dataset.customers)
    clients = threading.local()
    sent: dict[int, float] = {}

    def post(number: int, watched: bool) -> None:
        if not hasattr(clients, "visitor"):
            clients.visitor = sender(stage)
        person = f"u{WATCHED}" if watched else None
        body = orjson.dumps(shop.event(number, person, f"Ping {number:06d}" if watched else ""))
        if watched:
            sent[number] = perf_counter()
        clients.visitor.post("/v1/track", body)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        if not page.rung.wait(10) and not page.fetched:
            raise RuntimeError("The live stream does not open.")
        posts = []
        started = perf_counter()
        for number in range(1, int(effort.seconds * RATE) + 1):
            sleep(max(0.0, started + number / RATE - perf_counter()))
            posts.append(pool.submit(post, number, number % EVERY == 0))
        for post_sent in posts:
            post_sent.result()
    return sent


def _await_all(page: OpenPage, sent: dict[int, float]) -> None:
    until = perf_counter() + PATIENCE
    while len(page.seen) < len(sent) and perf_counter() < until:
        sleep(0.05)
