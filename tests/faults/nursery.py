"""Processes to be killed, each begun in milliseconds: the product is loaded once, in a process they are forked from."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

import pytest

from tests.stack import environment

LOADED = ["tests.faults.preload"]  # imported where they are forked from, on the test database


class Child(NamedTuple):
    """A running process, and the end of a pipe where it says something."""

    process: BaseProcess
    said: Connection

    def awaited(self, seconds: float = 60) -> Any:
        """What it says next."""
        assert self.said.poll(seconds), "it said nothing"
        return self.said.recv()


class Nursery:
    def __init__(self) -> None:
        self.context = multiprocessing.get_context("forkserver")
        self.running: list[Child] = []

    def start(self, target: Callable[..., None], *words: Any) -> Child:
        """Run `target(tell, *words)` in a process of its own; what it sends with `tell` is `said`."""
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(target=target, args=[theirs.send, *words])
        process.start()
        theirs.close()
        self.running.append(Child(process, ours))
        return self.running[-1]

    def clear(self) -> None:
        for process, said in self.running:
            process.kill()
            process.join(20)
            said.close()
        self.running.clear()


@pytest.fixture(scope="session")
def forked_from(django_db_setup, tmp_path_factory):
    named = {"DJANGO_SETTINGS_MODULE": "config.settings", "KLATSCH_PRIVATE_PEERS": "127.0.0.0/8"}
    nursery = Nursery()
    nursery.context.set_forkserver_preload(LOADED)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**environment(tmp_path_factory.mktemp("nursery")), **named}.items():
            patch.setitem(os.environ, name, value)
        ensure_running()
    return nursery


@pytest.fixture
def nursery(forked_from):
    """`nursery.start(target, *words)`; whoever still runs when the test ends is killed."""
    yield forked_from
    forked_from.clear()
