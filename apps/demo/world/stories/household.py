"""Two people, one telephone: whoever rings from it may be either of them, so the number joins nobody."""

from apps.demo.world.clock import Clock
from apps.demo.world.events import PHONE, Character, ConsentGiven, WorldEvent, WorldPromise
from apps.demo.world.stories.narration import answered, call, counter, note, ordered, parcel, somebody, wrote


def write(clock: Clock, number: int, phone: str) -> list[Character]:
    return [_mother(clock, number, phone), _son(clock, number + 1, phone)]


def _mother(clock: Clock, number: int, phone: str) -> Character:
    aysel = somebody(
        number, "Aysel Demirci", "Aysel", ("DE", "Berlin"), (phone, "aysel.demirci@post.example"),
        since=clock.ago(days=2050).date(), tier="Gold", loyalty="LW20501163", story="household",
    )  # fmt: skip
    aysel.consents = [ConsentGiven("voice", "granted", clock.ago(days=900), "Call with care", "desk")]
    at, zone = clock.at, aysel.zone
    aysel.events = [
        ordered(at(2050, "19:02", zone), "LW-TAGINE-0311", "Tagine Safi, 32 cm", "59.00", "EUR"),
        ordered(at(700, "12:20", zone), "LW-WASH-5120", "Castor washing machine, 8 kg, with installation", "599.00", "EUR"),
        parcel(at(694, "11:30", zone), "Delivered and installed", "Old machine taken away.", "LW-WASH-5120"),
        counter(at(96, "17:35", zone), "Advice on curtains", "Measured 2.60 m. Comes back with her sister.", "Berlin Mitte", "jan"),
        call(at(9, "10:31", zone), "Washing machine drips at the door",
             f"Seal looks worn. Technician booked for {clock.weekday(0)}, 14:00. Calls from the family's line: make sure which Demirci you "
             "are talking to, her son orders from the same number.", "selin", minutes=8, disposition="repair",
             reference="LW-WASH-5120", verbatim="Not my son, dear. The mother. The one who pays."),
        call(clock.ago(hours=5), "Technician did not find the bell",
             "The bell says “Demirci-Aydın”. Technician rings her on the mobile next time. New appointment tomorrow, 10 to 12.",
             "henning", disposition="repair", reference="LW-WASH-5120", sentiment="neutral",
             promise=WorldPromise("Confirm the technician for tomorrow, 10 to 12, by text message", clock.ago(hours=-3), "henning")),
    ]  # fmt: skip
    return aysel


def _son(clock: Clock, number: int, phone: str) -> Character:
    kerem = somebody(
        number, "Kerem Demirci", "Kerem", ("DE", "Berlin"), (phone, "kerem.demirci@mail.example"),
        since=clock.ago(days=410).date(), story="household",
    )  # fmt: skip
    kerem.consents = [ConsentGiven("app", "granted", clock.ago(days=410), "App settings")]
    at, zone, thread = clock.at, kerem.zone, "<dawn-light@mail.example>"
    kerem.events = [
        ordered(at(410, "23:41", zone), "LW-LIGHT-9021", "Lumo smart bulbs, pack of 3", "49.00", "EUR"),
        ordered(at(28, "00:12", zone), "LW-DAWN-2274", "Dawn wake-up light", "79.00", "EUR"),
        parcel(at(25, "15:02", zone), "Delivered by Hermia", "LW-DAWN-2274, handed to the mother.", "LW-DAWN-2274"),
        wrote(at(3, "22:18", zone), "Wecker geht nicht",
              "Hi, das Ding leuchtet, aber der Ton geht nicht. Umtauschen oder reparieren?\n\nKerem", thread,
              reference="LW-DAWN-2274"),
        answered(at(2, "10:05", zone), "Re: Wecker geht nicht",
                 "Hallo Kerem,\n\nhalten Sie bitte die Taste mit dem Mond zehn Sekunden gedrückt. Wenn es dann nicht piept, "
                 "tauschen wir ihn in Berlin Mitte sofort um.\n\nViele Grüße\nSelin Aksoy", thread, "selin", reference="LW-DAWN-2274"),
        WorldEvent(clock.ago(hours=20), "sms", "sms", "Answer by text message", "piept. danke!!", source=PHONE, thread=thread,
                   sentiment="positive"),
        note(clock.ago(hours=19), "Shares the telephone with his mother Aysel Demirci. Ask for the first name before saying anything "
             "about an order.", "selin", pinned_by="selin"),
    ]  # fmt: skip
    return kerem
