"""A cash machine that counted wrong, and an account that waits for its money."""

from datetime import datetime, timedelta

from apps.demo.world.clock import Clock
from apps.demo.world.events import BANK, Character, ConsentGiven, WorldEvent, WorldPromise, money
from apps.demo.world.stories.narration import answered, call, note, ordered, somebody, wrote

MACHINE = "ATM 129, Manchester, Piccadilly station, platform 1"


def write(clock: Clock, number: int, phone: str) -> Character:
    patrick = somebody(
        number, "Patrick O’Hanlon", "Patrick", ("GB", "Manchester"), (phone, "patrick.ohanlon@letterbox.example"),
        since=clock.ago(days=820).date(), bank=True, story="bank",
    )  # fmt: skip
    patrick.consents = [ConsentGiven("email", "denied", clock.ago(days=820), "Account opening", BANK)]
    at, zone, case = clock.at, patrick.zone, "CASE-ATM-40618"
    thread = "<atm-129@letterbox.example>"
    patrick.events = [
        _bank(at(7 * week + 3, "08:05", zone), "Cash withdrawal", "60", MACHINE) for week in range(2, 50)
    ] + [
        _bank(at(30 * month + 12, "07:30", zone), "Railway season ticket", "94.20") for month in range(24)
    ] + [
        ordered(at(210, "20:50", zone), "LW-KETTLE-3302", "Goose pour-over kettle", "103.52", "GBP"),
        _bank(at(3, "07:52", zone), "Cash withdrawal", "200", MACHINE, reference=case),
        WorldEvent(at(3, "07:53", zone), "atm", "event", "Dispenser fault reported by the machine",
                   "Note jam in cassette 3; 40 presented, 200 booked.", source=BANK, touchpoint=MACHINE, reference=case),
        call(at(3, "08:10", zone), "Cash machine paid 40 instead of 200",
             "Asked for 200, got two twenties and no receipt, then the screen went dark. Account shows 200. Opened "
             "CASE-ATM-40618; the machine is counted on its next visit. Told him five working days at most.", "declan", minutes=11,
             sentiment="negative", disposition="bank", reference=case, verbatim="I put the two notes next to the machine and took a photo. Forty. Not two hundred."),
        wrote(at(2, "18:44", zone), "Photo of the two notes (CASE-ATM-40618)",
              "Hello,\n\nas agreed, the photo with the clock of platform 1 in it. My rent goes out on " + clock.weekday(-1) + " and I am 160 short "
              "because of this.\n\nPatrick O’Hanlon", thread, reference=case),
        answered(at(1, "09:20", zone), "Re: Photo of the two notes (CASE-ATM-40618)",
                 "Dear Mr O’Hanlon,\n\nthank you, that helps. I have asked for the machine to be counted today instead of next "
                 "week because of your rent.\n\nPriti Raman\nLindwell Money", thread, "priti", reference=case),
        note(clock.ago(hours=6), "Cash team: machine 129 counted this morning, 160 over. His story is right to the penny. Credit needs "
             "a second signature (Ruth).", "priti", reference=case, pinned_by="priti"),
        call(clock.ago(hours=2), "Machine counted: 160 over",
             "Told him that the count proves him right. Credit of 160 today, before the rent goes out tomorrow. He asked for nothing "
             "else. Small gesture would be in place.", "agent", minutes=4, direction="outbound", disposition="bank", reference=case,
             sentiment="positive", verbatim="Well. That is the first bank that ever said “you were right” to me.",
             promise=WorldPromise("Credit 160 before the rent goes out; confirm by text message", clock.ago(hours=-4), "agent")),
    ]  # fmt: skip
    patrick.events += [
        _bank(clock.ago(days=day) + timedelta(hours=1), "Card payment: bakery", "4.80", "Baker’s Row, Manchester")
        for day in (5, 8, 13, 20)
    ]
    return patrick


def _bank(when: datetime, title: str, amount: str, place: str = "", reference: str = "") -> WorldEvent:
    atm = place.startswith("ATM")
    return WorldEvent(when, "atm" if atm else "payment", "withdrawal" if atm else "payment", title, source=BANK,
                      amount=money(amount), currency="GBP", touchpoint=place, reference=reference)  # fmt: skip
