"""He comes in every Thursday. Online he does not exist, and would not care to."""

from apps.demo.world.clock import Clock
from apps.demo.world.events import CLUB, RECEIPT, TILL, Character, ConsentGiven, WorldEvent, money
from apps.demo.world.stories.narration import call, counter, somebody

STORE = "London Regent Street"
THURSDAYS = (
    ("Tidy storage boxes, set of 4", "25.22"), ("Lumo smart bulbs, pack of 3", "42.62"), ("Sidamo beans, 1 kg", "20.87"),
    ("Linea kitchen scale", "29.57"), ("Verbena planter, large", "39.14"), ("Sidamo beans, 1 kg", "20.87"),
)  # fmt: skip


def write(clock: Clock, number: int, phone: str) -> Character:
    cyril = somebody(
        number, "Cyril Thistlewood", "Cyril", ("GB", "London"), (phone, "cyril.thistlewood@letterbox.example"),
        since=clock.ago(days=2900).date(), tier="Gold", loyalty="LW29000704", store=STORE, story="store",
    )  # fmt: skip
    cyril.consents = [
        ConsentGiven("post", "granted", clock.ago(days=2900), "Club application in store", CLUB),
        ConsentGiven("email", "denied", clock.ago(days=2900), "Club application in store", CLUB),
    ]
    at, zone = clock.at, cyril.zone
    thursday = (clock.now.astimezone(zone).weekday() - 3) % 7 or 7
    cyril.events = [
        WorldEvent(at(thursday + 7 * week, "10:20", zone), "order", "order", f"Bought in {STORE}",
                   f"{THURSDAYS[week % 6][0]}. Loyalty card shown.", source=TILL, payload=RECEIPT, amount=money(THURSDAYS[week % 6][1]), currency="GBP",
                   touchpoint=STORE, reference=f"RT{week:03d}")
        for week in range(0, 150, 2)
    ] + [
        counter(at(thursday + 7 * 9, "10:35", zone), "Asked for a chair by the coffee bar", "Hip operation in spring. We put a chair with "
                "arms next to the grinder. He tested it like a mattress.", STORE, "nadia", sentiment="positive"),
        counter(at(thursday + 7 * 4, "10:40", zone), "Reading lamp for his late wife’s chair", "Wants warm light, a switch that one "
                "can find in the dark. Opal table lamp too bright; Arco is right but heavy. Delivery and set-up offered for nothing.",
                STORE, "store", disposition="sales", verbatim="It has to be found by a hand that is not looking."),
        call(at(thursday + 7 * 3, "15:10", zone), "Fitters may come any day but Thursday", "Fitters on Tuesday, 11:00. Rings, does not "
             "write: no e-mails, no text messages, ever.", "priti", disposition="delivery"),
        counter(at(thursday, "10:30", zone), "The lamp is found by the hand", "Sat with him for ten minutes. He brought shortbread. Asked "
                "whether the shop would be open on the next bank holiday: yes, from eleven.", STORE, "store", sentiment="positive",
                verbatim="Found it at three in the morning. First go."),
        counter(clock.ago(hours=5, minutes=10), "Left his glasses on the counter", "Tortoiseshell, in the drawer of till 2 with his name. "
                "He does not read e-mails: ring him, he worries.", STORE, "store", sentiment="neutral", pinned_by="store"),
    ]  # fmt: skip
    return cyril
