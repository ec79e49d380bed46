"""She moved from Warsaw to Lyon: two numbers, two currencies, one customer."""

from apps.demo.world.clock import Clock
from apps.demo.world.events import RECEIPT, TILL, Character, ConsentGiven, WorldEvent, money
from apps.demo.world.stories.narration import answered, browsed, call, counter, kept, ordered, parcel, somebody, wrote


def write(clock: Clock, number: int, phone: str, old_phone: str) -> Character:
    wiktoria = somebody(
        number, "Wiktoria Zawadzka", "Wiktoria", ("FR", "Lyon"), (phone, "wiktoria.zawadzka@mail.example"),
        since=clock.ago(days=1680).date(), tier="Gold", loyalty="LW16800227", store="Lyon Part-Dieu", language="pl", story="moved",
    )  # fmt: skip
    wiktoria.extra_handles = [("telephony", "phone", "", old_phone)]
    wiktoria.consents = [
        ConsentGiven("email", "granted", clock.ago(days=1680), "Newsletter form"),
        ConsentGiven("sms", "granted", clock.ago(days=1500), "Order form, delivery notices"),
        ConsentGiven("sms", "withdrawn", clock.ago(days=75), "Call with care: number in Poland given up", "desk"),
    ]
    at, zone, thread = clock.at, wiktoria.zone, "<przeprowadzka@mail.example>"
    wiktoria.events = [
        WorldEvent(at(days, "17:20", zone), "order", "order", "Bought in Warszawa Nowy Świat", f"{what}. Loyalty card shown.", source=TILL, payload=RECEIPT,
                   amount=money(price), currency="PLN", touchpoint="Warszawa Nowy Świat", reference=f"RW{days}")
        for days, what, price in (
            (1680, "Moka Classica, 6 cups", "167.70"), (1320, "Linea kitchen scale", "146.20"), (990, "Dawn wake-up light", "339.70"),
            (610, "Lino bed linen set, king size", "554.70"), (300, "Pico burr grinder", "640.70"),
        )
    ] + [
        wrote(at(82, "20:10", zone), "Przeprowadzka do Francji",
              "Dzień dobry,\n\nprzeprowadzam się do Lyonu. Czy moja karta i punkty działają też we Francji? I czy mogę zachować "
              "gwarancję na młynek?\n\nPozdrawiam\nWiktoria Zawadzka", thread),
        answered(at(81, "10:15", zone), "Re: Przeprowadzka do Francji",
                 "Dzień dobry Pani Wiktorio,\n\ntak, karta, punkty i gwarancja obowiązują we wszystkich krajach. Proszę tylko podać nowy "
                 "adres.\n\nSelin Aksoy", thread, "selin"),
        call(at(75, "11:30", zone), "New address and telephone number in Lyon",
             "Moved on Saturday. Everything changed: address, number, prices in euros. The Polish number goes to her brother next month: "
             "no text messages there any more.", "amelie", minutes=9, disposition="account", sentiment="positive",
             promise=kept("Move 4,120 points to the French club", at(73, "18:00", zone), "amelie")),
        ordered(at(70, "21:44", zone), "LW-SHELF-1027", "Birch bookcase, five shelves", "219.00", "EUR"),
        parcel(at(66, "14:05", zone), "Delivered by Colivite", "LW-SHELF-1027, third floor, with the help of a neighbour.", "LW-SHELF-1027"),
        counter(at(40, "18:25", zone), "Plug for the Polish grinder", "The grinder works here as it is: same plug. She was glad that "
                "she did not need a new one. Spoke English, wants to practise French next time.", "Lyon Part-Dieu", "lucie",
                disposition="advice", sentiment="positive"),
        browsed(at(1, "20:31", zone), ("Garden days", "/garden"), ("Lantern string lights, 10 m", "/garden/lanterns"), ("Basket", "/basket")),
        counter(clock.ago(hours=7), "En français !", "First visit all in French. Wanted lights for the balcony; reserved the last set for "
                "Saturday. She left it in the basket online yesterday, could not pay with her Polish card.", "Lyon Part-Dieu", "lucie",
                disposition="sales", sentiment="positive", verbatim="Je m’appelle Wiktoria et je voudrais de la lumière."),
    ]  # fmt: skip
    return wiktoria
