"""Pages over WSGI, each in a thread of its own: what a page answers comes back from there at once, not in pieces."""

from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import WSGIResponder

HELD = 64 * 1024  # bytes of a response that are held back: pages are shorter, files go out as they are read


class PageResponder(WSGIResponder):
    """a2wsgi's, which crosses between threads for every message; this one gathers them."""

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.held: list[Any] = []
        self.size = 0

    def send(self, message: Any) -> None:
        self.held.append(message)
        self.size += len(message.get("body", b""))
        if self.size > HELD:
            held, self.held, self.size = self.held, [], 0
            super().send(held)  # type: ignore[arg-type]

    async def sender(self, send: Any) -> None:
        while (messages := await self.send_queue.get()) is not None:
            for message in messages:
                await send(message)
        for message in self.held:
            await send(message)


class Pages(WSGIMiddleware):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await PageResponder(self.app, self.executor, self.send_queue_size)(scope, receive, send)
