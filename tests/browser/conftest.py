"""A real Chromium on the running product (`server`, see tests/stack.py).

Ask for `desktop`, `tablet` or `tablet_portrait` (each a page, also as `dark_...`), or for `open_page` to have several
or another language. A test fails by itself when its pages log an error, breach the content security policy, throw,
or get a status it did not announce with `watch.allow(403)`.
"""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, Page, expect, sync_playwright

from apps.accounts.models import User
from config.paths import data_dir
from tests.browser.console import Watch, accessibility_violations, overflows
from tests.stack import Server

CHROMIUM_WORDS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "tablet": {"viewport": {"width": 1180, "height": 820}, "has_touch": True, "device_scale_factor": 2},
    "tablet_portrait": {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "device_scale_factor": 2},
}
PATIENCE = 10_000  # milliseconds; two cores may be busy with other tests

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running in this thread
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path = os.environ.get("KLATSCH_CHROMIUM")  # `manage.py test` finds or fetches one
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_WORDS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def frugal_settings(settings, request) -> None:
    """Instead of the one for all tests: the running server must be able to read the files made here."""
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]
    if "web_process" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("web_process").files


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    watching.verdict()


@pytest.fixture
def open_page(server: Server, chromium: Browser, watch: Watch) -> Iterator[OpenPage]:
    """`open_page("tablet", dark=True, locale="ar")`: a page of a new browser profile, on the server's address."""
    contexts = []

    def open_one(device: str = "desktop", *, dark: bool = False, **options: Any) -> Page:
        words = {**DEVICES[device], "color_scheme": "dark" if dark else "light", "reduced_motion": "reduce", **options}
        context = chromium.new_context(base_url=server.url, **{"locale": "en-GB", **words})
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.over)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def desktop(open_page: OpenPage) -> Page:
    """1440x900 with a mouse."""
    return open_page("desktop")


@pytest.fixture
def tablet(open_page: OpenPage) -> Page:
    """1180x820, touch."""
    return open_page("tablet")


@pytest.fixture
def tablet_portrait(open_page: OpenPage) -> Page:
    """820x1180, touch."""
    return open_page("tablet_portrait")


@pytest.fixture
def dark_desktop(open_page: OpenPage) -> Page:
    return open_page("desktop", dark=True)


@pytest.fixture
def dark_tablet(open_page: OpenPage) -> Page:
    return open_page("tablet", dark=True)


@pytest.fixture
def sign_in(server: Server) -> Callable[[Page, User], None]:
    """Put a session of the person into the page's profile, past the login form (which has tests of its own)."""

    def enter(page: Page, user: User) -> None:
        session = import_module(django_settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": str(session.session_key), "url": server.url}])

    return enter


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fail with what axe finds on the page as it stands."""

    def check(page: Page) -> None:
        found = accessibility_violations(page)
        assert not found, f"{page.url}:\n{found}"

    return check


@pytest.fixture(scope="session")
def no_overflow() -> Callable[[Page], None]:
    """Fail when something is wider than its place."""

    def check(page: Page) -> None:
        assert overflows(page) == []

    return check


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """With `KLATSCH_SCREENSHOTS=yes`, save what the page shows as `<data directory>/screenshots/<name>.png`."""
    wanted, folder = bool(os.environ.get("KLATSCH_SCREENSHOTS")), data_dir() / "screenshots"

    def save(page: Page, name: str) -> None:
        if wanted:
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return save
