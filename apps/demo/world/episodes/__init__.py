"""Small things that happen to a customer, each a handful of entries that belong together."""

from collections.abc import Callable

from apps.demo.world.episodes import banking, outreach, shopping, talking, trouble
from apps.demo.world.episodes.scene import Scene

# How often each happens in the life of a customer, roughly.
USUAL: tuple[tuple[Callable[[Scene], None], int], ...] = (
    (shopping.order_online, 22),
    (shopping.buy_in_store, 14),
    (shopping.browse, 24),
    (outreach.campaign, 13),
    (talking.call, 9),
    (talking.letter, 6),
    (talking.chat, 5),
    (talking.visit_store, 4),
    (talking.text_message, 3),
    (talking.voicemail, 1),
    (talking.note, 1),
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
            banking.spend(scene)
