"""Small things that happen to a customer, each a handful of entries that belong together."""

from collections.abc import Callable

from apps.demo.world.episodes import bank, conversations, outreach, shop, trouble
from apps.demo.world.episodes.scene import Scene

# How often each happens in the life of a customer, roughly.
USUAL: tuple[tuple[Callable[[Scene], None], int], ...] = (
    (shop.order_online, 22),
    (shop.buy_in_store, 14),
    (shop.browse, 24),
    (outreach.campaign, 13),
    (conversations.call, 9),
    (conversations.letter, 6),
    (conversations.chat, 5),
    (conversations.visit_store, 4),
    (conversations.text_message, 3),
    (conversations.voicemail, 1),
    (conversations.note, 1),
    (trouble.delivery_failed, 2),
    (trouble.public_post, 1),
    (outreach.club, 2),
)
KINDS, WEIGHTS = zip(*USUAL, strict=True)


def live(scene: Scene) -> None:
    """Fill the person's life up to now, as busily as they are active."""
    for episode in scene.rng.choices(KINDS, WEIGHTS, k=max(2, round(15 * scene.person.activity))):
        episode(scene)
    if scene.person.bank:
        for _month in range(max(1, round(6 * scene.person.activity))):
            bank.spend(scene)
