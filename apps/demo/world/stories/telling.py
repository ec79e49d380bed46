"""Words to tell a story with: who it is about, and what happened, one line each."""

from datetime import datetime, timedelta
from typing import Any

from apps.demo.world.cast import BY_USERNAME
from apps.demo.world.events import DESK, MAIL, MARKETING, TALK, Event, Person, Promise, money
from apps.demo.world.places import BY_CODE, STORES, stores_near


def somebody(
    number: int, name: str, first_name: str, home: tuple[str, str], contact: tuple[str, str], **facts: Any
) -> Person:
    """A person living in `home` (country, city), reached by `contact` (phone, e-mail)."""
    country = BY_CODE[home[0]]
    store = facts.pop("store", None)
    known = {"language": country.language, "currency": country.currency, "zone": country.zone, **facts}
    return Person(
        number=number,
        name=name,
        first_name=first_name,
        country=home[0],
        city=home[1],
        phone=contact[0],
        email=contact[1],
        store=next((one for one in STORES if one.name == store), stores_near(*home)[0]),
        **known,
    )


def call(at: datetime, title: str, body: str, by: str, *, minutes: float = 6, **facts: Any) -> Event:
    kept = {"touchpoint": BY_USERNAME[by].team, "ended_at": at + timedelta(minutes=minutes), **facts}
    return Event(at, "voice", "call", title, body, source=DESK, staff=by, **kept)


def note(at: datetime, body: str, by: str, **facts: Any) -> Event:
    kept = {"title": "Good to know", "touchpoint": BY_USERNAME[by].team, **facts}
    return Event(at, "note", "note", body=body, direction="internal", source=DESK, staff=by, **kept)


def wrote(at: datetime, subject: str, body: str, thread: str, **facts: Any) -> Event:
    return Event(at, "email", "email", subject, body, source=MAIL, thread=thread, **facts)


def answered(at: datetime, subject: str, body: str, thread: str, by: str, **facts: Any) -> Event:
    kept = {"touchpoint": BY_USERNAME[by].team, **facts}
    return Event(at, "email", "email", subject, body, "outbound", source=MAIL, thread=thread, staff=by, **kept)


def counter(at: datetime, title: str, body: str, store: str, by: str = "", **facts: Any) -> Event:
    return Event(at, "store", "store_visit", title, body, source=DESK, touchpoint=store, staff=by, **facts)


def ordered(at: datetime, number: str, what: str, amount: str, currency: str, **facts: Any) -> Event:
    kept = {"reference": number, "thread": number, **facts}
    return Event(at, "order", "order", f"Order {number}", what, amount=money(amount), currency=currency, **kept)


def parcel(at: datetime, title: str, body: str, number: str, **facts: Any) -> Event:
    return Event(at, "order", "delivery", title, body, "outbound", reference=number, thread=number, **facts)


def posted(at: datetime, title: str, words: str, sentiment: str, thread: str, **facts: Any) -> Event:
    kept = {"touchpoint": "Mastodon", "verbatim": words, **facts}
    return Event(at, "social", "post", title, words, source=TALK, sentiment=sentiment, thread=thread, **kept)


def graded(at: datetime, title: str, grade: int, words: str, **facts: Any) -> Event:
    mood = "positive" if grade > 8 else "neutral" if grade > 6 else "negative"
    return Event(
        at, "survey", "survey", title, f"Would you recommend us? {grade} of 10", verbatim=words, sentiment=mood,
        source=MARKETING, touchpoint="E-mail survey", payload={"metric": "nps", "score": grade, "scale": 10}, **facts,
    )  # fmt: skip


def browsed(at: datetime, *pages: tuple[str, str], app: bool = False) -> Event:
    seen = [
        {
            "title": title,
            "url": f"https://shop.lindwell.example{path}",
            "at": (at + timedelta(minutes=2 * place)).isoformat(),
        }
        for place, (title, path) in enumerate(pages)
    ]
    return Event(
        at, "app" if app else "web", "visit", pages[0][0], ended_at=at + timedelta(minutes=2 * len(pages)),
        touchpoint="Lindwell app" if app else "shop.lindwell.example", payload={"pages": seen, "count": len(seen)},
    )  # fmt: skip


def sent(at: datetime, title: str, body: str = "Newsletter by e-mail", **facts: Any) -> Event:
    kept = {"touchpoint": "E-mail", **facts}
    return Event(at, "campaign", "send", title, body, "outbound", source=MARKETING, **kept)


def kept(text: str, due_at: datetime, owner: str, *, early: float = 2) -> Promise:
    """A promise kept so many hours before it was due."""
    return Promise(text, due_at, owner, "kept", due_at - timedelta(hours=early))


def broken(text: str, due_at: datetime, owner: str) -> Promise:
    return Promise(text, due_at, owner, "broken", due_at + timedelta(hours=20))
