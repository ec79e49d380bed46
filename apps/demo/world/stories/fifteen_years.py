"""Fifteen years a customer: she knows the people in the store by name, and they know her coffee."""

from zoneinfo import ZoneInfo

from apps.demo.world.clock import Clock
from apps.demo.world.events import CLUB, RECEIPT, TILL, Character, ConsentGiven, WorldEvent, money
from apps.demo.world.stories.narration import (
    answered,
    browsed,
    call,
    counter,
    graded,
    kept,
    note,
    sent,
    somebody,
    wrote,
)

STORE = "London Regent Street"
BOUGHT = (
    (5475, "Moka Classica, 6 cups", "24.00"), (4920, "Kaffeeklatsch cup set, 6 pieces", "41.50"),
    (4310, "Norrland cast-iron casserole, 28 cm", "99.00"), (3650, "Pico burr grinder", "119.00"),
    (2990, "Aurelia bean-to-cup machine, first model", "499.00"), (2410, "Sorrel wool rug, 200 x 300", "279.00"),
    (1830, "Santoku knife, 18 cm", "77.43"), (1240, "Fjord down duvet, 240 x 220", "164.43"),
    (760, "Aurelia bean-to-cup machine", "564.63"), (410, "Vera stoneware plates, set of 8", "83.52"),
)  # fmt: skip


def write(clock: Clock, number: int, phone: str) -> Character:
    henrietta = somebody(
        number, "Henrietta Blythe", "Henrietta", ("GB", "London"), (phone, "henrietta.blythe@post.example"),
        since=clock.ago(days=5475).date(), tier="VIP", loyalty="LW00001507", store=STORE, story="loyal",
    )  # fmt: skip
    henrietta.consents = [
        ConsentGiven("email", "granted", clock.ago(days=3100), "Newsletter form"),
        ConsentGiven("post", "granted", clock.ago(days=5475), "Club application in store", CLUB),
        ConsentGiven("voice", "granted", clock.ago(days=760), "Call with care", "desk"),
        ConsentGiven("sms", "denied", clock.ago(days=760), "Call with care", "desk"),
    ]
    henrietta.events = [*_bought(clock, henrietta.zone), *_conversations(clock, henrietta.zone)]
    return henrietta


def _bought(clock: Clock, zone: ZoneInfo) -> list[WorldEvent]:
    at = clock.at
    return [
        WorldEvent(at(days, "11:20", zone), "order", "order", f"Bought in {STORE}", f"{what}. Loyalty card shown.", source=TILL, payload=RECEIPT,
                   amount=money(amount), currency="GBP", touchpoint=STORE, reference=f"R{days}", thread=f"R{days}")
        for days, what, amount in BOUGHT
    ] + [
        WorldEvent(at(7 * week + 1, "10:35", zone), "order", "order", f"Bought in {STORE}", "Sidamo beans, 1 kg. Loyalty card shown.",
                   source=TILL, payload=RECEIPT, amount=money("20.87"), currency="GBP", touchpoint=STORE, reference=f"RB{week}")
        for week in range(0, 120, 3)
    ]  # fmt: skip


def _conversations(clock: Clock, zone: ZoneInfo) -> list[WorldEvent]:
    at = clock.at
    return [
        note(at(2990, "12:00", zone), "Knew our founder. Likes to be asked how the grandchildren are (Ada and Wilf).", "nadia",
             touchpoint=STORE),
        call(at(761, "10:05", zone), "Old Aurelia machine: repair or replace?",
             "Brew group has gone after six years. Honest answer: the repair costs more than half of a new one. She decides for "
             "a new one if the old one can be recycled. Arranged with the store.", "tom", minutes=17, sentiment="positive",
             verbatim="Thank you for not selling me the repair.", disposition="repair",
             promise=kept("Ask Regent Street to take the old machine for recycling", at(760, "17:00", zone), "tom")),
        graded(at(755, "18:20", zone), "How was your call?", 10,
               "The gentleman could have sold me a repair and told me the truth instead."),
        counter(at(410, "15:10", zone), "Plates for sixteen", "Two sets, wrapped separately: one for her daughter in Leeds, sent from "
                "here. Nadia wrote the card.", STORE, "nadia", disposition="sales"),
        browsed(at(64, "09:12", zone), ("Coffee corner", "/coffee"), ("Sidamo beans, 1 kg", "/coffee/sidamo"), app=True),
        WorldEvent(at(60, "09:00", zone), "app", "event", "Fifteen years with us", "A voucher of 150 and an invitation to the roastery.",
                   "outbound", source=CLUB, touchpoint="Loyalty club", reference="LW00001507"),
        sent(at(18, "10:00", zone), "A coffee course in London Regent Street, two places for you"),
        counter(at(5, "10:40", zone), "Tasting at the coffee bar", "Tried the new Guji against her Sidamo. Verdict: “interesting, but no.” "
                "Bought her Sidamo. Told us the course was a joy and that Wilf now pulls the shots at home.", STORE, "store",
                disposition="sales", sentiment="positive", verbatim="Interesting, but no."),
        wrote(at(1, "08:15", zone), "To whoever trains your people",
              "Dear all,\n\nfifteen years ago I bought a moka pot from you because it rained and your door was open. I have just "
              "counted: I have never once had to explain to anybody in Regent Street who I am.\n\nNadia noticed that I was "
              "limping and had my beans carried to the taxi. Please tell her.\n\nYours\nHenrietta Blythe", "<fifteen-years@post.example>",
              sentiment="positive"),
        answered(clock.ago(hours=3, minutes=20), "Re: To whoever trains your people",
                 "Dear Mrs Blythe,\n\nyour letter hangs in the staff room as of this morning, next to the rota, where everybody looks "
                 "most often. Nadia has gone quite pink.\n\nMina Hartwell\nLindwell customer care", "<fifteen-years@post.example>", "agent"),
        note(clock.ago(hours=3), "Her letter would be lovely in the club magazine. Asked Sofia whether marketing may ask her. Please do "
             "not ask in the store, ring her on a weekday after 10.", "agent", pinned_by="agent"),
    ]  # fmt: skip
