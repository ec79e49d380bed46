"""Looking around, ordering, buying in a store, and what comes with it."""

from datetime import datetime, timedelta
from typing import Any

from apps.demo.world.catalogue import FUNNEL, LANDING, PRODUCTS, Product, some_products
from apps.demo.world.clock import SHOP as SHOP_HOURS
from apps.demo.world.clock import at_leisure, in_hours, later
from apps.demo.world.episodes import outreach
from apps.demo.world.episodes.scene import Scene
from apps.demo.world.events import MAIL, PHONE, RECEIPT, TILL
from apps.demo.world.words.talks import TEXTS_OUT
from apps.interactions.models import DELIVERED, REFUND


def browse(scene: Scene) -> None:
    rng = scene.rng
    pages = rng.sample(LANDING, 2) + [(p.name, p.url) for p in rng.sample(PRODUCTS, rng.randrange(1, 6))]
    if rng.random() < 0.15:
        pages.append(FUNNEL[0])
    visit(scene, at_leisure(rng, scene.day()), pages)


def visit(scene: Scene, at: datetime, pages: list[tuple[str, str]]) -> None:
    """One row for a browsing session, as `interactions.visits` folds it."""
    app, seen, viewed_at = scene.rng.random() < 0.3, [], at
    for title, url in pages:
        seen.append({"title": title, "url": url, "at": viewed_at.isoformat()})
        viewed_at += timedelta(seconds=scene.rng.randrange(8, 240))
    scene.add(
        at, "app" if app else "web", "visit", pages[0][0], ended_at=viewed_at,
        touchpoint="Lindwell app" if app else "shop.lindwell.example", payload={"pages": seen, "count": len(seen)},
    )  # fmt: skip


def order_online(scene: Scene) -> None:
    rng, person = scene.rng, scene.person
    at, bought = at_leisure(rng, scene.day()), some_products(rng)
    order, total = scene.order_number(at), sum(scene.price(product) for product in bought)
    if rng.random() < 0.5:
        visit(scene, at - timedelta(minutes=rng.randrange(9, 50)), [(p.name, p.url) for p in bought] + list(FUNNEL))
    names = ", ".join(product.name for product in bought)
    facts: dict[str, Any] = {"amount": total, "currency": person.currency, "reference": order, "thread": order}
    payload = {
        "products": [
            {"name": p.name, "price": str(scene.price(p)), "quantity": 1, "category": p.category} for p in bought
        ]
    }
    if not scene.add(at, "order", "order", f"Order {order}", body=names, payload=payload, **facts):
        return
    method = rng.choice(("Card ending 4417", "Card ending 0928", "Direct debit", "Instalments, 3 months", "Gift card"))
    scene.add(at + timedelta(seconds=40), "payment", "payment", f"Paid {order}", body=method, **facts)
    mail = f"Good news: {names} left our warehouse and will be with you in one to three days."
    scene.add(later(rng, at, 12, 30), "email", "email", f"Your order {order} is on its way", body=mail,
              direction="outbound", source=MAIL, thread=order, reference=order)  # fmt: skip
    deliver(scene, later(rng, at, 36, 100), bought[0], order)


def deliver(scene: Scene, at: datetime, product: Product, order: str) -> None:
    """The parcel arrives; now and then it goes back, or a survey comes of it."""
    rng, gaps = scene.rng, scene.gaps(at, product, order)
    at = at.replace(hour=rng.randrange(9, 18))
    if rng.random() < 0.35:
        title, text = TEXTS_OUT[0]
        scene.add(at - timedelta(hours=18), "sms", "sms", title.format_map(gaps), body=text.format_map(gaps),
                  direction="outbound", source=PHONE, reference=order, thread=order)  # fmt: skip
    how = rng.choice(("handed over at the door", "left with a neighbour", "in the parcel locker", "signed for"))
    scene.add(at, "order", DELIVERED, f"Delivered by {gaps['courier']}", body=f"{order}, {how}.",
              direction="outbound", reference=order, thread=order)  # fmt: skip
    if rng.random() < 0.16:
        outreach.survey(scene, later(rng, at, 20, 60), gaps, "How was your delivery?")
    if rng.random() < 0.07:
        send_back(scene, later(rng, at, 48, 300), product, order)


def send_back(scene: Scene, at: datetime, product: Product, order: str) -> None:
    rng, person = scene.rng, scene.person
    why = rng.choice(("too large", "did not like the colour", "arrived too late", "bought twice", "not as described"))
    facts: dict[str, Any] = {"amount": scene.price(product), "currency": person.currency, "reference": order}
    scene.add(at, "order", "return", f"Return of {product.name}", body=f"Reason given: {why}.", thread=order,
              reference=order, source=MAIL if rng.random() < 0.1 else "demo-web")  # fmt: skip
    scene.add(
        later(rng, at, 24, 120),
        "payment",
        REFUND,
        f"Refund for {order}",
        direction="outbound",
        thread=order,
        **facts,
    )


def buy_in_store(scene: Scene) -> None:
    rng, person = scene.rng, scene.person
    at, bought = in_hours(rng, scene.day(), SHOP_HOURS), some_products(rng, 4)
    receipt = f"R{at:%y%m%d}-{rng.randrange(1000, 9999)}"
    total = sum(scene.price(product) for product in bought)
    facts: dict[str, Any] = {
        "amount": total, "currency": person.currency, "touchpoint": person.store.name, "source": TILL,
        "reference": receipt, "thread": receipt, "payload": RECEIPT,
    }  # fmt: skip
    names = ", ".join(product.name for product in bought)
    card = "Loyalty card shown." if person.loyalty else "Without a card."
    scene.add(at, "order", "order", f"Bought in {person.store.name}", body=f"{names}. {card}", **facts)
    if rng.random() < 0.3:
        body = rng.choice(("Card, contactless", "Cash", "Card ending 4417", "Gift card and cash"))
        scene.add(at + timedelta(seconds=55), "payment", "payment", f"Paid {receipt}", body=body, **facts)
    if rng.random() < 0.08:
        outreach.survey(scene, later(rng, at, 5, 30), scene.gaps(at, bought[0]), f"Your visit to {person.store.name}")
