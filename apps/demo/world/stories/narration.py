"""Words that stories are made of: who it is about, and what happened, one line each."""

from datetime import datetime, timedelta
from typing import Any

from apps.demo.world.cast import BY_USERNAME
from apps.demo.world.events import DESK, MAIL, MARKETING, TALK, Character, WorldEvent, WorldPromise, money
from apps.demo.world.places import BY_CODE, STORES, stores_near
from apps.interactions.models import DELIVERED


def somebody(
    number: int, name: str, first_name: str, home: tuple[str, str], contact: tuple[str, str], **facts: Any
) -> Character:
    """A person living in `home` (country, city), reached by `contact` (phone, e-mail)."""
    country = BY_CODE[home[0]]
    store = facts.pop("store", None)
    known = {"language": country.language, "currency": country.currency, "zone": country.zone, **facts}
    return Character(
        number=number,
        name=name,
        first_name=first_name,
        country=home[0],
        city=home[1],
        phone=contact[0],
        email=contact[1],
        store=next((shop for shop in STORES if shop.name == store), stores_near(*home)[0]),
        **known,
    )


def call(at: datetime, title: str, body: str, by: str, *, minutes: float = 6, **facts: Any) -> WorldEvent:
    kept = {"touchpoint": BY_USERNAME[by].team, "ended_at": at + timedelta(minutes=minutes), **facts}
    return WorldEvent(at, "voice", "call", title, body, source=DESK, staff=by, **kept)


def note(at: datetime, body: str, by: str, **facts: Any) -> WorldEvent:
    kept = {"title": "Good to know", "touchpoint": BY_USERNAME[by].team, **facts}
    return WorldEvent(at, "note", "note", body=body, direction="internal", source=DESK, staff=by, **kept)


def wrote(at: datetime, subject: str, body: str, thread: str, **facts: Any) -> WorldEvent:
    return WorldEvent(at, "email", "email", subject, body, source=MAIL, thread=thread, **facts)


def answered(at: datetime, subject: str, body: str, thread: str, by: str, **facts: Any) -> WorldEvent:
    kept = {"touchpoint": BY_USERNAME[by].team, **facts}
    return WorldEvent(at, "email", "email", subject, body, "outbound", source=MAIL, thread=thread, staff=by, **kept)


def counter(at: datetime, title: str, body: str, store: str, by: str = "", **facts: Any) -> WorldEvent:
    return WorldEvent(at, "store", "store_visit", title, body, source=DESK, touchpoint=store, staff=by, **facts)


def ordered(at: datetime, number: str, what: str, amount: str, currency: str, **facts: Any) -> WorldEvent:
    kept = {"reference": number, "thread": number, **facts}
    return WorldEvent(at, "order", "order", f"Order {number}", what, amount=money(amount), currency=currency, **kept)


def parcel(at: datetime, title: str, body: str, number: str, **facts: Any) -> WorldEvent:
    kind = DELIVERED if title.startswith("Delivered") else "delivery"
    return WorldEvent(at, "order", kind, title, body, "outbound", reference=number, thread=number, **facts)


def posted(at: datetime, title: str, words: str, sentiment: str, thread: str, **facts: Any) -> WorldEvent:
    kept = {"touchpoint": "Mastodon", "verbatim": words, **facts}
    return WorldEvent(at, "social", "post", title, words, source=TALK, sentiment=sentiment, thread=thread, **kept)


def graded(at: datetime, title: str, grade: int, words: str, **facts: Any) -> WorldEvent:
    mood = "positive" if grade > 8 else "neutral" if grade > 6 else "negative"
    return WorldEvent(
        at, "survey", "survey", title, f"Would you recommend us? {grade} of 10", verbatim=words, sentiment=mood,
        source=MARKETING, touchpoint="E-mail survey", payload={"metric": "nps", "score": grade, "scale": 10}, **facts,
    )  # fmt: skip


def browsed(at: datetime, *pages: tuple[str, str], app: bool = False) -> WorldEvent:
    seen = [
        {
            "title": title,
            "url": f"https://shop.lindwell.example{path}",
            "at": (at + timedelta(minutes=2 * place)).isoformat(),
        }
        for place, (title, path) in enumerate(pages)
    ]
    return WorldEvent(
        at, "app" if app else "web", "visit", pages[0][0], ended_at=at + timedelta(minutes=2 * len(pages)),
        touchpoint="Lindwell app" if app else "shop.lindwell.example", payload={"pages": seen, "count": len(seen)},
    )  # fmt: skip


def sent(at: datetime, title: str, body: str = "Newsletter by e-mail", **facts: Any) -> WorldEvent:
    kept = {"touchpoint": "E-mail", **facts}
    return WorldEvent(at, "campaign", "send", title, body, "outbound", source=MARKETING, **kept)


def kept(text: str, due_at: datetime, owner: str, *, early: float = 2) -> WorldPromise:
    """A promise kept so many hours before it was due."""
    return WorldPromise(text, due_at, owner, "kept", due_at - timedelta(hours=early))


def broken(text: str, due_at: datetime, owner: str) -> WorldPromise:
    return WorldPromise(text, due_at, owner, "broken", due_at + timedelta(hours=20))
