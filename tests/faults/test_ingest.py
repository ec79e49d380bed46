"""Whatever is killed while events come in: none is lost, none is counted twice."""

import threading
import time

import pytest
import requests

from tests.faults.conftest import KEY, wait_for

pytestmark = pytest.mark.faults

EVENTS = 4000
BATCH = 50
SENDERS = 2
FAULTS = [
    "worker",
    "database",
    "worker",
    "web",
    "beat",
    "database",
    "worker",
    "web",
    "worker",
]


def batch(start):
    return [
        {
            "type": "track",
            "event": "Order Completed",
            "userId": f"u{number % 500}",
            "messageId": f"m{number}",
            "timestamp": "2026-01-05T09:00:00Z",
            "properties": {"order_id": f"o{number}", "total": 1, "currency": "EUR"},
        }
        for number in range(start, start + BATCH)
    ]


class Sender(threading.Thread):
    """Posts its share of the events, each batch until it is acknowledged, and every fifth one once more."""

    def __init__(self, url, place):
        super().__init__()
        self.url, self.starts = f"{url}/v1/batch", range(place * BATCH, EVENTS, SENDERS * BATCH)
        self.acknowledged = 0

    def run(self):
        for place, start in enumerate(self.starts):
            for _ in range(2 if place % 5 == 0 else 1):
                self.post_until_acknowledged(batch(start))
            self.acknowledged += BATCH

    def post_until_acknowledged(self, events):
        while True:
            try:
                response = requests.post(self.url, json={"batch": events}, auth=(KEY, ""), timeout=15)
            except requests.RequestException:
                time.sleep(0.1)
                continue
            if response.status_code == 200:
                return
            assert response.status_code >= 500, response.text


def test_no_event_is_lost_or_doubled_when_everything_is_killed(stack):
    senders = [Sender(f"http://127.0.0.1:{stack.port}", place) for place in range(SENDERS)]
    for sender in senders:
        sender.start()
    for number, name in enumerate(FAULTS, start=1):
        due = number * EVENTS // (len(FAULTS) + 1)
        wait_for(lambda due=due: sum(sender.acknowledged for sender in senders) >= due, 120, f"fault {number}")
        stack.kill(name)
    for sender in senders:
        sender.join(120)
        assert not sender.is_alive()

    done = "SELECT count(*) FROM channels_envelope WHERE state = 'received' HAVING count(*) = 0"
    wait_for(lambda: stack.rows(done), 60, "the end of the backlog")
    assert stack.rows("SELECT state, count(*) FROM channels_envelope GROUP BY state") == [("done", EVENTS)]
    arrived = stack.rows("SELECT external_id FROM interactions_interaction")
    assert sorted(arrived) == sorted((f"m{number}",) for number in range(EVENTS))
    orders = stack.rows(
        """
        SELECT count(*), sum(amount) FROM interactions_interaction i
        JOIN customers_sourceprofile p ON p.id = i.profile_id GROUP BY p.customer_id
        """
    )
    assert orders == [(EVENTS // 500, EVENTS // 500)] * 500
