"""When it goes wrong: a delivery that fails and the call that follows, a complaint for all to see."""

from datetime import timedelta

from apps.demo.world.catalogue import PRODUCTS
from apps.demo.world.clock import OFFICE, at_leisure, in_hours, later
from apps.demo.world.episodes import conversations
from apps.demo.world.episodes.scene import Scene
from apps.demo.world.events import MAIL, TALK
from apps.demo.world.words.calls import CALLS
from apps.demo.world.words.talks import POSTS, REPLIES
from apps.interactions.models import DELIVERED

REASONS = ("nobody at home", "address incomplete", "too heavy for one driver", "vehicle broke down", "access blocked")


def delivery_failed(scene: Scene) -> None:
    rng, person = scene.rng, scene.person
    at, product = in_hours(rng, scene.day(), OFFICE), rng.choice(PRODUCTS)
    order = scene.order_number(at - timedelta(days=3))
    gaps = scene.gaps(at, product, order)
    kept = {"reference": order, "thread": order}
    scene.add(at - timedelta(days=3), "order", "order", f"Order {order}", body=product.name, amount=scene.price(product),
              currency=person.currency, **kept)  # fmt: skip
    failed = f"{gaps['courier']} could not deliver {order}: {rng.choice(REASONS)}. Next attempt {gaps['day']}."
    if not scene.add(at, "order", "delivery", "Delivery failed", body=failed, direction="outbound",
                     sentiment="negative", **kept):  # fmt: skip
        return
    conversations.take_call(scene, in_hours(rng, later(rng, at, 2, 30), OFFICE), CALLS[0], order)
    arrived = in_hours(rng, at + timedelta(days=2), OFFICE)
    scene.add(arrived, "order", DELIVERED, f"Delivered by {gaps['courier']}", body=f"{order}, second attempt, signed for.",
              direction="outbound", **kept)  # fmt: skip
    scene.add(later(rng, arrived, 2, 20), "email", "email", f"Sorry about {order}", direction="outbound", source=MAIL,
              body=f"Dear {person.first_name},\n\nyour parcel arrived late. That should not happen; please find a "
                   "voucher of 10 for next time.\n\nLindwell customer care", **kept)  # fmt: skip


def public_post(scene: Scene) -> None:
    rng = scene.rng
    at, product = at_leisure(rng, scene.day()), rng.choice(PRODUCTS)
    sentiment, title, text = rng.choice(POSTS)
    gaps, agent = scene.gaps(at, product), scene.agent()
    thread = f"post-{scene.person.number}-{at:%y%m%d%H%M}"
    followers = 40 + scene.person.number * 7919 % 14_000
    kept = {"source": TALK, "thread": thread, "payload": {"category": product.category, "followers": followers}}
    words = text.format_map(gaps)
    scene.add(at, "social", "post", title.format_map(gaps), body=words, verbatim=words, sentiment=sentiment,
              touchpoint="Mastodon" if rng.random() < 0.3 else "Instagram", **kept)  # fmt: skip
    kept["payload"] = {}
    reply = REPLIES[("negative", "positive", "neutral").index(sentiment)]
    scene.add(later(rng, at, 0.4, 9), "social", "post", "Our answer", body=reply.format_map(gaps), direction="outbound",
              staff=agent, **kept)  # fmt: skip
