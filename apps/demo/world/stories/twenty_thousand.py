"""Twenty thousand touches: the buyer for a chain of guest houses, who orders, asks and scans every single day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from apps.demo.world.catalogue import COURIERS, PRODUCTS, Product
from apps.demo.world.clock import Clock
from apps.demo.world.events import MAIL, TALK, Character, ConsentGiven, WorldEvent, WorldPromise, money
from apps.demo.world.stories.narration import call, note, somebody

HOUSES = (
    "Seaview",
    "The Old Ferry",
    "Kestrel Lodge",
    "Number Nine",
    "Quayside",
    "The Glasshouse",
    "Mill Farm",
    "Anchor Row",
)
QUESTIONS = (
    "Can {house} have {product} a day earlier?", "{house} counts one {product} too few, please check {order}.",
    "Same again for {house}: {product}.", "Put {product} for {house} on the December invoice, please.",
    "{order}: which driver, which van? {house} has a narrow gate.", "{house} wants {product} in a darker colour next time.",
)  # fmt: skip


def write(clock: Clock, number: int, phone: str, rng: Random, touches: int) -> Character:
    quill = somebody(
        number, "Bartholomew Quill", "Bartholomew", ("GB", "Brighton"), (phone, "b.quill@guesthouses.example"),
        since=clock.ago(days=1825).date(), tier="VIP", loyalty="LW18250001", story="twenty thousand",
    )  # fmt: skip
    quill.consents = [ConsentGiven("email", "granted", clock.ago(days=1825), "Framework agreement, section 7")]
    quill.events = list(_days(clock, quill, rng, touches - 2))
    quill.events += [
        note(clock.ago(hours=9), "Buys for eight guest houses. Every order names the house. He answers e-mails within a minute and "
             "expects the same.", "tom", pinned_by="tom"),
        call(clock.ago(hours=1, minutes=10), "Ninth house opens in spring",
             "“Lighthouse”, twelve rooms, everything new: beds, lamps, coffee. Wants one contact for the whole project and a first "
             "list within two days. Biggest single order we would ever have had from him.", "agent", minutes=18, sentiment="positive",
             disposition="sales", verbatim="Twelve rooms. I do not want twelve phone calls.",
             promise=WorldPromise("Send Mr Quill a first list for the Lighthouse project", clock.ago(hours=-48), "agent")),
    ]  # fmt: skip
    return quill


def _days(clock: Clock, quill: Character, rng: Random, touches: int) -> Iterator[WorldEvent]:
    """Five touches an order, spread evenly over five years."""
    for place in range(0, touches, 5):
        at = clock.ago(days=1820 * (1 - place / touches) + 0.5, minutes=rng.randrange(240))
        product, house = rng.choice(PRODUCTS), rng.choice(HOUSES)
        yield from _order(at, f"LWQ{place // 5:05d}", product, house, rng)[: touches - place]


def _order(at: datetime, number: str, product: Product, house: str, rng: Random) -> list[WorldEvent]:
    count = rng.randrange(1, 13)
    kept: dict[str, Any] = {"reference": number, "thread": number}
    words = rng.choice(QUESTIONS).format(house=house, product=product.name, order=number)
    pages = [{"title": product.name, "url": product.url, "at": at.isoformat()}]
    later = at + timedelta(minutes=rng.randrange(5, 300))
    return [
        WorldEvent(at, "web", "visit", product.name, ended_at=at, touchpoint="shop.lindwell.example", payload={"pages": pages, "count": 1}),
        WorldEvent(at + timedelta(minutes=3), "order", "order", f"Order {number}", f"{count} x {product.name}, for {house}",
                   amount=money(round(count * product.price * 0.8, 2)), currency="GBP", touchpoint=house, **kept),
        WorldEvent(at + timedelta(minutes=4), "payment", "payment", f"Invoice for {number}", "30 days, framework agreement",
                   amount=money(round(count * product.price * 0.8, 2)), currency="GBP", **kept),
        WorldEvent(later, "email", "email", f"{house}: {number}", words, source=MAIL, **kept) if rng.random() < 0.7 else
        WorldEvent(later, "chat", "chat", f"{house}: {product.name}", f"Customer: {words}\nAgent: Done, Mr Quill.", source=TALK,
                   staff="tom", touchpoint="Web chat", **kept),
        WorldEvent(at + timedelta(minutes=rng.randrange(301, 500)), "order", "delivery", f"Out for delivery with {rng.choice(COURIERS)}",
                   f"{number}, {count} pieces for {house}.", direction="outbound", **kept),
    ]  # fmt: skip
