"""Many notices, few messages, and the last notice is always heard."""

import time

from apps.channels import tasks
from apps.channels.contract import RawEvent
from apps.channels.ingest import notify as module
from apps.channels.ingest.notify import Workers
from apps.channels.ingest.process import Processed
from apps.channels.ingest.receive import receive


def wait_until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_hundred_notices_are_sent_at_once_and_once_more_at_the_end(messages):
    workers = Workers()
    for _ in range(100):
        workers.notify()
    wait_until(lambda: messages)
    workers.notify()
    wait_until(lambda: not workers._pending)
    wait_until(lambda: len(messages) == 2)


def test_two_messages_keep_their_distance(messages, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.2)
    workers, begun = Workers(), time.monotonic()
    workers.notify()
    wait_until(lambda: len(messages) == 1)
    workers.notify()
    wait_until(lambda: len(messages) == 2)
    assert time.monotonic() - begun >= 0.2


def test_a_broken_broker_disturbs_nobody_and_is_tried_again(messages, monkeypatch):
    tried = []

    def fail(**_options):
        tried.append(True)
        raise ConnectionError("no broker")

    workers = Workers()
    with monkeypatch.context() as broken:
        broken.setattr(module.process, "apply_async", fail)
        workers.notify()
        wait_until(lambda: tried and not workers._pending)
    workers.notify()
    wait_until(lambda: len(messages) == 1)


def test_a_worker_processes_until_nothing_is_due(monkeypatch):
    left = [Processed(500, 0), Processed(20, 1), Processed(0, 0)]
    monkeypatch.setattr(tasks, "process_due", lambda: left.pop(0))
    assert tasks.process() == 520
    assert left == []


def test_a_worker_lets_others_work_when_its_time_is_up(messages, monkeypatch):
    monkeypatch.setattr(tasks, "TIME_BOX", 0.0)
    monkeypatch.setattr(tasks, "process_due", lambda: Processed(500, 0))
    monkeypatch.setattr(tasks.process, "delay", lambda: messages.append("again"))
    assert (tasks.process(), messages) == (500, ["again"])


def test_the_sweep_wakes_the_workers_only_for_what_is_due(shop, messages, monkeypatch):
    monkeypatch.setattr(tasks.process, "delay", lambda: messages.append("swept"))
    assert tasks.sweep() is False
    receive(shop, [RawEvent("e1", {})])
    assert (tasks.sweep(), messages) == (True, ["swept"])
