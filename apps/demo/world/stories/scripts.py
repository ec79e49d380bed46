"""Names that test a page: written from right to left, very long, or with nothing behind them yet."""

from apps.demo.world.clock import Clock
from apps.demo.world.events import TALK, Character, ConsentGiven, WorldEvent, WorldPromise
from apps.demo.world.stories.narration import (
    answered,
    browsed,
    call,
    counter,
    graded,
    note,
    ordered,
    parcel,
    somebody,
    wrote,
)


def arabic(clock: Clock, number: int, phone: str) -> Character:
    person = somebody(
        number, "عبد الرحمن بن يوسف الحسيني", "عبد الرحمن", ("FR", "Paris"), (phone, "abderrahmane.husseini@mail.example"),
        since=clock.ago(days=760).date(), tier="Silver", loyalty="LW76001194", store="Paris Rivoli", language="ar", story="arabic",
    )  # fmt: skip
    person.consents = [ConsentGiven("email", "granted", clock.ago(days=760), "Newsletter form")]
    at, zone, thread = clock.at, person.zone, "<tagine@mail.example>"
    person.events = [
        ordered(at(760, "20:05", zone), "LW-TAGINE-2201", "Tagine Safi, 32 cm", "59.00", "EUR"),
        ordered(at(21, "22:10", zone), "LW-TAGINE-8814", "Tagine Safi, 32 cm; Tagine Safi, 32 cm", "118.00", "EUR"),
        parcel(at(18, "12:30", zone), "Delivered by Colivite", "LW-TAGINE-8814, handed over at the door.", "LW-TAGINE-8814"),
        wrote(at(17, "19:48", zone), "الطلب LW-TAGINE-8814: الغطاء مكسور",
              "السلام عليكم،\n\nوصل الطلب اليوم، لكن غطاء أحد الطاجنين مكسور. اشتريتهما هدية لزفاف ابنتي بعد أيام. هل يمكن إرسال غطاء "
              "جديد قبل ذلك؟\n\nمع الشكر،\nعبد الرحمن الحسيني", thread, sentiment="negative", reference="LW-TAGINE-8814"),
        answered(at(16, "09:05", zone), "Re: الطلب LW-TAGINE-8814: الغطاء مكسور",
                 "وعليكم السلام سيدي،\n\nنعتذر عن ذلك، ومبارك لابنتكم. سيصلكم طاجن جديد كامل خلال يومين، ولا داعي لإعادة "
                 "المكسور.\n\nكريم بلحاج\nخدمة العملاء", thread, "karim", reference="LW-TAGINE-8814"),
        parcel(at(14, "10:15", zone), "Delivered by Rapide 24", "Replacement, signed for.", "LW-TAGINE-8814"),
        graded(at(8, "21:02", zone), "How was your delivery?", 10, "وصل قبل الزفاف بيومين. شكراً جزيلاً للسيد كريم."),
        WorldEvent(clock.ago(hours=8), "chat", "chat", "سؤال عن ضمان الطاجن", source=TALK, staff="karim", disposition="advice",
                   body="Customer: السلام عليكم، هل يمكن وضع الطاجن على موقد الحث؟\nAgent: وعليكم السلام. مع قرص وسيط فقط، وسعره 19 يورو.\n"
                        "Customer: ممتاز، أضيفوه إلى طلبي من فضلكم\nAgent: تم، رقم الطلب LW-DISC-0042.", touchpoint="Web chat",
                   sentiment="positive", reference="LW-DISC-0042"),
    ]  # fmt: skip
    return person


def hebrew(clock: Clock, number: int, phone: str) -> Character:
    person = somebody(
        number, "שולמית בן־דוד", "שולמית", ("GB", "London"), (phone, "shulamit.bendavid@post.example"),
        since=clock.ago(days=480).date(), store="London Regent Street", language="he", story="hebrew",
    )  # fmt: skip
    person.consents = [ConsentGiven("sms", "granted", clock.ago(days=480), "Order form, delivery notices")]
    at, zone, thread = clock.at, person.zone, "<hova@post.example>"
    person.events = [
        ordered(at(480, "18:31", zone), "LW-HOB-5510", "Lumen induction hob", "477.62", "GBP"),
        wrote(at(6, "20:20", zone), "שאלה על הכיריים Lumen",
              "שלום,\n\nהאם יש בכיריים מצב שבת? במדריך באנגלית לא מצאתי.\n\nתודה,\nשולמית בן־דוד", thread, reference="LW-HOB-5510"),
        answered(at(5, "11:40", zone), "Re: שאלה על הכיריים Lumen",
                 "Dear Ms Ben-David,\n\nyes: hold the clock and minus keys together for five seconds, and one zone stays on low for up to "
                 "72 hours. Page 31, under “Long keep warm”.\n\nMina Hartwell", thread, "agent", reference="LW-HOB-5510"),
        counter(clock.ago(hours=9), "Pans for the hob", "Compared three pans with a magnet from her bag. Took none yet: wants to ask her "
                "daughter. Writes Hebrew in e-mails, speaks English.", "London Regent Street", "nadia", disposition="sales"),
        wrote(clock.ago(hours=2, minutes=40), "Re: שאלה על הכיריים Lumen", "עובד מצוין! תודה רבה, שבת שלום (קצת מוקדם).\n\nשולמית", thread,
              sentiment="positive", reference="LW-HOB-5510"),
    ]  # fmt: skip
    return person


def long_name(clock: Clock, number: int, phone: str) -> Character:
    person = somebody(
        number, "María de los Dolores Concepción Inmaculada Fernández-Villaverde y Ruiz de Alarcón, condesa viuda de Torrelaguna "
        "de la Ribera", "María de los Dolores", ("ES", "Madrid"), (phone, "mdlc.fernandez-villaverde.ruiz-de-alarcon@mail.example"),
        since=clock.ago(days=1100).date(), tier="VIP", loyalty="LW11000001", store="Madrid Gran Vía", story="long name",
    )  # fmt: skip
    person.consents = [ConsentGiven("post", "granted", clock.ago(days=1100), "Club application in store", "loyalty")]
    at, zone = clock.at, person.zone
    person.events = [
        ordered(at(1100, "12:10", zone), "LW-SOFA-0001", "Halvar three-seat sofa; Halvar three-seat sofa; Sorrel wool rug, 200 x 300",
                "2929.00", "EUR"),
        ordered(at(200, "12:45", zone), "LW-PLATES-0048", "Vera stoneware plates, set of 8 (six sets)", "576.00", "EUR"),
        call(at(30, "12:05", zone), "Name does not fit on the label",
             "The courier’s label ends after 35 letters, so the last parcel was made out to “María de los Dolores Concepción Inm”. Agreed on "
             "“F.-Villaverde, portería” for all parcels.", "sylvie", minutes=13, disposition="account",
             verbatim="My name is not too long, young lady. Your label is too short."),
        note(at(30, "12:20", zone), "Address as “Doña María” when speaking. Deliveries to the porter, label “F.-Villaverde, portería”.", "sylvie",
             pinned_by="sylvie"),
        call(clock.ago(hours=10), "Ordered by telephone: twelve duvets", "For the house in Ribera, before the whole family comes. "
             "Twelve Fjord, eight in stock, four next week. Delivery in one go, please, to the porter.", "sylvie", minutes=16,
             disposition="sales", sentiment="positive",
             promise=WorldPromise("Confirm one delivery of all twelve duvets within ten days", clock.ago(hours=-50), "sylvie")),
    ]  # fmt: skip
    return person


def nobody_yet(clock: Clock, number: int, phone: str) -> Character:
    """Somebody whose number and name are known, and not a single touch."""
    return somebody(
        number, "Rosalind Achebe", "Rosalind", ("GB", "Cardiff"), (phone, "rosalind.achebe@mail.example"),
        since=clock.ago(days=0).date(), story="new",
    )  # fmt: skip


def japanese(clock: Clock, number: int, phone: str) -> Character:
    person = somebody(
        number, "渡辺 さくら", "さくら", ("JP", "東京"), (phone, "sakura.watanabe@example.net"),
        since=clock.ago(days=260).date(), language="ja", story="japanese",
    )  # fmt: skip
    at, zone = clock.at, person.zone
    person.events = [
        ordered(at(260, "21:30", zone), "LW-CUPS-3391", "Kaffeeklatsch cup set, 6 pieces", "8910", "JPY"),
        browsed(at(2, "23:10", zone), ("Coffee corner", "/coffee"), ("Goose pour-over kettle", "/coffee/kettle")),
        wrote(clock.ago(hours=11), "コーヒーカップの配送について", "こんにちは。\n\n割れたカップを一つだけ買い足すことはできますか。\n\n渡辺さくら",
              "<cups@example.net>", reference="LW-CUPS-3391"),
    ]  # fmt: skip
    return person
