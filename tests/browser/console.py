"""What every page is held to while a test drives it."""

import json
import re
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Error, Page, Response

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FORM_NOT_VALID = 422
OVERFLOW = (Path(__file__).parent / "overflow.js").read_text()

# What htmx says of a request that was under way when the page was left: the browser has ended it.
LEFT = ("htmx:sendAbort", "htmx:afterRequest")


class Watch:
    """Collects what goes wrong on the pages of one test: console errors (a breach of the content security policy
    is one), uncaught exceptions, and answers of 4xx and 5xx that the test did not announce with `allow`.
    """

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self._statuses = {FORM_NOT_VALID}
        self._words: list[str] = []

    def allow(self, *statuses: int, console: str = "") -> None:
        """This test means to see these statuses, or console errors that match the pattern `console`."""
        self._statuses.update(statuses)
        if console:
            self._words.append(console)

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", self._exception)
        page.on("response", self._response)

    def verdict(self) -> None:
        assert not self.troubles, "the browser complained:\n" + "\n".join(self.troubles)

    def _console(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource")  # the response itself is judged below
        left = message.text.startswith(LEFT)
        if (
            message.type == "error"
            and not refused
            and not left
            and not any(re.search(word, message.text) for word in self._words)
        ):
            self.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def _exception(self, error: Error) -> None:
        self.troubles.append(f"exception: {error}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._statuses:
            self.troubles.append(f"status {response.status}: {response.request.method} {response.url}")


def accessibility_violations(page: Page) -> str:
    """What axe finds against WCAG 2.2 A and AA, one line a node; empty when there is nothing."""
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then((found) => found.violations)", options)
    return "\n".join(
        f"{violation['id']} ({violation['impact']}): {json.dumps(node['target'])}: {node.get('failureSummary', '')}"
        for violation in found
        for node in violation["nodes"]
    )


def overflows(page: Page) -> list[str]:
    """Selectors of what is wider than its place: the document, scrolling panes, controls beyond the window."""
    return list(page.evaluate(OVERFLOW))
