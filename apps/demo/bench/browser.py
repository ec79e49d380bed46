"""A real Chromium on the benchmark's server: what one action of a person makes a browser ask for, all of it."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from time import monotonic

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Request, sync_playwright

from apps.demo.bench.dataset import Dataset, result_of
from apps.demo.bench.stage import PERSON, Stage

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
KEY_PAUSE = 60  # milliseconds between two keys of somebody who types fast
QUIET = 0.4  # seconds without a request after which a page is at rest
PATIENCE = 20.0  # seconds for a page to come to rest
STREAM, ASSETS = "/live/", "/static/"


@dataclass(frozen=True)
class BrowserRequest:
    """One request as the browser sent it: path with its query, and the headers that htmx adds."""

    path: str
    headers: dict[str, str]


@dataclass
class Watched:
    """What a page asked for since it was last looked at. Static files are left out: a browser keeps them for good."""

    asked: list[BrowserRequest] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)
    last: float = 0.0

    def begin(self, request: Request) -> None:
        path = "/" + request.url.split("/", 3)[3]
        if path.startswith(ASSETS) or not request.url.startswith("http"):
            return
        headers = {name: value for name, value in request.headers.items() if name.startswith("hx-")}
        self.asked.append(BrowserRequest(path, headers))
        if STREAM not in path:  # it stays open
            self.under_way.add(request)
        self.last = monotonic()

    def end(self, request: Request) -> None:
        self.under_way.discard(request)
        self.last = monotonic()


class Browser:
    """Somebody at the desk, signed in, with a warm cache."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page, self.stage, self.watched = page, stage, Watched()
        page.on("request", self.watched.begin)
        page.on("requestfinished", self.watched.end)
        page.on("requestfailed", self.watched.end)
        self._go("/accounts/login/")
        page.fill("[name=login]", PERSON)
        page.fill("[name=password]", stage.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/")
        self._rest()

    def open(self, customer: str) -> list[BrowserRequest]:
        """Open a customer and wait until the page is at rest; what it asked for."""
        return self._watch(lambda: self._go(f"/desk/customers/{customer}/"))

    def home(self) -> None:
        self._go("/desk/")
        self._rest()

    def look_up(self, words: str) -> list[BrowserRequest]:
        """Type into the look-up of the page that is open, as a person does; what was asked meanwhile."""
        self.page.fill("#finder", "")
        self._rest()
        return self._watch(lambda: self.page.locator("#finder").press_sequentially(words, delay=KEY_PAUSE))

    def _go(self, path: str) -> None:
        self.page.goto(f"http://127.0.0.1:{self.stage.port}{path}", wait_until="load")

    def _watch(self, act: Callable[[], object]) -> list[BrowserRequest]:
        self.watched.asked.clear()
        act()
        self.watched.last = monotonic()  # what waits for a pause in typing is still to come
        self._rest()
        return list(self.watched.asked)

    def _rest(self) -> None:
        until = monotonic() + PATIENCE
        while self.watched.under_way or monotonic() - self.watched.last < QUIET:
            if monotonic() > until:
                raise TimeoutError("The page does not come to rest.")
            self.page.wait_for_timeout(20)


@contextmanager
def browser(stage: Stage) -> Iterator[Browser]:
    """Raises FileNotFoundError where there is no Chromium (`KLATSCH_CHROMIUM` names one)."""
    path = os.environ.get("KLATSCH_CHROMIUM") or shutil.which("chromium")
    if not path:
        raise FileNotFoundError("This benchmark needs a Chromium: install one, or name it in KLATSCH_CHROMIUM.")
    with sync_playwright() as playwright:
        chromium: Chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        try:
            yield Browser(context.new_page(), stage)
        finally:
            chromium.close()


def statements_of(dataset: Dataset, asked: Sequence[BrowserRequest]) -> list[int]:
    """How many statements each of these requests makes where nothing has to be loaded into a cache any more."""
    words = json.dumps([astuple(request) for request in asked])
    counts: list[int] = result_of("apps.demo.bench.statements_job", dataset, words)
    return counts
