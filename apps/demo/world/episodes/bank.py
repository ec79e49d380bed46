"""Money out of the wall and over the counter of Lindwell Money, the company's own small bank."""

from datetime import timedelta

from apps.demo.world.clock import SHOP as DAYTIME
from apps.demo.world.clock import in_hours, later
from apps.demo.world.episodes.scene import RATES, Scene
from apps.demo.world.events import BANK, money
from apps.demo.world.places import ATM_SPOTS

PAYEES = (
    ("Groceries", 8, 90), ("Pharmacy", 5, 40), ("Railway ticket", 12, 120), ("Bakery", 3, 14), ("Petrol", 30, 85),
    ("Restaurant", 18, 110), ("Bookshop", 8, 45), ("Hairdresser", 20, 75), ("Telephone bill", 15, 50),
    ("Electricity", 45, 130), ("Gym", 19, 60), ("School canteen", 22, 70),
)  # fmt: skip


def machine(scene: Scene) -> str:
    """The cash machine at a place of the person's town, always under the same number."""
    place = scene.rng.choice(ATM_SPOTS)
    return f"ATM {100 + ATM_SPOTS.index(place) * 7 + len(scene.person.city)}, {scene.person.city}, {place}"


def spend(scene: Scene) -> None:
    """A few days of an account: cash once, the card two or three times."""
    rng, person = scene.rng, scene.person
    rate = RATES[person.currency]
    at = in_hours(rng, scene.day(), DAYTIME)
    note = rng.choice((20, 40, 50, 60, 80, 100, 150, 200))
    scene.add(at, "atm", "withdrawal", "Cash withdrawal", amount=money(round(note * rate, -1)), currency=person.currency,
              touchpoint=machine(scene), source=BANK)  # fmt: skip
    for _payment in range(rng.randrange(1, 4)):
        payee, low, high = rng.choice(PAYEES)
        at = later(rng, at, 3, 40)
        scene.add(at, "payment", "payment", f"Card payment: {payee.lower()}", body=f"{payee}, {person.city}",
                  amount=money(rng.uniform(low, high) * rate), currency=person.currency, source=BANK)  # fmt: skip
    if rng.random() < 0.03:
        scene.add(at + timedelta(minutes=4), "atm", "event", "Withdrawal refused", body="Wrong PIN, second attempt.",
                  touchpoint=machine(scene), source=BANK)  # fmt: skip
