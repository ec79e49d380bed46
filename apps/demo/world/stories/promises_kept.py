"""Every promise kept: what it looks like when a bad start is put right, step by step."""

from apps.demo.world.clock import Clock
from apps.demo.world.events import PHONE, Character, ConsentGiven, WorldEvent, WorldPromise
from apps.demo.world.stories.narration import answered, call, graded, kept, ordered, parcel, somebody, wrote

NUMBER, THREAD = "LW-MIXER-4188", "<mixer@letterbox.example>"


def write(clock: Clock, number: int, phone: str) -> Character:
    thandi = somebody(
        number, "Thandiwe Nkosi-Williams", "Thandiwe", ("GB", "Leeds"), (phone, "thandiwe.nw@letterbox.example"),
        since=clock.ago(days=365).date(), tier="Silver", loyalty="LW36504188", story="promises",
    )  # fmt: skip
    thandi.consents = [ConsentGiven("email", "granted", clock.ago(days=365), "Newsletter form")]
    at, zone = clock.at, thandi.zone
    thandi.events = [
        ordered(at(365, "19:21", zone), "LW-PLATES-0806", "Vera stoneware plates, set of 8", "83.51", "GBP"),
        ordered(at(12, "20:02", zone), NUMBER, "Presto stand mixer, cream", "373.22", "GBP"),
        parcel(at(9, "11:14", zone), "Delivered by DPX", f"{NUMBER}, handed over at the door.", NUMBER),
        call(at(9, "12:40", zone), "Mixer arrived without the dough hook",
             "Bakes for her church on Sundays, 40 rolls. Box was sealed, hook never packed. Warehouse has none; London Regent Street "
             "takes one out of its display model and sends it by courier today.", "tom", minutes=8, sentiment="negative",
             disposition="damaged", reference=NUMBER, thread=NUMBER, verbatim="I have forty people and no hook.",
             promise=kept(f"Dough hook at her door before {clock.weekday(8)}, 18:00", at(8, "18:00", zone), "tom", early=5)),
        WorldEvent(at(8, "13:02", zone), "sms", "sms", "The hook is here", "It is here!!! You are wonderful", source=PHONE,
                   sentiment="positive", thread=NUMBER),
        call(at(7, "16:30", zone), "Called to ask how the rolls were",
             "Forty rolls, none left. She will send a picture. Promised to find out whether the mixer has a splash guard.", "tom",
             minutes=3, direction="outbound", sentiment="positive", disposition="praise", thread=NUMBER,
             promise=kept("Find out about a splash guard for the Presto", at(5, "12:00", zone), "tom", early=20)),
        answered(at(6, "15:10", zone), "Splash guard for your mixer",
                 "Dear Ms Nkosi-Williams,\n\nthere is one, it is called “collar” in our list, which is why you did not find it. 19.00, or "
                 "from us with thanks for your patience: it is in the post.\n\nTom Blackwood", THREAD, "tom", reference=NUMBER),
        wrote(at(4, "18:55", zone), "Re: Splash guard for your mixer",
              "Dear Tom,\n\nthree things you said you would do, and three things you did. Picture of the rolls attached; the one on the "
              "left is for you.\n\nThandi", THREAD, sentiment="positive"),
        graded(at(3, "09:12", zone), "How was your call?", 10, "He said he would, and then he did. Twice. I had forgotten that this exists."),
        call(clock.ago(hours=6), "Would like to visit with her baking group",
             "Eight ladies, a Saturday next month, coffee bar in Manchester. They would each like to try the mixer. Asked for a date "
             "that is not before eleven.", "agent", minutes=7, sentiment="positive", disposition="sales",
             promise=WorldPromise("Offer two Saturday dates for the baking group in Manchester Arndale", clock.ago(hours=-26), "agent")),
    ]  # fmt: skip
    return thandi
