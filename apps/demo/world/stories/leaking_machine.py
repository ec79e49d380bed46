"""A washing machine that leaks: one fault, three channels, a careful reporter and a workshop that finds the reason."""

from apps.demo.world.clock import Clock
from apps.demo.world.events import PHONE, Character, ConsentGiven, WorldEvent, WorldPromise
from apps.demo.world.stories.narration import answered, call, graded, note, ordered, parcel, somebody, wrote

NUMBER, THREAD = "LW-WASH-6645", "<castor-leak@post.example>"


def write(clock: Clock, number: int, phone: str) -> Character:
    felix = somebody(
        number, "Dr. Felix Oberländer", "Felix", ("DE", "Freiburg im Breisgau"), (phone, "felix.oberlaender@post.example"),
        since=clock.ago(days=530).date(), loyalty="LW53006645", story="fault",
    )  # fmt: skip
    felix.consents = [ConsentGiven("email", "granted", clock.ago(days=530), "Newsletter form")]
    at, zone = clock.at, felix.zone
    kept = {"reference": NUMBER}
    felix.events = [
        ordered(at(530, "21:15", zone), NUMBER, "Castor washing machine, 8 kg", "599.00", "EUR"),
        parcel(at(523, "09:40", zone), "Delivered and installed", "Second floor, two men.", NUMBER),
        wrote(at(14, "22:03", zone), "Castor 8 kg loses water: a description",
              "Dear team,\n\nsince Sunday the machine loses about 200 ml per wash at 60 °C, none at 30 °C. I have measured it "
              "five times (table below). The floor is level to 1 mm. I suspect the door seal at seven o’clock, seen from the "
              "front.\n\n60 °C: 190, 205, 210 ml\n30 °C: 0, 0 ml\n\nKind regards\nFelix Oberländer", THREAD, **kept),
        answered(at(13, "08:50", zone), "Re: Castor 8 kg loses water: a description",
                 "Dear Dr. Oberländer,\n\nI wish every report were like yours. I have sent it to the workshop as it is. They would "
                 "like a photo of the seal, wiped dry, from below.\n\nHenning Kruse", THREAD, "henning", **kept),
        wrote(at(13, "19:30", zone), "Re: Castor 8 kg loses water: a description",
              "Attached: three photos and a drawing. There is a burr of 2 mm, arrow in red.\n\nFO", THREAD, **kept),
        note(at(12, "11:05", zone), "Workshop: the burr is from the mould, batch 2231. Third report from this batch. Told product "
             "management; they ask us to note the serial number of every leaking Castor.", "henning", **kept),
        answered(at(12, "14:00", zone), "Re: Castor 8 kg loses water: a description",
                 "Dear Dr. Oberländer,\n\nyou found a fault in the mould. A new seal comes with a technician on the day you like. No "
                 "cost, and the guarantee starts again.\n\nHenning Kruse", THREAD, "henning", **kept),
        call(at(11, "12:20", zone), "Wants the technician after 16:00",
             f"Teaches until 15:30. Booked for {clock.weekday(6)}, 16:30. Asked politely whether he may keep the faulty seal for his students.",
             "henning", minutes=5, disposition="repair", sentiment="positive", verbatim="May I keep the part? It is a textbook case.", **kept),
        WorldEvent(at(6, "17:25", zone), "sms", "sms", "Your repair is done", source=PHONE, direction="outbound",
                   body="Lindwell: door seal replaced and tested at 60 degrees. Guarantee until the end of next year but one."),
        graded(at(5, "20:12", zone), "How was your repair?", 9, "Competent at every step. One point off for the mould."),
        wrote(at(1, "21:40", zone), "Re: Castor 8 kg loses water: a description",
              "Dear Mr Kruse,\n\nten washes, 0 ml. But the spin cycle now ends with a faint knock, 84 seconds before the end, every "
              "time. I attach a recording. I hesitate to call it a fault.\n\nFO", THREAD, **kept),
        call(clock.ago(hours=3), "A knock at 84 seconds before the end",
             "Listened to the recording with the workshop on the line: counterweight bolt, two turns. Will not have to be there, the "
             "neighbour has a key. Asked for a written note on what was done.", "henning", minutes=12, direction="outbound",
             disposition="repair", promise=WorldPromise("Send the workshop’s written note on the counterweight bolt", clock.ago(hours=-30), "henning"),
             **kept),
    ]  # fmt: skip
    return felix
