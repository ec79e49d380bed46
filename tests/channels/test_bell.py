"""Many calls, few strokes, and the last call is always heard."""

import time

from apps.channels import bell as module
from apps.channels import tasks
from apps.channels.actions import Drained
from apps.channels.bell import Bell
from apps.channels.connectors.base import RawEvent


def wait_until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_hundred_calls_ring_at_once_and_once_more_at_the_end(rings):
    bell = Bell()
    for _ in range(100):
        bell.ring()
    wait_until(lambda: rings)
    bell.ring()
    wait_until(lambda: not bell._pending)
    wait_until(lambda: len(rings) == 2)


def test_two_rings_keep_their_distance(rings, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.2)
    bell, begun = Bell(), time.monotonic()
    bell.ring()
    wait_until(lambda: len(rings) == 1)
    bell.ring()
    wait_until(lambda: len(rings) == 2)
    assert time.monotonic() - begun >= 0.2


def test_a_broken_bell_disturbs_nobody_and_rings_again(rings, monkeypatch):
    tried = []

    def fail(**_options):
        tried.append(True)
        raise ConnectionError("no broker")

    bell = Bell()
    with monkeypatch.context() as broken:
        broken.setattr(module.drain, "apply_async", fail)
        bell.ring()
        wait_until(lambda: tried and not bell._pending)
    bell.ring()
    wait_until(lambda: len(rings) == 1)


def test_a_worker_drains_until_nothing_is_due(monkeypatch):
    left = [Drained(500, 0), Drained(20, 1), Drained(0, 0)]
    monkeypatch.setattr(tasks.actions, "drain", lambda: left.pop(0))
    assert tasks.drain() == 520
    assert left == []


def test_a_worker_lets_others_work_when_its_time_is_up(rings, monkeypatch):
    monkeypatch.setattr(tasks, "TIME_BOX", 0.0)
    monkeypatch.setattr(tasks.actions, "drain", lambda: Drained(500, 0))
    monkeypatch.setattr(tasks.drain, "delay", lambda: rings.append("again"))
    assert (tasks.drain(), rings) == (500, ["again"])


def test_the_sweep_rings_only_for_what_is_due(shop, rings, monkeypatch):
    monkeypatch.setattr(tasks.drain, "delay", lambda: rings.append("swept"))
    assert tasks.sweep() is False
    tasks.actions.receive(shop, [RawEvent("e1", {})])
    assert (tasks.sweep(), rings) == (True, ["swept"])
