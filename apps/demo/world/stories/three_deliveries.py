"""A table that never arrives: three failed deliveries, a promise nobody kept, and a post that is being shared."""

from zoneinfo import ZoneInfo

from apps.demo.world.clock import Clock
from apps.demo.world.events import PHONE, Character, ConsentGiven, WorldEvent, WorldPromise
from apps.demo.world.stories.narration import (
    answered,
    broken,
    browsed,
    call,
    note,
    ordered,
    parcel,
    posted,
    sent,
    somebody,
    wrote,
)

NUMBER = "LW-TABLE-7731"


def write(clock: Clock, number: int, phone: str) -> Character:
    gwen = somebody(
        number, "Gwendolyn Ashcroft", "Gwendolyn", ("GB", "Bristol"), (phone, "gwendolyn.ashcroft@mail.example"),
        since=clock.ago(days=1290).date(), tier="Silver", loyalty="LW77310042", store="London Regent Street", story="furious",
    )  # fmt: skip
    gwen.consents = [
        ConsentGiven("email", "granted", clock.ago(days=1290), "Newsletter form"),
        ConsentGiven(
            "email", "withdrawn", clock.ago(days=2), "Call with care, “not one more advert until my table is here”"
        ),
        ConsentGiven("sms", "granted", clock.ago(days=31), "Order form, delivery notices"),
    ]
    gwen.extra_handles = [("messaging", "social", "mastodon", "gwen_ashcroft@bristol.example")]
    gwen.events = [*_three_attempts(clock, gwen.zone), *_it_becomes_public(clock, gwen.zone)]
    return gwen


def _three_attempts(clock: Clock, zone: ZoneInfo) -> list[WorldEvent]:
    at, second, third = clock.at, clock.weekday(12), clock.weekday(3)
    return [
        ordered(at(1290, "20:11", zone), "LW-LAMP-1180", "Opal table lamp", "51.30", "GBP"),
        ordered(at(640, "19:40", zone), "LW-LINEN-4410", "Lino bed linen set, king size", "112.23", "GBP"),
        browsed(at(32, "21:05", zone), ("Dining tables", "/living/tables"), ("Tavola oak dining table", "/living/tavola")),
        ordered(at(31, "20:34", zone), NUMBER, "Tavola oak dining table, two-man delivery, first floor", "774.30", "GBP"),
        WorldEvent(at(31, "20:35", zone), "payment", "payment", f"Paid {NUMBER}", "Card ending 0928", reference=NUMBER,
                   thread=NUMBER, currency="GBP"),
        WorldEvent(at(17, "18:00", zone), "sms", "sms", "Delivery tomorrow between 8 and 10", source=PHONE, direction="outbound",
                   body=f"Lindwell: Blue Parcel brings your order {NUMBER} tomorrow between 8 and 10.", thread=NUMBER,
                   reference=NUMBER),
        parcel(at(16, "10:20", zone), "Delivery failed", "First attempt. Blue Parcel: nobody at home.", NUMBER,
               sentiment="negative"),
        call(at(16, "10:47", zone), "Was at home, nobody rang",
             "Took the morning off work and sat by the window from 7:30. No van, no bell, no card. Blue Parcel says "
             f"“nobody at home”. Booked a second attempt for {second}, before noon.", "declan", minutes=9,
             verbatim="I took half a day off. I was standing at the window.", sentiment="negative", disposition="delivery",
             reference=NUMBER, thread=NUMBER),
        parcel(at(12, "12:41", zone), "Delivery failed", "Second attempt. Blue Parcel: too heavy for one driver.", NUMBER,
               sentiment="negative"),
        call(at(12, "13:15", zone), "Second delivery failed: one driver for a 68 kg table",
             "The order says two men, the van came with one. He would not carry it and drove off. Promised her that I call "
             "the carrier myself and ring back by tomorrow noon with a fixed date.", "tom", minutes=14,
             verbatim="You sold me a two-man delivery. I paid for two men.", sentiment="negative", disposition="delivery",
             reference=NUMBER, thread=NUMBER,
             promise=broken("Call back with a fixed delivery date from Blue Parcel", at(11, "12:00", zone), "tom")),
        wrote(at(10, "21:50", zone), f"Order {NUMBER}: nobody called",
              "Good evening,\n\nMr Blackwood was going to ring me by noon yesterday. He did not. I have now lost one and a "
              "half days of work over a table.\n\nWhat happens next?\n\nGwendolyn Ashcroft", f"<{NUMBER}@mail.example>",
              sentiment="negative", reference=NUMBER),
        answered(at(9, "09:32", zone), f"Re: Order {NUMBER}: nobody called",
                 "Dear Ms Ashcroft,\n\nyou are right to be cross and I apologise for the silence. Two drivers are booked "
                 f"for {third}, between 10 and 12. I have spoken to the depot myself.\n\nPriti Raman\nLindwell customer "
                 "care", f"<{NUMBER}@mail.example>", "priti", reference=NUMBER),
    ]  # fmt: skip


def _it_becomes_public(clock: Clock, zone: ZoneInfo) -> list[WorldEvent]:
    at, dinner, fitters = clock.at, clock.weekday(3), clock.weekday(-2)
    return [
        sent(at(4, "10:00", zone), "Gather round: 20 % off everything for the dining room",
             "Newsletter by e-mail, sent while her own dining table was missing"),
        parcel(at(3, "13:05", zone), "Delivery failed", "Third attempt. Blue Parcel: vehicle broke down.", NUMBER,
               sentiment="negative"),
        call(at(2, "09:02", zone), "Third delivery failed, wants a manager",
             f"Eight guests on {dinner}, ate standing up. Wants no more advertising, withdrew her consent to e-mails on the "
             "spot. Escalated to Ruth. Do not offer a voucher: she was sent one last week and found it insulting.",
             "priti", minutes=21, verbatim="And the day before you e-mail me twenty per cent off dining rooms. Do you people talk to each other?",
             read_back="Three dates given and none kept, eight guests and no table, and an advert for tables in between. That is ours to mend.",
             sentiment="negative", disposition="complaint", reference=NUMBER, thread=NUMBER, pinned_by="priti"),
        note(at(2, "09:40", zone), "Spoke to Blue Parcel’s depot manager: the table is undamaged and in Avonmouth. Our own fitters "
             f"could bring it on {fitters}. Waiting for Ruth’s go-ahead on the cost.", "priti"),
        posted(clock.ago(hours=16), "Public post, shared 214 times",
               "Three deliveries. Three excuses. One table: zero. @lindwell took my 774 pounds a month ago and my "
               f"patience since. Eight people ate standing up in my flat on {dinner}. #neveragain", "negative",
               "post-gwen-1"),
        posted(clock.ago(hours=14), "Our answer",
               "Hello Gwendolyn, this is not how it should be and we are sorry. A colleague rings you today.", "", "post-gwen-1",
               direction="outbound", staff="marketer", verbatim=""),
        call(clock.ago(hours=4), "Tried to reach her, no answer", f"Rang twice, left no message. Fitters could come on {fitters}, 9:00.",
             "agent", minutes=1, direction="outbound", disposition="delivery", reference=NUMBER, thread=NUMBER,
             promise=WorldPromise(f"Reach Ms Ashcroft and confirm our own fitters for {fitters}, 9:00", clock.ago(hours=1), "agent")),
        WorldEvent(clock.ago(minutes=24), "voice", "voicemail", "Voicemail, 48 seconds", source=PHONE, sentiment="negative",
                   body="This is Gwendolyn Ashcroft. I see two missed calls from you and a sorry on the internet. I do not want a "
                        "sorry. I want a time, a name, and a table. You have my number.",
                   verbatim="I want a time, a name, and a table.", thread=NUMBER, reference=NUMBER),
    ]  # fmt: skip
