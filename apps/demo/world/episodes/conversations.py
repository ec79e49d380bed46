"""Conversations: calls, letters, chats, text messages, a word over the counter."""

from datetime import datetime, timedelta

from apps.demo.world import cast
from apps.demo.world.catalogue import PRODUCTS
from apps.demo.world.clock import OFFICE, at_leisure, in_hours, later
from apps.demo.world.clock import SHOP as SHOP_HOURS
from apps.demo.world.episodes import outreach
from apps.demo.world.episodes.scene import Scene, capital
from apps.demo.world.events import DESK, MAIL, PHONE, TALK, WorldPromise
from apps.demo.world.words import Topic
from apps.demo.world.words.calls import CALLS, NOTES, VOICEMAILS
from apps.demo.world.words.letters import EXCHANGES
from apps.demo.world.words.talks import CHATS, STORE_VISITS, TEXTS_IN, TEXTS_OUT


def call(scene: Scene) -> None:
    at = in_hours(scene.rng, scene.day(), OFFICE)
    take_call(scene, at, scene.rng.choice(CALLS))


def take_call(scene: Scene, at: datetime, topic: Topic, order: str = "") -> None:
    """A call that comes in, with its words, its wrap-up code and sometimes a promise."""
    rng, agent = scene.rng, scene.agent()
    product = rng.choice(PRODUCTS)
    gaps = scene.gaps(at, product, order, agent)
    about_order = order or (gaps["order"] if "{order}" in topic.opening[0] else "")
    scene.add(
        at, "voice", "call", topic.title.format_map(gaps), body=scene.account(topic, gaps), source=DESK,
        verbatim=capital(scene.pick(topic.verbatims, gaps)) if rng.random() < 0.6 else "", sentiment=topic.sentiment,
        staff=agent, disposition=topic.disposition, ended_at=at + timedelta(seconds=rng.randrange(70, 1500)),
        touchpoint=scene.centre(agent), reference=about_order, thread=order,
        payload={"category": product.category} if "{product}" in topic.title + "".join(topic.opening) else {},
        promise=promise(scene, at, topic.promise.format_map(gaps), agent) if rng.random() < 0.5 else None,
    )  # fmt: skip
    if rng.random() < 0.12:
        outreach.survey(scene, later(rng, at, 0.5, 20), gaps, "How was your call?")


def promise(scene: Scene, at: datetime, text: str, owner: str) -> WorldPromise | None:
    """What was promised; long ago it was mostly kept."""
    due = in_hours(scene.rng, at + timedelta(days=scene.rng.randrange(1, 5)), OFFICE)
    if not text:
        return None
    if due > scene.clock.now - timedelta(days=2):
        return WorldPromise(capital(text), due, owner)
    if scene.rng.random() < 0.06:
        return WorldPromise(capital(text), due, owner, "broken", due + timedelta(days=1))
    return WorldPromise(capital(text), due, owner, "kept", due - timedelta(minutes=scene.rng.randrange(5, 1200)))


def letter(scene: Scene) -> None:
    rng, person, agent = scene.rng, scene.person, scene.agent()
    fitting = [exchange for exchange in EXCHANGES if person.language in exchange.languages] or [
        exchange for exchange in EXCHANGES if "en" in exchange.languages
    ]
    exchange, at = rng.choice(fitting), at_leisure(rng, scene.day())
    gaps = scene.gaps(at, rng.choice(PRODUCTS), agent=agent)
    subject = exchange.subject.format_map(gaps)
    thread = f"<{at:%Y%m%d.%H%M%S}.{person.number}@mail.example>"
    reference = gaps["order"] if "{order}" in exchange.subject + exchange.asked[0] else ""
    kept = {"source": MAIL, "thread": thread, "reference": reference}
    scene.add(
        at, "email", "email", subject, body=scene.pick(exchange.asked, gaps), sentiment=exchange.sentiment, **kept
    )
    answered = in_hours(rng, at + timedelta(days=1), OFFICE)
    scene.add(answered, "email", "email", f"Re: {subject}", body=scene.pick(exchange.answered, gaps), staff=agent,
              direction="outbound", touchpoint=scene.centre(agent), **kept)  # fmt: skip
    if exchange.thanked and rng.random() < 0.55:
        scene.add(later(rng, answered, 1, 40), "email", "email", f"Re: {subject}", sentiment="positive",
                  body=scene.pick(exchange.thanked, gaps), **kept)  # fmt: skip


def chat(scene: Scene) -> None:
    rng, agent = scene.rng, scene.agent()
    at = in_hours(rng, scene.day(), ((8, 22), (9, 20)))
    title, text, code, sentiment = rng.choice(CHATS)
    gaps = scene.gaps(at, rng.choice(PRODUCTS), agent=agent)
    scene.add(
        at, "chat", "chat", title.format_map(gaps), body=text.format_map(gaps), source=TALK, sentiment=sentiment,
        staff=agent, disposition=code, touchpoint="Web chat", ended_at=at + timedelta(minutes=rng.randrange(2, 19)),
        reference=gaps["order"] if "{order}" in title + text else "",
    )  # fmt: skip


def text_message(scene: Scene) -> None:
    """A text message from us, and mostly an answer."""
    rng = scene.rng
    at = in_hours(rng, scene.day(), OFFICE)
    gaps = scene.gaps(at, rng.choice(PRODUCTS))
    title, text = rng.choice(TEXTS_OUT)
    thread = f"sms-{scene.person.number}-{at:%y%m%d%H%M}"
    scene.add(at, "sms", "sms", title.format_map(gaps), body=text.format_map(gaps), direction="outbound", source=PHONE,
              thread=thread)  # fmt: skip
    if rng.random() < 0.6:
        scene.add(later(rng, at, 0.05, 5), "sms", "sms", "Answer by text message", body=rng.choice(TEXTS_IN),
                  source=PHONE, thread=thread)  # fmt: skip


def voicemail(scene: Scene) -> None:
    rng = scene.rng
    at = at_leisure(rng, scene.day())
    gaps, thread = scene.gaps(at, rng.choice(PRODUCTS)), f"vm-{scene.person.number}-{at:%y%m%d%H%M}"
    words = scene.pick(VOICEMAILS, gaps)
    scene.add(at, "voice", "voicemail", "Voicemail", body=words, source=PHONE, thread=thread,
              ended_at=at + timedelta(seconds=rng.randrange(9, 70)))  # fmt: skip
    agent, back = scene.agent(), in_hours(rng, at + timedelta(days=1), OFFICE)
    body = rng.choice(
        (
            "Called back, settled.",
            "Called back twice, nobody there; sent a text message.",
            "Reached the husband, he passes it on.",
        )
    )
    scene.add(back, "voice", "call", "Call back", body=body, direction="outbound", source=DESK, staff=agent,
              thread=thread, touchpoint=scene.centre(agent), ended_at=back + timedelta(seconds=190))  # fmt: skip


def note(scene: Scene) -> None:
    rng, agent = scene.rng, scene.agent()
    at = in_hours(rng, scene.day(), OFFICE)
    text = scene.pick(NOTES, scene.gaps(at, rng.choice(PRODUCTS)))
    scene.add(at, "note", "note", "Good to know", body=text, direction="internal", source=DESK, staff=agent,
              touchpoint=scene.centre(agent))  # fmt: skip


def visit_store(scene: Scene) -> None:
    rng, store = scene.rng, scene.person.store.name
    at = in_hours(rng, scene.day(), SHOP_HOURS)
    title, text, code = rng.choice(STORE_VISITS)
    gaps = scene.gaps(at, rng.choice(PRODUCTS))
    who = cast.someone_at(rng, store)
    scene.add(
        at, "store", "store_visit", title.format_map(gaps), body=capital(text.format_map(gaps)), source=DESK,
        staff=who.username if who else "", touchpoint=store, disposition=code,
        reference=gaps["order"] if "{order}" in text else "",
    )  # fmt: skip
