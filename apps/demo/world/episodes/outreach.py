"""What we send and ask: campaigns, the club, surveys."""

from datetime import datetime, timedelta

from apps.demo.world.catalogue import PRODUCTS
from apps.demo.world.clock import OFFICE, in_hours, later
from apps.demo.world.episodes.scene import Scene
from apps.demo.world.events import CLUB, MARKETING
from apps.demo.world.words.talks import CAMPAIGNS, SURVEYS

MOODS = (("positive", 9, 10), ("neutral", 6, 8), ("negative", 0, 5))


def campaign(scene: Scene) -> None:
    """A mailing in its month, opened by a third, clicked by a few."""
    rng, person = scene.rng, scene.person
    at = in_hours(rng, scene.day(), OFFICE).replace(hour=10, minute=0, second=rng.randrange(60))
    title = CAMPAIGNS[at.month - 1][1].format(store=person.store.name)
    kept = {"source": MARKETING, "thread": f"campaign-{at:%Y-%m}-{person.number}", "reference": f"{at:%Y-%m}"}
    scene.add(
        at, "campaign", "send", title, body="Newsletter by e-mail", direction="outbound", touchpoint="E-mail", **kept
    )
    if rng.random() < 0.34:
        opened = later(rng, at, 0.1, 30)
        scene.add(opened, "campaign", "event", f"Opened “{title}”", touchpoint="E-mail", **kept)
        if rng.random() < 0.3:
            what = rng.choice(PRODUCTS).name
            scene.add(
                opened + timedelta(seconds=30), "campaign", "event", f"Clicked {what}", touchpoint="E-mail", **kept
            )


def club(scene: Scene) -> None:
    """The loyalty club counts and gives."""
    rng, person = scene.rng, scene.person
    if not person.loyalty:
        return
    at = in_hours(rng, scene.day(), OFFICE)
    title, body = rng.choice((
        ("Birthday voucher", "A voucher of 15, valid for two months, in the app and at every till."),
        ("Points added", f"{rng.randrange(5, 90) * 10} points for the last purchases."),
        ("Voucher redeemed", f"500 points became a voucher of 5, used in {person.store.name}."),
        ("Invited to the club evening", f"{person.store.name}, coffee tasting, two places."),
    ))  # fmt: skip
    scene.add(at, "app", "event", title, body=body, direction="outbound", source=CLUB, reference=person.loyalty,
              touchpoint="Loyalty club")  # fmt: skip


def survey(scene: Scene, at: datetime, gaps: dict[str, str], title: str) -> None:
    """Somebody answers: a grade from 0 to 10, and half of the time a reason."""
    rng = scene.rng
    mood, low, high = rng.choices(MOODS, (60, 25, 15))[0]
    grade = rng.randint(low, high)
    words = scene.pick(SURVEYS[mood], gaps) if rng.random() < 0.65 else ""
    words = words[:1].upper() + words[1:]
    scene.add(at, "survey", "survey", title, body=f"Would you recommend us? {grade} of 10", verbatim=words,
              sentiment=mood, source=MARKETING, touchpoint="E-mail survey",
              payload={"metric": "nps", "score": grade, "scale": 10})  # fmt: skip
